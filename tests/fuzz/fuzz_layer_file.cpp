// SPDX-License-Identifier: Apache-2.0
// parse_layer_text and parse_call on any text: layer files of every operator, get_config() objects and lists of layers,
// with and without options, and as calls with tensors of several shapes. A layer that comes out must keep the promises
// of layer.h; what is refused must be refused in one line.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "check.h"
#include "message.h"
#include "tconv/layer_file.h"

namespace tconv {
namespace {

constexpr int64_t kLargest = 2147483647;
constexpr int64_t kLargestWindow = 65536;
constexpr size_t kLongestName = 100;

bool is_identifier(const std::string &name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return !name.empty() && is_letter(name[0]) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || is_digit(c); });
}

// What an operator's padding can mean: no crop, or the smaller half of what is too much; and no output that a forward
// convolution would not have brought here, but for one that Keras allows, output_padding 0 with an even kernel.
void check_padded_axis(const Axis &axis) {
    const int64_t full = axis.full_extent();
    FUZZ_CHECK(axis.pad_before == 0 || axis.pad_before == std::max<int64_t>(0, full - axis.output) / 2);
    FUZZ_CHECK(axis.output >= (axis.input - 1) * axis.stride);
    const int64_t most_same = axis.input * axis.stride, most_valid = full + axis.stride - 1;
    FUZZ_CHECK(axis.output <= (axis.pad_before > 0 ? most_same : std::max(most_same, most_valid)));
}

// Stated crops leave out what they like; behind the full output there is no more than an output_padding.
void check_cropped_axis(const Axis &axis) {
    FUZZ_CHECK(axis.pad_before >= 0);
    const int64_t most = axis.full_extent() + std::max(axis.stride, axis.dilation) - 1;
    FUZZ_CHECK(axis.pad_before + axis.output <= most || axis.input == 0);
}

// Only conv_transpose, and pairs of padding in conv2d_transpose, state crops. A layer of a call does not keep what was
// stated; there every padding of conv2d_transpose keeps the rule of the pairs.
bool states_crops(const Layer &layer) {
    if (layer.op != Op::kConv2dTranspose) return layer.op == Op::kConvTranspose;
    return layer.arguments.empty() ||
           std::any_of(layer.arguments.begin(), layer.arguments.end(), [](const StatedArgument &argument) {
               return argument.key == "padding" && argument.value[0] == '[';
           });
}

void check_axis(const Axis &axis, bool stated_crops) {
    FUZZ_CHECK(axis.input >= 0 && axis.input <= kLargest);
    FUZZ_CHECK(axis.kernel >= 1 && axis.kernel <= kLargestWindow);
    FUZZ_CHECK(axis.stride >= 1 && axis.stride <= kLargestWindow);
    FUZZ_CHECK(axis.dilation >= 1 && axis.dilation <= kLargest);
    FUZZ_CHECK(axis.output >= 0 && axis.output <= kLargest);
    FUZZ_CHECK(axis.full_extent() <= kLargest);
    if (stated_crops) {
        check_cropped_axis(axis);
    } else {
        check_padded_axis(axis);
    }
}

void check_tensor(const std::vector<int64_t> &shape, int64_t elements, int rank) {
    FUZZ_CHECK(static_cast<int>(shape.size()) == rank + 2);
    int64_t product = 1;
    bool empty = false;
    for (int64_t extent : shape) {
        FUZZ_CHECK(extent >= 0 && extent <= kLargest);
        empty = empty || extent == 0;
        if (extent > 0) product *= extent;
        FUZZ_CHECK(product <= kLargest);
    }
    FUZZ_CHECK(elements == (empty ? 0 : product));
}

