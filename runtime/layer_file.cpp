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

Error in_file(const std::string &path, const Error &error) {
    return Error{error.code, printable(path) + ": " + error.message};
}

std::string directory_of(const std::string &path) { return std::filesystem::path(path).parent_path().string(); }

}  // namespace

Expected<Layer> read_layer(const Json &object, const Source &source) {
    const Expected<Op> op = read_op(object);
    if (!op) return op.error();
    switch (*op) {
        case Op::kKerasConvTranspose:
            return read_keras_conv_transpose(object, source);
        case Op::kKerasConv2DTranspose:
            return read_keras_conv2d_transpose_layer(object, source);
        default:
            return read_tf_layer(*op, object, source);
    }
}

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
    Expected<Json> object = is_keras_config(*json) ? from_keras_config(*json, false) : *json;
    if (!object) return object.error();
    if (options.name) (*object)["name"] = *options.name;
    if (options.input_shape) (*object)["input_shape"] = *options.input_shape;
    Expected<Layer> layer = read_layer(*object, Source{directory});
    if (!layer) return layer.error();
    return std::vector<Layer>{*layer};
}

Expected<std::vector<Layer>> read_layer_file(const std::string &path, const LayerFileOptions &options) {
    const Expected<std::string> text = read_text(path);
    if (!text) return in_file(path, text.error());
    Expected<std::vector<Layer>> layers = parse_layer_text(*text, directory_of(path), options);
    if (!layers) return in_file(path, layers.error());
    return layers;
}

Expected<Layer> parse_call(const std::string &text, const std::string &directory, const CallShapes &shapes) {
    const Expected<Json> json = parse_json(text);
    if (!json) return json.error();
    if (!json->is_object()) {
        return invalid_argument("the file", to_text(*json), "must hold one operator and its arguments (an object)");
    }
    Expected<Json> object = is_keras_config(*json) ? from_keras_config(*json, true) : *json;
    if (!object) return object.error();
    return read_layer(*object, Source{directory, &shapes});
}

Expected<Layer> read_call(const std::string &path, const CallShapes &shapes) {
    const Expected<std::string> text = read_text(path);
    if (!text) return in_file(path, text.error());
    Expected<Layer> layer = parse_call(*text, directory_of(path), shapes);
    if (!layer) return in_file(path, layer.error());
    return layer;
}

}  // namespace tconv
