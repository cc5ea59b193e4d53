// SPDX-License-Identifier: Apache-2.0
// keras.ops.conv_transpose and keras.layers.Conv1DTranspose, Conv2DTranspose and Conv3DTranspose.
#include <algorithm>

#include "runtime/base/text.h"
#include "runtime/layer/layer_common.h"
#include "runtime/layer/layer_reader.h"

namespace tconv {

namespace {

// Arguments of the layer that have no effect on its result.
const std::vector<std::string> kIgnoredObjects = {"kernel_initializer", "bias_initializer",     "kernel_regularizer",
                                                  "bias_regularizer",   "activity_regularizer", "kernel_constraint",
                                                  "bias_constraint"};
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
    read_dtype_name(fields, (*config)["name"].get<std::string>(), layer);
}

void read_layer_epilogue(Fields &fields, Layer &layer, const Source &source) {
    layer.bias = fields.boolean("use_bias", true);
    const Json *activation = fields.find("activation");
    if (activation) read_activation(fields, *activation, layer, source, "");
}

// filters and kernel_size make the filter's shape; filter_shape may repeat it, and the filter of a call must have it.
void read_layer_filter(Fields &fields, Layer &layer, const Source &source) {
    const std::string key = source.names().filter;
    layer.out_channels = fields.integer("filters", 1);
    if (fields.require("kernel_size")) read_window(fields, layer, "kernel_size", &Axis::kernel);
    if (!fields.ok() || !fields.find(key)) return;
    const std::vector<int64_t> shape = fields.integers(key, 0);
    if (fields.ok() && shape != layer.filter_shape()) {
        fields.refuse(key, "must be kernel_size + [filters, in channels], " + to_text(layer.filter_shape()));
    }
}

// Keras refuses the two together, on whichever axes; keras.ops.conv_transpose does not.
void check_stride_or_dilation(Fields &fields, const Layer &layer) {
    const auto above_one = [&](int64_t Axis::*field) {
        return std::any_of(layer.axes.begin(), layer.axes.end(), [&](const Axis &axis) { return axis.*field > 1; });
    };
    if (above_one(&Axis::stride) && above_one(&Axis::dilation)) {
        fields.refuse("dilation_rate",
                      "strides > 1 is not supported in conjunction with dilation_rate > 1, on whichever "
                      "axes: strides = " +
                          to_text(*fields.find("strides")));
    }
}

}  // namespace

Expected<Layer> read_keras_conv_transpose(const Json &object, const Source &source) {
    Fields fields = open_layer(
        object, Op::kKerasConvTranspose,
        {"strides", "padding", "output_padding", "data_format", "dilation_rate", "bias", "activation"}, source);
    Layer layer;
    layer.op = Op::kKerasConvTranspose;
    read_common(fields, layer, source);
    read_dtype(fields, layer);
    read_epilogue(fields, layer, source);
    layer.layout = read_keras_layout(fields, "data_format");
    read_input_shape(fields, layer, std::nullopt, source);
    read_filter_shape(fields, layer, source);
    read_weights(fields, layer, source);
    read_window(fields, layer, "strides", &Axis::stride);
    read_window(fields, layer, "dilation_rate", &Axis::dilation);
    const Padding padding = read_keras_padding(fields);
    const auto output_padding = read_output_padding(fields, layer);
    return finish_keras(fields, layer, padding, output_padding, source);
}

Expected<Layer> read_keras_layer(Op op, const Json &object, const Source &source) {
    std::vector<std::string> arguments = {"filters",     "kernel_size",   "strides", "padding",    "output_padding",
                                          "data_format", "dilation_rate", "groups",  "activation", "use_bias"};
    arguments.insert(arguments.end(), kIgnoredBooleans.begin(), kIgnoredBooleans.end());
    arguments.insert(arguments.end(), kIgnoredObjects.begin(), kIgnoredObjects.end());
    Fields fields = open_layer(object, op, arguments, source);
    Layer layer;
    layer.op = op;
    layer.spatial_rank = op == Op::kKerasConv1DTranspose ? 1 : op == Op::kKerasConv2DTranspose ? 2 : 3;
    read_common(fields, layer, source);
    read_policy(fields, layer);
    read_layer_epilogue(fields, layer, source);
    check_ignored(fields);
    if (fields.integer("groups", 1, 1) != 1) fields.refuse("groups", "must be 1; grouped layers do not exist in Keras");
    layer.layout = read_keras_layout(fields, "data_format");
    if (!source.call && !fields.find("input_shape")) {
        fields.missing("input_shape", source.in_list
                                          ? "a layer does not state it: add it to the entry"
                                          : "a layer does not state it: add it to the file or give --input-shape");
    }
    read_input_shape(fields, layer, layer.spatial_rank, source);
    read_layer_filter(fields, layer, source);
    read_weights(fields, layer, source);
    read_window(fields, layer, "strides", &Axis::stride);
    read_window(fields, layer, "dilation_rate", &Axis::dilation);
    check_stride_or_dilation(fields, layer);
    const Padding padding = read_keras_padding(fields);
    const auto output_padding = read_output_padding(fields, layer);
    return finish_keras(fields, layer, padding, output_padding, source);
}

}  // namespace tconv