void check_operator(const Layer &layer) {
    const auto any_above_one = [&](int64_t Axis::*field) {
        return std::any_of(layer.axes.begin(), layer.axes.end(), [&](const Axis &axis) { return axis.*field > 1; });
    };
    switch (layer.op) {
    case Op::kConv1dTranspose: FUZZ_CHECK(layer.spatial_rank == 1); break;
    case Op::kConv2dTranspose: FUZZ_CHECK(layer.spatial_rank == 2); break;
    case Op::kConvTranspose: FUZZ_CHECK(layer.output_elements() > 0 || layer.batch == 0 || !layer.has_cells()); break;
    case Op::kAtrousConv2dTranspose:
        FUZZ_CHECK(layer.spatial_rank == 2 && layer.layout == Layout::kChannelsLast);
        FUZZ_CHECK(!any_above_one(&Axis::stride));
        break;
    case Op::kConv3dTranspose: FUZZ_CHECK(layer.spatial_rank == 3); break;
    case Op::kKerasConvTranspose: break;
    case Op::kKerasConv1DTranspose:
    case Op::kKerasConv2DTranspose:
    case Op::kKerasConv3DTranspose:
        FUZZ_CHECK(layer.spatial_rank == (layer.op == Op::kKerasConv1DTranspose   ? 1
                                          : layer.op == Op::kKerasConv2DTranspose ? 2
                                                                                  : 3));
        FUZZ_CHECK(!any_above_one(&Axis::stride) || !any_above_one(&Axis::dilation));
        break;
    }
}

// What an activation is computed with.
void check_activation(const Layer &layer) {
    const Activation &activation = layer.activation;
    FUZZ_CHECK(*to_string(activation) && to_text(activation).find(to_string(activation)) == 0);
    if (activation == Activation::kClip) {
        FUZZ_CHECK(activation.a <= activation.b);
    } else {
        FUZZ_CHECK(std::isfinite(activation.a) && std::isfinite(activation.b));
    }
    FUZZ_CHECK(activation != Activation::kCelu || activation.a > 0);
    if (activation != Activation::kPrelu) return;
    FUZZ_CHECK(static_cast<int64_t>(layer.slopes.size()) == layer.out_channels);
    FUZZ_CHECK(std::all_of(layer.slopes.begin(), layer.slopes.end(), [](float slope) { return std::isfinite(slope); }));
}

// Strides of a dense tensor: its innermost axis has 1, and together they reach its last element.
void check_filter_order(const Layer &layer) {
    const FilterStrides strides = layer.filter_strides();
    int64_t last = (layer.out_channels - 1) * strides.out_channel + (layer.in_channels - 1) * strides.in_channel;
    for (size_t a = static_cast<size_t>(3 - layer.spatial_rank); a < layer.axes.size(); a++) {
        last += (layer.axes[a].kernel - 1) * strides.tap[a];
    }
    FUZZ_CHECK(last == layer.filter_elements() - 1);
    FUZZ_CHECK(layer.filter_order.empty() || layer.op == Op::kConvTranspose);
}

void check_layer(const Layer &layer) {
    FUZZ_CHECK(is_identifier(layer.name));
    FUZZ_CHECK(layer.spatial_rank >= 1 && layer.spatial_rank <= 3);
    FUZZ_CHECK(layer.batch >= 0 && layer.in_channels >= 1 && layer.out_channels >= 1);
    for (size_t a = 0; a < layer.axes.size(); a++) {
        check_axis(layer.axes[a], states_crops(layer) && static_cast<int>(a) >= 3 - layer.spatial_rank);
        if (static_cast<int>(a) < 3 - layer.spatial_rank) FUZZ_CHECK(layer.axes[a] == Axis{});
    }
    check_tensor(layer.input_shape(), layer.input_elements(), layer.spatial_rank);
    check_tensor(layer.output_shape(), layer.output_elements(), layer.spatial_rank);
    check_tensor(layer.filter_shape(), layer.filter_elements(), layer.spatial_rank);
    check_operator(layer);
    check_activation(layer);
    check_filter_order(layer);
    FUZZ_CHECK(layer.max_error_growth >= 1 && layer.max_error_growth <= 1e308);
    FUZZ_CHECK(layer.workspace_limit() >= 0);
    FUZZ_CHECK(!layer.flops || *layer.flops >= 0);
    if (layer.weights) {
        FUZZ_CHECK(!layer.weights->filter.empty() && layer.weights->bias.empty() != layer.bias);
        FUZZ_CHECK((layer.weights->filter + layer.weights->bias).find('\0') == std::string::npos);
    }
    const int64_t macs = layer.useful_macs();
    FUZZ_CHECK(macs >= 0 && macs <= layer.input_elements() * (layer.filter_elements() / layer.in_channels));
    FUZZ_CHECK(is_identifier("w" + layer.workload().substr(0, layer.workload().find(':'))));
    FUZZ_CHECK(*to_string(layer.op) && *to_string(layer.layout));
}

