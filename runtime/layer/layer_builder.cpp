// SPDX-License-Identifier: Apache-2.0
#include "tconv/layer_builder.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/layer/layer_common.h"

namespace tconv {

namespace {

constexpr int kMostSpatialAxes = 3;

std::string axes_text(size_t rank) { return std::to_string(rank) + (rank == 1 ? " spatial axis" : " spatial axes"); }

Status check_count(const char *argument, const std::vector<int64_t> &values, size_t rank) {
    if (values.empty() || values.size() == rank) return Success{};
    return invalid_argument(argument, to_text(values), "must have one entry for each of " + axes_text(rank));
}

Status check_range(const char *argument, const std::vector<int64_t> &values, int64_t least) {
    for (const int64_t value : values) {
        if (value < least)
            return invalid_argument(argument, to_text(values), "must not be below " + std::to_string(least));
        if (value > kLargest) {
            return unsupported(argument, to_text(values),
                               "more than " + std::to_string(kLargest) + " is not supported");
        }
    }
    return Success{};
}

// Empty stands for the default.
Status check_order(const std::string &order, int spatial_rank) {
    std::string sorted = order, expected = default_filter_order(spatial_rank);
    std::sort(sorted.begin(), sorted.end());
    std::sort(expected.begin(), expected.end());
    if (sorted == expected || order.empty()) return Success{};
    return invalid_argument("filter order", "\"" + printable(order) + "\"",
                            "must name each axis once, as " + default_filter_order(spatial_rank) + " does");
}

Status check_slopes(const Layer &layer) {
    if (layer.activation != Activation::kPrelu) return Success{};
    const auto channels = static_cast<size_t>(layer.out_channels);
    if (!std::all_of(layer.slopes.begin(), layer.slopes.end(), [](float slope) { return std::isfinite(slope); })) {
        return invalid_argument("activation.alpha", "NaN or Inf", "must hold finite numbers");
    }
    if (layer.slopes.size() == channels) return Success{};
    return invalid_argument("activation.alpha", std::to_string(layer.slopes.size()) + " values",
                            "must have one for each output channel, " + std::to_string(channels) + ", or one for all");
}

// The ranges that activation.h states.
Status check_activation(const Layer &layer) {
    const auto &[kind, a, b] = layer.activation;
    const bool clips = kind == Activation::kClip;
    const char *rule = nullptr;
    if (clips && !(a <= b)) rule = "its limits must be numbers in ascending order";
    if (kind == Activation::kCelu && !(a > 0)) rule = "alpha must be above 0";
    if (!clips && !(std::isfinite(a) && std::isfinite(b))) rule = "must have finite parameters";
    if (rule != nullptr) return invalid_argument("activation", to_text(layer.activation), rule);
    return check_slopes(layer);
}

// No output goes on for longer behind the full one than the output_padding of PyTorch, which has the farthest reach of all,
// allows; an input without cells has no full output.
Status check_ends(const Layer &layer) {
    for (size_t a = first_axis(layer); a < layer.axes.size(); a++) {
        const Axis &axis = layer.axes[a];
        const int64_t beyond = std::max(axis.stride, axis.dilation) - 1;
        if (axis.input > 0 && axis.pad_before + axis.output > axis.full_extent() + beyond) {
            return invalid_argument("output", std::to_string(axis.output),
                                    "must end within " + std::to_string(beyond) + " cells behind the full output, " +
                                        std::to_string(axis.full_extent()) + ", of which " +
                                        std::to_string(axis.pad_before) + " are left out before on spatial axis " +
                                        std::to_string(a - first_axis(layer)));
        }
    }
    return Success{};
}

Status check_weight_files(const Layer &layer) {
    if (!layer.weights) return Success{};
    if (layer.weights->filter.empty()) return invalid_argument("weights.filter", "\"\"", "must be the path of a file");
    if (layer.weights->bias.empty() != layer.bias) return Success{};
    return invalid_argument("weights.bias", "\"" + printable(layer.weights->bias) + "\"",
                            layer.bias ? "must be the path of a file: the layer has a bias" : "the layer has no bias");
}

}  // namespace

LayerBuilder &LayerBuilder::name(std::string name) {
    layer_.name = std::move(name);
    return *this;
}

LayerBuilder &LayerBuilder::op(Op label) {
    layer_.op = label;
    return *this;
}

LayerBuilder &LayerBuilder::layout(Layout layout) {
    layer_.layout = layout;
    return *this;
}

LayerBuilder &LayerBuilder::input(std::vector<int64_t> shape) {
    input_ = std::move(shape);
    return *this;
}

LayerBuilder &LayerBuilder::filter(std::vector<int64_t> shape, std::string order) {
    filter_ = std::move(shape);
    layer_.filter_order = std::move(order);
    return *this;
}

LayerBuilder &LayerBuilder::strides(std::vector<int64_t> strides) {
    strides_ = std::move(strides);
    return *this;
}

LayerBuilder &LayerBuilder::dilations(std::vector<int64_t> dilations) {
    dilations_ = std::move(dilations);
    return *this;
}

LayerBuilder &LayerBuilder::crops(std::vector<int64_t> before, std::vector<int64_t> after) {
    before_ = std::move(before);
    after_ = std::move(after);
    output_.clear();
    return *this;
}

LayerBuilder &LayerBuilder::output(std::vector<int64_t> extents, std::vector<int64_t> crops_before) {
    output_ = std::move(extents);
    before_ = std::move(crops_before);
    after_.clear();
    return *this;
}

LayerBuilder &LayerBuilder::groups(int64_t groups) {
    groups_ = groups;
    return *this;
}

LayerBuilder &LayerBuilder::bias(bool bias) {
    layer_.bias = bias;
    return *this;
}

LayerBuilder &LayerBuilder::activation(Activation activation) {
    layer_.activation = activation;
    layer_.slopes.clear();
    return *this;
}

LayerBuilder &LayerBuilder::prelu(std::vector<float> slopes) {
    if (slopes.size() == 1) return activation({Activation::kLeakyRelu, slopes[0]});
    layer_.activation = Activation::kPrelu;
    layer_.slopes = std::move(slopes);
    return *this;
}

LayerBuilder &LayerBuilder::weights(WeightFiles files) {
    layer_.weights = std::move(files);
    return *this;
}

LayerBuilder &LayerBuilder::strict_nonfinite(bool strict) {
    layer_.strict_nonfinite = strict;
    return *this;
}

LayerBuilder &LayerBuilder::max_error_growth(double growth) {
    layer_.max_error_growth = growth;
    return *this;
}

LayerBuilder &LayerBuilder::max_workspace_bytes(int64_t bytes) {
    layer_.max_workspace_bytes = bytes;
    return *this;
}

Status LayerBuilder::check_lists() const {
    if (input_.size() < 3 || input_.size() > kMostSpatialAxes + 2) {
        return invalid_argument("input", to_text(input_),
                                "must have 3, 4 or 5 dimensions: batch, channels and the spatial extents");
    }
    const size_t rank = input_.size() - 2;
    if (filter_.size() != rank + 2) {
        return invalid_argument("filter", to_text(filter_),
                                "must have " + std::to_string(rank + 2) + " dimensions, as many as the input");
    }
    Status status = check_order(layer_.filter_order, static_cast<int>(rank));
    if (status) status = check_range("input", input_, 0);
    if (status) status = check_range("filter", filter_, 1);
    if (status) status = check_count("strides", strides_, rank);
    if (status) status = check_range("strides", strides_, 1);
    if (status) status = check_count("dilations", dilations_, rank);
    if (status) status = check_range("dilations", dilations_, 1);
    if (status) status = check_count("crops before", before_, rank);
    if (status) status = check_range("crops before", before_, 0);
    if (status) status = check_count("crops behind", after_, rank);
    if (status) status = check_range("crops behind", after_, -kLargest);
    if (status) status = check_count("output", output_, rank);
    if (status) status = check_range("output", output_, 0);
    return status;
}

// Precondition: check_lists().
void LayerBuilder::place(Layer &layer) const {
    set_input_extents(layer, input_);
    if (layer.filter_order == default_filter_order(layer.spatial_rank)) layer.filter_order.clear();
    set_filter_extents(layer, filter_);
    set_axes(layer, &Axis::stride, strides_);
    set_axes(layer, &Axis::dilation, dilations_);
    set_axes(layer, &Axis::pad_before, before_);
}

Status LayerBuilder::check_channels(const Layer &layer) const {
    if (layer.in_channels < 1) return invalid_argument("input", to_text(input_), "the channels must not be 0");
    if (layer.filter_shape() == filter_) return Success{};
    return invalid_argument("filter", to_text(filter_),
                            "must have as many in channels as the input, " + std::to_string(layer.in_channels));
}

Expected<Layer> LayerBuilder::build() const {
    Layer layer = layer_;
    if (layer.name.empty()) layer.name = "layer";
    if (Status status = check_name(layer.name); !status) return status.error();
    if (groups_ != 1) return unsupported("groups", std::to_string(groups_), "must be 1: others are not supported yet");
    if (Status status = check_lists(); !status) return status.error();
    place(layer);
    if (Status status = check_channels(layer); !status) return status.error();
    if (Status status = check_window(layer); !status) return status.error();
    for (size_t a = first_axis(layer), i = 0; a < layer.axes.size(); a++, i++) {
        Axis &axis = layer.axes[a];
        const int64_t behind = after_.empty() ? 0 : after_[i];
        axis.output = output_.empty() ? axis.full_extent() - axis.pad_before - behind : output_[i];
        if (axis.output < 0) {
            return invalid_argument(
                "crops", std::to_string(axis.pad_before) + " and " + std::to_string(behind),
                "leave an output of " + std::to_string(axis.output) + " cells on spatial axis " + std::to_string(i));
        }
    }
    return finish_layer(std::move(layer), kTensors);
}

Expected<Layer> finish_layer(Layer layer, const TensorNames &names) {
    if (layer.activation == Activation::kPrelu && layer.slopes.empty() && !layer.slopes_file.empty()) {
        layer.slopes.resize(static_cast<size_t>(layer.out_channels));  // of a file that stays closed
    }
    Status status = check_activation(layer);
    if (status && !(layer.max_error_growth >= 1)) {
        status = invalid_argument("max_error_growth", std::to_string(layer.max_error_growth), "must be at least 1");
    }
    if (status && layer.max_workspace_bytes.value_or(0) < 0) {
        status =
            invalid_argument("max_workspace_bytes", std::to_string(*layer.max_workspace_bytes), "must not be below 0");
    }
    if (status) status = check_weight_files(layer);
    if (status) status = check_ends(layer);
    if (status) status = check_sizes(layer, names);
    if (!status) return status.error();
    return layer;
}

}  // namespace tconv
