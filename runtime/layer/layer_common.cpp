// SPDX-License-Identifier: Apache-2.0
#include "runtime/layer/layer_common.h"

#include <algorithm>
#include <filesystem>

#include "runtime/base/text.h"

namespace tconv {

namespace {

// Of every operator's object.
const std::vector<std::string> kCommonKeys = {"name",
                                              "op",
                                              "input_shape",
                                              "filter_shape",
                                              "dtype",
                                              "strict_nonfinite",
                                              "max_error_growth",
                                              "max_workspace_bytes",
                                              "weights"};

std::string resolve(const std::string &file, const std::string &directory) {
    return (std::filesystem::path(directory) / file).string();
}

std::string read_path(Fields &fields, const std::string &key) {
    std::string path = fields.string(key);
    if (fields.ok() && (path.empty() || path.find('\0') != std::string::npos)) {
        fields.refuse(key, "must be the path of a .npy file");
    }
    return path;
}

// Tensors under the names that they have in TensorFlow and Keras, where the operator has no such argument in a file.
void refuse_tensors(Fields &fields, const std::vector<std::string> &arguments) {
    for (const char *key : {"input", "value", "inputs", "filter", "filters", "kernel"}) {
        if (!fields.find(key) || std::find(arguments.begin(), arguments.end(), key) != arguments.end()) continue;
        const bool is_input = key[0] == 'i' || key[0] == 'v';
        fields.refuse(key, std::string("is a tensor, which a file does not hold: give its shape as ") +
                               (is_input ? "input_shape" : "filter_shape") + ", and to 'tconv run' the tensor as " +
                               (is_input ? "--input" : "--filter"));
    }
}

// A shape that the file of a call states although the tensors have it.
void check_stated_shape(Fields &fields, const std::string &key, const std::vector<int64_t> &shape) {
    const Json *stated = fields.find(key);
    if (!stated) return;
    if (!is_shape(*stated, shape)) fields.refuse(key, "must be the shape of the given tensor, " + to_text(shape));
}

void read_weight_files(Fields &fields, Layer &layer, const std::string &directory) {
    const Json *value = fields.find("weights");
    if (!value) return;
    if (!value->is_object()) {
        fields.refuse("weights", "must be an object with the path of the filter and, with a bias, of the bias");
        return;
    }
    Fields files(*value, "weights", "weights.");
    files.allow_only({"filter", "bias"});
    WeightFiles weights;
    weights.filter = resolve(read_path(files, "filter"), directory);
    if (layer.bias) {
        weights.bias = resolve(read_path(files, "bias"), directory);
    } else if (files.find("bias")) {
        files.refuse("bias", "the layer has no bias");
    }
    fields.check(files.status());
    layer.weights = weights;
}

Status check_bias(const Layer &layer, const std::optional<std::vector<int64_t>> &bias) {
    const bool has_use_bias = is_keras_layer(layer.op);
    const std::vector<int64_t> shape = {layer.out_channels};
    if (layer.bias && !bias) {
        return invalid_argument("bias", "(missing)",
                                std::string(has_use_bias ? "use_bias" : "\"bias\"") +
                                    " is true, so a tensor of shape " + to_text(shape) + " is required");
    }
    if (!layer.bias && bias) {
        return invalid_argument(
            "bias", to_text(*bias),
            std::string("the layer has no bias: ") + (has_use_bias ? "use_bias is false" : "\"bias\" is not true"));
    }
    if (bias && *bias != shape) {
        return invalid_argument("bias", to_text(*bias),
                                "must have the shape " + to_text(shape) + ", one value for each " +
                                    (has_use_bias ? "of filters" : "out channel"));
    }
    return Success{};
}

// What a shape of the wrong length is told.
std::string must_have(const Source &source, const std::string &count) {
    return source.call ? "must have " + count + " dimensions" : "must be a list of " + count + " integers";
}

}  // namespace

const char *const kExplicitCrops = "; crops of PyTorch and ONNX are stated by \"op\": \"conv_transpose\"";

const char *const kRunTimeExtents = "extents decided at run time are not supported yet; give a number";

bool is_keras_layer(Op op) {
    return op == Op::kKerasConv1DTranspose || op == Op::kKerasConv2DTranspose || op == Op::kKerasConv3DTranspose;
}

bool is_shape(const Json &stated, const std::vector<int64_t> &shape) {
    if (!stated.is_array() || stated.size() != shape.size()) return false;
    for (size_t d = 0; d < shape.size(); d++) {
        if (!stated[d].is_null() && !(stated[d].is_number_integer() && stated[d] == shape[d])) return false;
    }
    return true;
}

Fields open_layer(const Json &object, Op op, const std::vector<std::string> &arguments, const Source &source) {
    Fields fields(object, to_string(op));
    refuse_tensors(fields, arguments);
    std::vector<std::string> keys = kCommonKeys;
    keys.insert(keys.end(), arguments.begin(), arguments.end());
    fields.allow_only(keys);
    if (source.call) {
        check_stated_shape(fields, kShapeKeys.input, source.call->input);
        check_stated_shape(fields, kShapeKeys.filter, source.call->filter);
        fields.supply(kTensors.input, source.call->input);
        fields.supply(kTensors.filter, source.call->filter);
    } else if (source.input_key != kShapeKeys.input && object.contains(kShapeKeys.input)) {
        fields.supply(source.input_key, object[kShapeKeys.input]);
    }
    return fields;
}

std::vector<StatedArgument> stated_arguments(const Json &object) {
    std::vector<StatedArgument> arguments;
    for (const auto &member : object.items()) {
        if (std::find(kCommonKeys.begin(), kCommonKeys.end(), member.key()) != kCommonKeys.end()) continue;
        arguments.push_back({member.key(), member.value().dump(-1, ' ', false, Json::error_handler_t::replace)});
    }
    return arguments;
}

void read_common(Fields &fields, Layer &layer, const Source &source) {
    if (source.call) {
        const Json *name = fields.find("name");
        const bool named = name && !name->is_null() && !fields.string("name").empty();
        layer.name = named ? to_identifier(fields.string("name")) : "call";
    } else {
        layer.name = fields.string("name");
        if (fields.ok()) fields.check(check_name(layer.name));
    }
    layer.strict_nonfinite = fields.boolean("strict_nonfinite", layer.strict_nonfinite);
    if (const Json *growth = fields.find("max_error_growth")) {
        if (!growth->is_number() || growth->get<double>() < 1) {
            fields.refuse("max_error_growth", "must be a number not below 1");
        } else {
            layer.max_error_growth = growth->get<double>();
        }
    }
    layer.max_workspace_bytes = fields.count("max_workspace_bytes");
}

void read_dtype_name(Fields &fields, const std::string &name, Layer &layer) {
    layer.types = ElementTypes::all(DataType::kFloat32);
    if (name != layer.dtype()) fields.unsupported("dtype", kTypesRule);
}

void read_dtype(Fields &fields, Layer &layer) {
    read_dtype_name(fields, fields.string("dtype", to_string(DataType::kFloat32)), layer);
}

void read_epilogue(Fields &fields, Layer &layer, const Source &source) {
    layer.bias = fields.boolean("bias", false);
    const Json *activation = fields.find("activation");
    if (activation) read_activation(fields, *activation, layer, source, "none");
}

void read_weights(Fields &fields, Layer &layer, const Source &source) {
    read_weight_files(fields, layer, source.directory);
    if (!source.call) return;
    layer.weights.reset();
    if (fields.ok()) fields.check(check_bias(layer, source.call->bias));
}

size_t first_axis(const Layer &layer) { return layer.axes.size() - static_cast<size_t>(layer.spatial_rank); }

void set_axes(Layer &layer, int64_t Axis::*field, const std::vector<int64_t> &values) {
    for (size_t a = 0; a < values.size(); a++) layer.axes[first_axis(layer) + a].*field = values[a];
}

void set_input_extents(Layer &layer, const std::vector<int64_t> &shape) {
    const bool first = layer.layout == Layout::kChannelsFirst;
    const auto extents = shape.begin() + (first ? 2 : 1);
    layer.spatial_rank = static_cast<int>(shape.size()) - 2;
    layer.batch = shape.front();
    layer.in_channels = first ? shape[1] : shape.back();
    set_axes(layer, &Axis::input, {extents, extents + layer.spatial_rank});
}

void set_filter_extents(Layer &layer, const std::vector<int64_t> &shape) {
    const std::string order = layer.filter_layout();
    std::vector<int64_t> kernel;
    for (const char axis : default_filter_order(layer.spatial_rank)) {
        const int64_t extent = shape[order.find(axis)];
        if (axis == 'O') {
            layer.out_channels = extent;
        } else if (axis != 'I') {
            kernel.push_back(extent);
        }
    }
    set_axes(layer, &Axis::kernel, kernel);
}

void read_input_shape(Fields &fields, Layer &layer, std::optional<int> spatial_rank, const Source &source) {
    const std::string key = source.names().input;
    layer.spatial_rank = spatial_rank.value_or(layer.spatial_rank);
    const Json *value = fields.require(key);
    if (!value) return;
    const size_t size = value->is_array() ? value->size() : 0;
    if (spatial_rank ? size != static_cast<size_t>(*spatial_rank) + 2 : size < 3 || size > 5) {
        const std::string count = spatial_rank ? std::to_string(*spatial_rank + 2) : std::string("3, 4 or 5");
        fields.refuse(key, must_have(source, count) + ": batch, channels and the spatial extents");
        return;
    }
    const size_t channel = layer.layout == Layout::kChannelsFirst ? 1 : size - 1;
    for (size_t d = 0; d < size; d++) {
        if (d != channel && (*value)[d].is_null()) {
            fields.unsupported(key, std::string(kRunTimeExtents) +
                                        (source.call || source.in_list ? "" : ", here or by --input-shape"));
        }
    }
    const std::vector<int64_t> shape = fields.integers(key, 0);
    if (!fields.ok()) return;
    if (shape[channel] == 0) {
        fields.refuse(key, "the channels must not be 0");
        return;
    }
    set_input_extents(layer, shape);
}

void read_filter_shape(Fields &fields, Layer &layer, const Source &source) {
    const std::string key = source.names().filter;
    const Json *value = fields.require(key);
    if (!fields.ok()) return;
    const size_t size = static_cast<size_t>(layer.spatial_rank) + 2;
    const std::string order = layer.filter_layout();
    // Of the operator that takes any rank, the filter's may be the right one.
    constexpr size_t most_dimensions = 5;
    const bool any_rank =
        (layer.op == Op::kKerasConvTranspose || layer.op == Op::kConvTranspose) && size < most_dimensions;
    if (any_rank && value->is_array() && value->size() == size + 1) {
        fields.refuse(source.names().input, must_have(source, std::to_string(size + 1)) + ", as many as " + key +
                                                " = " + to_text(*value) +
                                                ": batch, channels and the spatial extents; is the batch missing?");
        return;
    }
    if (value->is_array() && value->size() != size) {
        fields.refuse(key, must_have(source, std::to_string(size)) + ", as many as " + source.names().input + ": " +
                               layer.filter_axes());
        return;
    }
    const std::vector<int64_t> shape = fields.integers(key, 1);
    if (!fields.ok()) return;
    const size_t in = order.find('I');
    if (shape[in] != layer.in_channels) {
        const std::string place = in == 0 ? "first" : in + 1 == size ? "last" : "in channels'";
        fields.refuse(key, "the " + place + " extent must equal the channels of " + source.names().input + ", " +
                               std::to_string(layer.in_channels) +
                               (layer.filter_order.empty() ? "" : ": the filter is " + order));
    }
    set_filter_extents(layer, shape);
}

}  // namespace tconv
