// SPDX-License-Identifier: Apache-2.0
#include "tconv/layer_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "layer_reader.h"
#include "text.h"

namespace tconv {

namespace {

constexpr size_t kLargestFile = 16 * 1024 * 1024;

constexpr std::array<Op, 5> kOps = {Op::kConv2dTranspose, Op::kAtrousConv2dTranspose, Op::kConv3dTranspose,
                                    Op::kKerasConvTranspose, Op::kKerasConv2DTranspose};

Expected<std::string> read_text(const std::string &path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return Error{StatusCode::kNotFound, "is a directory, not a file"};
    std::ifstream file(path, std::ios::binary);
    if (!file) return Error{StatusCode::kNotFound, std::string("cannot be read: ") + std::strerror(errno)};
    std::string text;
    std::array<char, 65536> block;
    while (file.read(block.data(), block.size()), file.gcount() > 0) {
        text.append(block.data(), static_cast<size_t>(file.gcount()));
        if (text.size() > kLargestFile) {
            return Error{StatusCode::kInvalidArgument, "larger than 16 MiB, no layer file is"};
        }
    }
    if (file.bad()) return Error{StatusCode::kNotFound, std::string("cannot be read: ") + std::strerror(errno)};
    return text;
}

std::string op_names() {
    std::vector<std::string> names;
    for (Op op : kOps) names.push_back(to_string(op));
    return join(names);
}

Expected<Op> read_op(const Json &object) {
    Fields fields(object, "a layer file");
    if (!fields.find("op")) fields.missing("op", "must be one of " + op_names());
    const std::string name = fields.string("op");
    for (Op op : kOps) {
        if (name == to_string(op)) return op;
    }
    fields.refuse("op", "must be one of " + op_names());
    return fields.error();
}

Expected<Layer> read_layer(const Json &given, const std::string &directory, const LayerFileOptions &options) {
    Expected<Json> object = is_keras_config(given) ? from_keras_config(given) : Expected<Json>(given);
    if (!object) return object.error();
    if (options.name) (*object)["name"] = *options.name;
    if (options.input_shape) (*object)["input_shape"] = *options.input_shape;
    const Expected<Op> op = read_op(*object);
    if (!op) return op.error();
    switch (*op) {
    case Op::kKerasConvTranspose: return read_keras_conv_transpose(*object, directory);
    case Op::kKerasConv2DTranspose: return read_keras_conv2d_transpose_layer(*object, directory);
    default: return read_tf_layer(*op, *object, directory);
    }
}

}  // namespace

Expected<std::vector<Layer>> parse_layer_text(const std::string &text, const std::string &directory,
                                              const LayerFileOptions &options) {
    const Expected<Json> json = parse_json(text);
    if (!json) return json.error();
    if (json->is_array()) return read_benchmark_list(*json, options);
    if (!json->is_object()) {
        return invalid_argument("the file", to_text(*json), "must hold a layer (an object) or a list of layers");
    }
    if (!options.layers.empty()) {
        return invalid_argument("layers", printable(join(options.layers, ",")),
                                "the file holds one layer; only a list has layers to choose from");
    }
    Expected<Layer> layer = read_layer(*json, directory, options);
    if (!layer) return layer.error();
    return std::vector<Layer>{*layer};
}

Expected<std::vector<Layer>> read_layer_file(const std::string &path, const LayerFileOptions &options) {
    const auto in_file = [&](const Error &error) { return Error{error.code, printable(path) + ": " + error.message}; };
    const Expected<std::string> text = read_text(path);
    if (!text) return in_file(text.error());
    Expected<std::vector<Layer>> layers =
        parse_layer_text(*text, std::filesystem::path(path).parent_path().string(), options);
    if (!layers) return in_file(layers.error());
    return layers;
}

}  // namespace tconv