// What the reader says about a text, checked.
Expected<std::vector<Layer>> parse(const std::string &text, const LayerFileOptions &options) {
    Expected<std::vector<Layer>> layers = parse_layer_text(text, "folder", options);
    if (!layers) {
        check_message(layers.error());
        return layers;
    }
    FUZZ_CHECK(!layers->empty());
    FUZZ_CHECK(layers->size() == 1 || layers->front().name != layers->back().name);
    for (const Layer &layer : *layers) {
        check_layer(layer);
        FUZZ_CHECK(layer.name.size() <= kLongestName);
    }
    return layers;
}

// The options that complete or override a file; a list has no use for them.
void check_completed(const std::string &text) {
    LayerFileOptions options;
    options.name = "another";
    options.input_shape = {1, 5, 4, 3};
    const auto layers = parse(text, options);
    if (!layers) return;
    FUZZ_CHECK(layers->size() == 1 && layers->front().name == "another");
    FUZZ_CHECK(layers->front().input_shape() == *options.input_shape);
}

// A choice from a list gives the same layer as the whole list. Returns whether the text is a list.
bool check_chosen(const std::string &text, const Expected<std::vector<Layer>> &layers) {
    LayerFileOptions options;
    options.layers = {layers ? layers->back().name : "absent"};
    const auto chosen = parse(text, options);
    FUZZ_CHECK(!layers || chosen || layers->size() == 1);
    FUZZ_CHECK(!chosen || (chosen->size() == 1 && chosen->front().name == options.layers[0]));
    FUZZ_CHECK(!layers || !chosen || chosen->front().workload() == layers->back().workload());
    return bool(chosen);
}

bool check_call(const std::string &text, const CallShapes &shapes, const std::string &workload = "") {
    const Expected<Layer> layer = parse_call(text, "folder", shapes);
    if (!layer) {
        check_message(layer.error());
        return false;
    }
    check_layer(*layer);
    FUZZ_CHECK(!layer->weights);
    FUZZ_CHECK(layer->input_shape() == shapes.input && layer->filter_shape() == shapes.filter);
    FUZZ_CHECK(layer->bias == shapes.bias.has_value());
    FUZZ_CHECK(!shapes.bias || *shapes.bias == std::vector<int64_t>{layer->out_channels});
    FUZZ_CHECK(workload.empty() || layer->workload() == workload);
    return true;
}

// Tensors that suit operators of 1, 2 and 3 axes in both layouts, filters of PyTorch, and some that suit none.
const std::vector<CallShapes> kCalls = {
    {{2, 3, 3}, {4, 2, 3}, {}},
    {{2, 3, 4, 3}, {3, 2, 5, 3}, {}},
    {{2, 3, 4, 3}, {3, 2, 5, 3}, {{5}}},
    {{1, 2, 3, 2, 2}, {1, 2, 3, 2, 2}, {}},
    {{2, 3, 4, 3}, {3, 5, 2, 2}, {}},
    {{2, 3, 4, 3}, {3, 5, 2, 2}, {{5}}},
    {{0, 1, 2147483647, 1}, {1, 65536, 1, 1}, {}},
    {{4, 0, 2, 0}, {2, 2, 0, 0}, {{0}}},
    {{}, {7}, {{7, 1}}},
};

// A file that states its shapes is the same layer as a call with tensors of these shapes.
void check_same_call(const std::string &text, const Layer &layer) {
    CallShapes shapes = {layer.input_shape(), layer.filter_shape(), {}};
    if (layer.bias) shapes.bias = {layer.out_channels};
    FUZZ_CHECK(check_call(text, shapes, layer.workload()));
}

void check_text(const std::string &text) {
    const auto layers = parse(text, {});
    if (!layers && layers.error().message.find("not valid JSON") == 0) {
        FUZZ_CHECK(!check_call(text, kCalls[0]));
        return;
    }
    check_completed(text);
    const bool is_list = check_chosen(text, layers);
    for (const CallShapes &shapes : kCalls) check_call(text, shapes);
    if (layers && !is_list) check_same_call(text, layers->front());
}

}  // namespace
}  // namespace tconv

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    tconv::check_text(std::string(reinterpret_cast<const char *>(data), size));
    return 0;
}
