// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/explain_picture.h"

#include <nlohmann/json.hpp>

#include "runtime/base/files.h"
#include "runtime/base/output_file.h"
#include "tools/cli/layer_picture.h"

namespace tconv {

namespace {

// The arguments that decide the geometry, as the layer's file states them: a Layer no longer knows them. Empty where the
// file cannot be read twice, such as a pipe.
std::string stated_arguments(const std::string &file, const Layer &layer) {
    using Json = nlohmann::ordered_json;
    const Expected<std::string> text = read_file(file);
    Json json = text ? Json::parse(*text, nullptr, false) : Json();
    if (json.is_array()) {
        for (const Json &entry : Json(json)) {
            const Json config = entry.is_object() ? entry.value("config", entry) : Json();
            if (config.is_object() && config.value("name", Json()) == layer.name) {
                json = entry;
            }
        }
    }
    if (json.is_object() && json.contains("config") && json["config"].is_object()) {
        json = Json(json["config"]);  // serialize_keras_object() puts get_config() there
    }
    std::string arguments;
    for (const char *key :
         {"padding", "strides", "rate", "dilations", "dilation_rate", "output_padding", "output_shape"}) {
        if (json.is_object() && json.contains(key)) {
            arguments += (arguments.empty() ? "" : ", ") + std::string(key) + " = " + json[key].dump();
        }
    }
    return arguments;
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
    const std::string picture = layer_picture(layers[0], stated_arguments(arguments.files[0], layers[0]));
    return file->publish({picture});
}

}  // namespace tconv
