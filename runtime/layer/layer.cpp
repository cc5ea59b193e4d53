// SPDX-License-Identifier: Apache-2.0
#include "tconv/layer.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace tconv {

namespace {

std::vector<int64_t> tensor_shape(const Layer &layer, int64_t channels, int64_t Axis::*extent) {
    std::vector<int64_t> shape = {layer.batch};
    if (layer.layout == Layout::kChannelsFirst) shape.push_back(channels);
    for (size_t a = layer.axes.size() - static_cast<size_t>(layer.spatial_rank); a < layer.axes.size(); a++) {
        shape.push_back(layer.axes[a].*extent);
    }
    if (layer.layout == Layout::kChannelsLast) shape.push_back(channels);
    return shape;
}

int64_t product(const std::vector<int64_t> &shape) {
    return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<int64_t>());
}

// "28x28"
std::string by_axis(const Layer &layer, int64_t Axis::*field) {
    std::string text;
    for (size_t a = layer.axes.size() - static_cast<size_t>(layer.spatial_rank); a < layer.axes.size(); a++) {
        text += (text.empty() ? "" : "x") + std::to_string(layer.axes[a].*field);
    }
    return text;
}

// The word of the type that all have, or the words of all four.
std::string word_of(const ElementTypes &types, const char *(*word)(DataType), const std::string &between) {
    const std::string first = word(types.input);
    if (types == ElementTypes::all(types.input)) return first;
    return first + between + word(types.filter) + between + word(types.accumulate) + between + word(types.output);
}

constexpr char kSpatial[] = "DHW";

size_t spatial_axis(char axis) { return std::string(kSpatial).find(axis); }

int64_t filter_extent(const Layer &layer, char axis) {
    if (axis == 'O') return layer.out_channels;
    return axis == 'I' ? layer.in_channels : layer.axes[spatial_axis(axis)].kernel;
}

int64_t &stride_along(FilterStrides &strides, char axis) {
    if (axis == 'O') return strides.out_channel;
    return axis == 'I' ? strides.in_channel : strides.tap[spatial_axis(axis)];
}

const char *short_word(DataType type) {
    switch (type) {
    case DataType::kFloat32: return "f32";
    case DataType::kFloat16: return "f16";
    }
    return "";
}

}  // namespace

Activation Layer::activation_of(int64_t channel) const {
    if (activation != Activation::kPrelu) return activation;
    return {Activation::kLeakyRelu, slopes[static_cast<size_t>(channel)]};
}

std::vector<int64_t> Layer::input_shape() const { return tensor_shape(*this, in_channels, &Axis::input); }

std::vector<int64_t> Layer::output_shape() const { return tensor_shape(*this, out_channels, &Axis::output); }

std::string Layer::filter_layout() const {
    return filter_order.empty() ? default_filter_order(spatial_rank) : filter_order;
}

std::vector<int64_t> Layer::filter_shape() const {
    std::vector<int64_t> shape;
    for (const char axis : filter_layout()) shape.push_back(filter_extent(*this, axis));
    return shape;
}

FilterStrides Layer::filter_strides() const {
    const std::string order = filter_layout();
    FilterStrides strides;
    int64_t stride = 1;
    for (size_t d = order.size(); d-- > 0;) {
        stride_along(strides, order[d]) = stride;
        stride *= filter_extent(*this, order[d]);
    }
    return strides;
}

std::string Layer::filter_axes() const {
    std::string text;
    bool spatial = false;  // the axis before is one
    for (const char axis : filter_layout()) {
        const bool channels = axis == 'O' || axis == 'I';
        if (channels || !spatial) {
            text += text.empty() ? "" : ", ";
            text += axis == 'O' ? "out channels" : axis == 'I' ? "in channels" : "the spatial extents";
        }
        spatial = !channels;
    }
    return text;
}

int64_t Layer::input_elements() const { return product(input_shape()); }

int64_t Layer::output_elements() const { return product(output_shape()); }

int64_t Layer::filter_elements() const { return product(filter_shape()); }

int64_t Layer::bias_elements() const { return bias ? out_channels : 0; }

int64_t Layer::input_bytes() const { return input_elements() * element_bytes(types.input); }

int64_t Layer::output_bytes() const { return output_elements() * element_bytes(types.output); }

int64_t Layer::filter_bytes() const { return filter_elements() * element_bytes(types.filter); }

int64_t Layer::bias_bytes() const { return bias_elements() * element_bytes(types.bias()); }

std::string Layer::dtype() const { return word_of(types, to_string, ":"); }

bool Layer::has_cells() const {
    return std::all_of(axes.begin(), axes.end(), [](const Axis &axis) { return axis.input > 0; });
}

int64_t Layer::workspace_limit() const {
    constexpr int64_t always_allowed = 32'000'000;
    return max_workspace_bytes.value_or(std::max(always_allowed, input_bytes() + output_bytes()));
}

int64_t Layer::useful_macs() const {
    int64_t macs = batch * in_channels * out_channels;
    for (const Axis &axis : axes) macs *= useful_taps(axis);
    return macs;
}

std::string Layer::workload() const {
    std::string text = "n" + std::to_string(batch) + "ci" + std::to_string(in_channels);
    text += "i" + by_axis(*this, &Axis::input) + "co" + std::to_string(out_channels);
    text += "k" + by_axis(*this, &Axis::kernel) + "s" + by_axis(*this, &Axis::stride);
    text += "d" + by_axis(*this, &Axis::dilation) + "p" + by_axis(*this, &Axis::pad_before);
    text += "o" + by_axis(*this, &Axis::output);
    text += ":" + word_of(types, short_word, "");
    text += layout == Layout::kChannelsLast ? ":last" : ":first";
    if (bias) text += ":bias";
    if (activation != Activation::kNone) text += ":" + to_text(activation);
    return text;
}

std::string default_filter_order(int spatial_rank) {
    return std::string(kSpatial).substr(static_cast<size_t>(3 - spatial_rank)) + "OI";
}

const char *to_string(Op op) {
    switch (op) {
    case Op::kConv1dTranspose: return "tf.nn.conv1d_transpose";
    case Op::kConv2dTranspose: return "tf.nn.conv2d_transpose";
    case Op::kAtrousConv2dTranspose: return "tf.nn.atrous_conv2d_transpose";
    case Op::kConv3dTranspose: return "tf.nn.conv3d_transpose";
    case Op::kKerasConvTranspose: return "keras.ops.conv_transpose";
    case Op::kKerasConv1DTranspose: return "keras.layers.Conv1DTranspose";
    case Op::kKerasConv3DTranspose: return "keras.layers.Conv3DTranspose";
    case Op::kKerasConv2DTranspose: return "keras.layers.Conv2DTranspose";
    case Op::kConvTranspose: return "conv_transpose";
    }
    return "";
}

const char *to_string(DataType type) {
    switch (type) {
    case DataType::kFloat32: return "float32";
    case DataType::kFloat16: return "float16";
    }
    return "";
}

const char *to_string(Layout layout) { return layout == Layout::kChannelsLast ? "channels_last" : "channels_first"; }

}  // namespace tconv
