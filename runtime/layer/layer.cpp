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

const char *short_word(DataType type) {
    switch (type) {
    case DataType::kFloat32: return "f32";
    case DataType::kFloat16: return "f16";
    }
    return "";
}

}  // namespace

std::vector<int64_t> Layer::input_shape() const { return tensor_shape(*this, in_channels, &Axis::input); }

std::vector<int64_t> Layer::output_shape() const { return tensor_shape(*this, out_channels, &Axis::output); }

std::vector<int64_t> Layer::filter_shape() const {
    std::vector<int64_t> shape;
    for (size_t a = axes.size() - static_cast<size_t>(spatial_rank); a < axes.size(); a++) {
        shape.push_back(axes[a].kernel);
    }
    shape.push_back(out_channels);
    shape.push_back(in_channels);
    return shape;
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
    if (activation != Activation::kNone) text += std::string(":") + to_string(activation);
    return text;
}

const char *to_string(Op op) {
    switch (op) {
    case Op::kConv2dTranspose: return "tf.nn.conv2d_transpose";
    case Op::kAtrousConv2dTranspose: return "tf.nn.atrous_conv2d_transpose";
    case Op::kConv3dTranspose: return "tf.nn.conv3d_transpose";
    case Op::kKerasConvTranspose: return "keras.ops.conv_transpose";
    case Op::kKerasConv1DTranspose: return "keras.layers.Conv1DTranspose";
    case Op::kKerasConv3DTranspose: return "keras.layers.Conv3DTranspose";
    case Op::kKerasConv2DTranspose: return "keras.layers.Conv2DTranspose";
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

const char *to_string(Activation activation) {
    switch (activation) {
    case Activation::kNone: return "none";
    case Activation::kRelu: return "relu";
    case Activation::kRelu6: return "relu6";
    case Activation::kLeakyRelu: return "leaky_relu";
    case Activation::kElu: return "elu";
    case Activation::kSelu: return "selu";
    case Activation::kCelu: return "celu";
    case Activation::kGelu: return "gelu";
    case Activation::kSoftplus: return "softplus";
    case Activation::kSoftsign: return "softsign";
    case Activation::kSilu: return "silu";
    case Activation::kMish: return "mish";
    case Activation::kSigmoid: return "sigmoid";
    case Activation::kTanh: return "tanh";
    case Activation::kExponential: return "exponential";
    case Activation::kHardSigmoid: return "hard_sigmoid";
    case Activation::kHardSilu: return "hard_silu";
    case Activation::kSoftmax: return "softmax";
    }
    return "";
}

}  // namespace tconv
