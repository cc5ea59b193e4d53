// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/build_library.h"

#include "runtime/base/staging.h"
#include "tconv/weights.h"
#include "tools/compiler/library_build.h"

namespace tconv {

Expected<std::vector<BuiltLibrary>> build_libraries(const std::vector<Layer> &layers, const TargetInfo &target,
                                                    const std::string &directory, const BuildOptions &options) {
    std::vector<Choice> choices;
    for (const Layer &layer : layers) {
        // Before minutes of compiling.
        if (Status status = check_weights(layer); !status) {
            return status.error();
        }
        Expected<Choice> choice = choose(layer, target, options);
        if (!choice) {
            return choice.error();
        }
        choices.push_back(*choice);
    }
    Expected<Staging> staging = Staging::create(directory);
    if (!staging) {
        return staging.error();
    }
    std::vector<BuiltLibrary> libraries;
    std::vector<std::string> files;
    for (size_t l = 0; l < layers.size(); l++) {
        if (options.on_layer) {
            options.on_layer(layers[l]);
        }
        const Expected<BuiltLibrary> library =
            build_into(*staging, directory, layers[l], target, options, choices[l], files);
        if (!library) {
            return library.error();
        }
        libraries.push_back(*library);
    }
    if (Status status = staging->publish(files); !status) {
        return status.error();
    }
    return libraries;
}

Expected<BuiltLibrary> build_library(const Layer &layer, const TargetInfo &target, const std::string &directory,
                                     const BuildOptions &options) {
    Expected<std::vector<BuiltLibrary>> libraries = build_libraries({layer}, target, directory, options);
    return libraries ? Expected<BuiltLibrary>(libraries->front()) : libraries.error();
}

}  // namespace tconv
