// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/explain_picture.h"

#include "runtime/base/output_file.h"
#include "runtime/base/text.h"
#include "tools/cli/layer_picture.h"

namespace tconv {

namespace {

constexpr size_t kLongestArgument = 60;  // of a line of the picture

// The arguments that decide the geometry.
std::string geometric_arguments(const Layer &layer) {
    std::string text;
    for (const char *key : {"padding", "pads", "auto_pad", "strides", "stride", "rate", "dilations", "dilation",
                            "dilation_rate", "output_padding", "output_shape"}) {
        for (const StatedArgument &argument : layer.arguments) {
            if (argument.key == key) {
                text += (text.empty() ? "" : ", ") + argument.key + " = " + printable(argument.value, kLongestArgument);
            }
        }
    }
    return text;
}

}  // namespace

Status write_picture(const std::optional<std::string> &svg, const LayerArguments &arguments,
                     const std::vector<Layer> &layers) {
    if (!svg) {
        return Success{};
    }
    if (svg->empty()) {
        return invalid_argument("--svg", "\"\"", "must be the path of a file");
    }
    if (layers.size() != 1) {
        return invalid_argument("--svg", *svg,
                                "shows one layer, not " + std::to_string(layers.size()) + "; choose one with --layers");
    }
    if (Status status = keep_layer_files(arguments, "--svg", *svg); !status) {
        return status;
    }
    Expected<OutputFile> file = OutputFile::create("--svg", *svg);
    if (!file) {
        return file.error();
    }
    const std::string picture = layer_picture(layers[0], geometric_arguments(layers[0]));
    return file->publish({picture});
}

}  // namespace tconv
