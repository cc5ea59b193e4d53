// SPDX-License-Identifier: Apache-2.0
// What a layer file says, for build systems: nothing is compiled, and no file but this one is opened.
#include "tools/cli/inspect_command.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "runtime/base/text.h"
#include "tconv/layer_file.h"
#include "tools/cli/layer_arguments.h"
#include "tools/cli/report.h"

namespace tconv {

namespace {

using Json = nlohmann::ordered_json;

struct InspectArguments {
    LayerArguments layers;
    bool cmake = false;
};

// The files that a library of the layer is made of beside the layer's own, as absolute paths.
std::vector<std::string> files_of(const Layer &layer) {
    std::vector<std::string> files;
    const auto add = [&](const std::string &path) {
        if (!path.empty()) files.push_back(std::filesystem::absolute(path).lexically_normal().string());
    };
    if (layer.weights) {
        add(layer.weights->filter);
        add(layer.weights->bias);
    }
    add(layer.slopes_file);
    return files;
}

Json axis_json(const Axis &axis) {
    return {{"input", axis.input},       {"kernel", axis.kernel}, {"stride", axis.stride},
            {"dilation", axis.dilation}, {"output", axis.output}, {"pad_before", axis.pad_before}};
}

Json layer_json(const Layer &layer) {
    Json json;
    json["name"] = layer.name;
    json["op"] = to_string(layer.op);
    json["arguments"] = Json::object();
    for (const StatedArgument &argument : layer.arguments) {
        json["arguments"][argument.key] = Json::parse(argument.value, nullptr, false);
    }
    json["files"] = files_of(layer);
    json["dtype"] = layer.dtype();
    json["layout"] = to_string(layer.layout);
    json["input_shape"] = layer.input_shape();
    json["filter_shape"] = layer.filter_shape();
    json["filter_layout"] = layer.filter_layout();
    json["output_shape"] = layer.output_shape();
    json["axes"] = Json::array();
    for (size_t a = layer.axes.size() - static_cast<size_t>(layer.spatial_rank); a < layer.axes.size(); a++) {
        json["axes"].push_back(axis_json(layer.axes[a]));
    }
    json["bias"] = layer.bias;
    json["activation"] = to_text(layer.activation);
    json["multiply_adds"] = layer.useful_macs();
    return json;
}

// Lines "KEY=VALUE". Of several layers their names, separated by semicolons: one has to be chosen.
int print_for_cmake(const LayerArguments &arguments) {
    if (arguments.files.size() == 1 && arguments.layers.empty()) {
        const Expected<std::vector<std::string>> names = read_layer_names(arguments.files[0]);
        if (!names) {
            return fail(names.error());
        }
        if (names->size() > 1) {
            std::printf("NAMES=%s\n", join(*names, ";").c_str());
            return 0;
        }
    }
    const Expected<std::vector<Layer>> layers = read_layers(arguments, Tensors::kUnread);
    if (!layers) {
        return fail(layers.error());
    }
    if (layers->size() != 1) {
        return fail(invalid_argument("--cmake", std::to_string(layers->size()) + " layers", "describes one layer"));
    }
    const Layer &layer = layers->front();
    std::printf("NAME=%s\n", layer.name.c_str());
    for (const std::string &file : files_of(layer)) {
        std::printf("FILE=%s\n", file.c_str());
    }
    return 0;
}

int run_inspect(const InspectArguments &arguments) {
    if (arguments.cmake) {
        return print_for_cmake(arguments.layers);
    }
    const Expected<std::vector<Layer>> layers = read_layers(arguments.layers, Tensors::kUnread);
    if (!layers) {
        return fail(layers.error());
    }
    Json json = Json::array();
    for (const Layer &layer : *layers) json.push_back(layer_json(layer));
    std::printf("%s\n",
                (layers->size() == 1 ? json[0] : json).dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    return 0;
}

}  // namespace

void add_inspect_command(CLI::App &app, int &exit_code) {
    auto arguments = std::make_shared<InspectArguments>();
    CLI::App *verb = app.add_subcommand(
        "inspect", "Print name, arguments, files and shapes of layers as JSON, for build systems; nothing is built");
    add_layer_arguments(*verb, arguments->layers);
    verb->add_flag("--cmake", arguments->cmake,
                   "Print lines KEY=VALUE instead: NAME and each FILE of one layer, NAMES of a list");
    verb->footer("Example:\n  tconv inspect decoder_up1.json");
    verb->callback([arguments, &exit_code] { exit_code = run_inspect(*arguments); });
}

}  // namespace tconv
