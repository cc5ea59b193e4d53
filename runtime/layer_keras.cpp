// SPDX-License-Identifier: Apache-2.0
// keras.ops.conv_transpose and keras.layers.Conv2DTranspose.
#include <algorithm>
#include <cmath>

#include "layer_common.h"
#include "layer_reader.h"
#include "text.h"

namespace tconv {

namespace {

// Arguments of the layer that have no effect on its result.
const std::vector<std::string> kIgnoredObjects = {
    "kernel_initializer",   "bias_initializer",  "kernel_regularizer", "bias_regularizer",
    "activity_regularizer", "kernel_constraint", "bias_constraint"};
const std::vector<std::string> kIgnoredBooleans = {"trainable", "autocast"};

// strides, dilation_rate, kernel_size.
void read_window(Fields &fields, Layer &layer, const std::string &key, int64_t Axis::*field) {
    const Json *value = fields.find(key);
    if (!value) return;
    set_axes(layer, field, fields.per_axis(key, *value, static_cast<size_t>(layer.spatial_rank), 1));
}

void check_ignored(Fields &fields) {
    for (const std::string &key : kIgnoredBooleans) fields.boolean(key, true);
    for (const std::string &key : kIgnoredObjects) {
        const Json *value = fields.find(key);
        if (value && !value->is_null() && !value->is_string() && !value->is_object()) {
            fields.refuse(key, "must be a name, an object or null");
        }
    }
}

// A dtype policy is a name or an object round one.
void read_policy(Fields &fields, Layer &layer) {
    const Json *value = fields.find("dtype");
    if (!value || !value->is_object()) {
        if (!value || !value->is_null()) read_dtype(fields, layer);
        return;
    }
    const auto config = value->find("config");
    if (config == value->end() || !config->is_object() || !config->contains("name") || !(*config)["name"].is_string()) {
        fields.refuse("dtype", "a policy object must have a config with a name");
        return;
    }
    check_dtype_name(fields, (*config)["name"].get<std::string>());
}

// The number under `key` in the config of an activation object; `fallback` stands for an absent or null one.
double number_or(const Json &config, const char *key, double fallback) {
    const auto value = config.find(key);
    if (value == config.end() || value->is_null()) return fallback;
    return value->is_number() ? value->get<double>() : std::nan("");
}

// The activation name that an activation layer stands for, or "" for none of ours. Its slopes are stored as doubles or
// as float32 widened to double.
std::string activation_of_layer(const std::string &class_name, const Json &config) {
    const auto is = [](double a, double b) { return std::abs(a - b) < 1e-6; };
    const double default_slope = class_name == "ReLU" ? 0 : 0.3;
    const double slope = number_or(config, "negative_slope", number_or(config, "alpha", default_slope));
    if (class_name == "LeakyReLU") return is(slope, 0.2) ? "leaky_relu" : "";
    if (class_name != "ReLU" || !is(number_or(config, "threshold", 0), 0)) return "";
    const double ceiling = number_or(config, "max_value", INFINITY);
    if (is(slope, 0) && std::isinf(ceiling)) return "relu";
    if (is(slope, 0) && is(ceiling, 6)) return "relu6";
    return is(slope, 0.2) && std::isinf(ceiling) ? "leaky_relu" : "";
}

// {"class_name": "ReLU", "config": {...}}, {"class_name": "function", "config": "relu"} and the like.
Activation read_activation_object(Fields &fields, const Json &object) {
    const auto class_name = object.find("class_name");
    const auto config = object.find("config");
    if (class_name == object.end() || !class_name->is_string() || config == object.end()) {
        fields.refuse("activation", "an activation object must have a class_name and a config");
        return Activation::kNone;
    }
    const std::string kind = class_name->get<std::string>();
    if (kind == "function" && config->is_string()) return read_activation(fields, *config, "");
    if (kind == "Activation" && config->is_object() && config->contains("activation")) {
        const Json &inner = (*config)["activation"];
        if (inner.is_string() || inner.is_null()) return read_activation(fields, inner, "");
    }
    const std::string name = config->is_object() ? activation_of_layer(kind, *config) : "";
    if (name.empty()) {
        fields.unsupported("activation", "this object is not supported; ReLU with max_value null or 6, LeakyReLU with "
                                         "negative_slope 0.2 and the names relu, relu6, leaky_relu, sigmoid, tanh are");
        return Activation::kNone;
    }
    return read_activation(fields, Json(name), "");
}

void read_layer_epilogue(Fields &fields, Layer &layer) {
    layer.bias = fields.boolean("use_bias", true);
    const Json *activation = fields.find("activation");
    if (!activation) return;
    layer.activation = activation->is_object() ? read_activation_object(fields, *activation)
                                               : read_activation(fields, *activation, "");
}

// filters and kernel_size make the filter's shape; filter_shape may repeat it.
void read_layer_filter(Fields &fields, Layer &layer) {
    layer.out_channels = fields.integer("filters", 1);
    if (fields.require("kernel_size")) read_window(fields, layer, "kernel_size", &Axis::kernel);
    if (!fields.ok() || !fields.find("filter_shape")) return;
    const std::vector<int64_t> shape = fields.integers("filter_shape", 1);
    if (fields.ok() && shape != layer.filter_shape()) {
        fields.refuse("filter_shape", "must be kernel_size + [filters, in channels], " + to_text(layer.filter_shape()));
    }
}

// Keras refuses the two together, on whichever axes; keras.ops.conv_transpose does not.
void check_stride_or_dilation(Fields &fields, const Layer &layer) {
    const auto above_one = [&](int64_t Axis::*field) {
        return std::any_of(layer.axes.begin(), layer.axes.end(), [&](const Axis &axis) { return axis.*field > 1; });
    };
    if (above_one(&Axis::stride) && above_one(&Axis::dilation)) {
        fields.refuse("dilation_rate", "must be 1 on every axis where a stride is above 1 on any: strides = " +
                                           to_text(*fields.find("strides")));
    }
}

}  // namespace

Expected<Layer> read_keras_conv_transpose(const Json &object, const std::string &directory) {
    Fields fields(object, to_string(Op::kKerasConvTranspose));
    fields.allow_only(with_common_keys(
        {"strides", "padding", "output_padding", "data_format", "dilation_rate", "bias", "activation"}));
    Layer layer;
    layer.op = Op::kKerasConvTranspose;
    read_common(fields, layer);
    read_dtype(fields, layer);
    read_epilogue(fields, layer);
    read_weight_files(fields, layer, directory);
    layer.layout = read_keras_layout(fields, "data_format");
    read_input_shape(fields, layer, std::nullopt);
    read_filter_shape(fields, layer);
    read_window(fields, layer, "strides", &Axis::stride);
    read_window(fields, layer, "dilation_rate", &Axis::dilation);
    const Padding padding = read_keras_padding(fields);
    const auto output_padding = read_output_padding(fields, layer);
    return finish_keras(fields, layer, padding, output_padding);
}

Expected<Layer> read_keras_conv2d_transpose_layer(const Json &object, const std::string &directory) {
    Fields fields(object, to_string(Op::kKerasConv2DTranspose));
    std::vector<std::string> keys =
        with_common_keys({"filters", "kernel_size", "strides", "padding", "output_padding", "data_format",
                          "dilation_rate", "groups", "activation", "use_bias"});
    keys.insert(keys.end(), kIgnoredBooleans.begin(), kIgnoredBooleans.end());
    keys.insert(keys.end(), kIgnoredObjects.begin(), kIgnoredObjects.end());
    fields.allow_only(keys);
    Layer layer;
    layer.op = Op::kKerasConv2DTranspose;
    read_common(fields, layer);
    read_policy(fields, layer);
    read_layer_epilogue(fields, layer);
    read_weight_files(fields, layer, directory);
    check_ignored(fields);
    if (fields.integer("groups", 1, 1) != 1) fields.refuse("groups", "must be 1; grouped layers do not exist in Keras");
    layer.layout = read_keras_layout(fields, "data_format");
    if (!fields.find("input_shape")) {
        fields.missing("input_shape", "a layer does not state it: add it to the file or give --input-shape");
    }
    read_input_shape(fields, layer, 2);
    read_layer_filter(fields, layer);
    read_window(fields, layer, "strides", &Axis::stride);
    read_window(fields, layer, "dilation_rate", &Axis::dilation);
    check_stride_or_dilation(fields, layer);
    const Padding padding = read_keras_padding(fields);
    const auto output_padding = read_output_padding(fields, layer);
    return finish_keras(fields, layer, padding, output_padding);
}

}  // namespace tconv
