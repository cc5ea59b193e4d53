// SPDX-License-Identifier: Apache-2.0
#include "tconv/layer_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "runtime/base/text.h"
#include "runtime/layer/layer_reader.h"

namespace tconv {

namespace {

constexpr size_t kLargestFile = 16 * 1024 * 1024;

constexpr std::array<Op, 9> kOps = {Op::kConv1dTranspose,      Op::kConv2dTranspose,      Op::kAtrousConv2dTranspose,
                                    Op::kConv3dTranspose,      Op::kConvTranspose,        Op::kKerasConvTranspose,
                                    Op::kKerasConv1DTranspose, Op::kKerasConv2DTranspose, Op::kKerasConv3DTranspose};

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

std::vector<std::string> op_names() {
    std::vector<std::string> names;
    for (Op op : kOps) names.push_back(to_string(op));
    return names;
}

Expected<Op> read_op(const Json &object) {
    Fields fields(object, "a layer file");
    if (!fields.find("op")) fields.missing("op", "must be one of " + join(op_names()));
    const std::string name = fields.string("op");
    if (const std::optional<Op> op = find_op(name)) return *op;
    fields.refuse("op", "must be one of " + join(op_names()) + did_you_mean(name, op_names()));
    return fields.error();
}

Error in_file(const std::string &path, const Error &error) {
    return Error{error.code, printable(path) + ": " + error.message};
}

// Lines about a file, to whoever wants them.
void tell(const std::string &path, const std::vector<std::string> &lines, std::vector<std::string> *to) {
    for (const std::string &line : lines) {
        if (to) to->push_back(printable(path) + ": " + line);
    }
}

std::string directory_of(const std::string &path) { return std::filesystem::path(path).parent_path().string(); }

Expected<Layer> read_operator(Op op, const Json &object, const Source &source) {
    switch (op) {
    case Op::kConvTranspose: return read_explicit_layer(object, source);
    case Op::kKerasConvTranspose: return read_keras_conv_transpose(object, source);
    case Op::kKerasConv1DTranspose:
    case Op::kKerasConv2DTranspose:
    case Op::kKerasConv3DTranspose: return read_keras_layer(op, object, source);
    default: return read_tf_layer(op, object, source);
    }
}

}  // namespace

std::optional<Op> find_op(const std::string &name) {
    for (Op op : kOps) {
        if (name == to_string(op)) return op;
    }
    return std::nullopt;
}

Expected<Layer> read_layer(const Json &object, const Source &source) {
    const Expected<Op> op = read_op(object);
    if (!op) return op.error();
    Expected<Layer> layer = read_operator(*op, object, source);
    if (layer && !source.call) layer->arguments = stated_arguments(object);  // a call is made, not read about
    return layer;
}

Expected<Layer> read_object(const Json &object, Source source, const LayerFileOptions &options) {
    if (options.warnings) source.warnings = options.warnings;
    source.read_tensors = source.read_tensors && options.read_tensors;
    Expected<Json> layer = is_keras_config(object) ? from_keras_config(object, source) : object;
    if (!layer) return layer.error();
    if (options.name) (*layer)["name"] = *options.name;
    if (options.input_shape) {
        const auto stated = layer->find(kShapeKeys.input);
        if (options.notes && stated != layer->end() && !is_shape(*stated, *options.input_shape)) {
            options.notes->push_back(source.input_key + " = " + to_text(*stated) + ": --input-shape takes its place, " +
                                     to_text(*options.input_shape));
        }
        (*layer)[kShapeKeys.input] = *options.input_shape;
        source.input_key = kShapeKeys.input;
    }
    return read_layer(*layer, source);
}

Expected<std::vector<Layer>> parse_layer_text(const std::string &text, const std::string &directory,
                                              const LayerFileOptions &options) {
    const Expected<Json> json = parse_json(text);
    if (!json) return json.error();
    if (json->is_array()) return read_layer_list(*json, directory, options);
    if (!json->is_object()) {
        return invalid_argument("the file", to_text(*json), "must hold a layer (an object) or a list of layers");
    }
    if (!options.layers.empty()) {
        return invalid_argument("layers", printable(join(options.layers, ",")),
                                "the file holds one layer; only a list has layers to choose from");
    }
    Expected<Layer> layer = read_object(*json, Source{directory}, options);
    if (!layer) return layer.error();
    return std::vector<Layer>{*layer};
}

Expected<std::vector<Layer>> read_layer_file(const std::string &path, const LayerFileOptions &options) {
    const Expected<std::string> text = read_text(path);
    if (!text) return in_file(path, text.error());
    std::vector<std::string> notes, warnings;
    LayerFileOptions own = options;
    own.notes = &notes;
    own.warnings = &warnings;
    Expected<std::vector<Layer>> layers = parse_layer_text(*text, directory_of(path), own);
    if (!layers) return in_file(path, layers.error());
    tell(path, notes, options.notes);
    tell(path, warnings, options.warnings);
    return layers;
}

Expected<std::vector<std::string>> read_layer_names(const std::string &path) {
    const Expected<std::string> text = read_text(path);
    if (!text) return in_file(path, text.error());
    const Expected<Json> json = parse_json(*text);
    if (!json) return in_file(path, json.error());
    if (!json->is_array()) return std::vector<std::string>();
    Expected<std::vector<std::string>> names = entry_names(*json);
    if (!names) return in_file(path, names.error());
    return names;
}

Expected<Layer> parse_call(const std::string &text, const std::string &directory, const CallShapes &shapes,
                           std::vector<std::string> *warnings) {
    const Expected<Json> json = parse_json(text);
    if (!json) return json.error();
    if (!json->is_object()) {
        return invalid_argument("the file", to_text(*json), "must hold one operator and its arguments (an object)");
    }
    LayerFileOptions options;
    options.warnings = warnings;
    return read_object(*json, Source{directory, &shapes}, options);
}

Expected<Layer> read_call(const std::string &path, const CallShapes &shapes, std::vector<std::string> *told) {
    const Expected<std::string> text = read_text(path);
    if (!text) return in_file(path, text.error());
    std::vector<std::string> warnings;
    Expected<Layer> layer = parse_call(*text, directory_of(path), shapes, &warnings);
    if (!layer) return in_file(path, layer.error());
    tell(path, warnings, told);
    return layer;
}

}  // namespace tconv
