// SPDX-License-Identifier: Apache-2.0
// "conv_transpose": the attributes of PyTorch's ConvTranspose1d, 2d, 3d and of ONNX' ConvTranspose (opset 22).
#include <algorithm>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/layer/layer_common.h"
#include "runtime/layer/layer_reader.h"

namespace tconv {

namespace {

std::string on_axis(size_t a) { return " on spatial axis " + std::to_string(a); }

enum class AutoPad { kNotSet, kSameUpper, kSameLower, kValid };

// The member under one of its two names: PyTorch's and ONNX'.
const Json *find_either(Fields &fields, const std::string &name, const std::string &other, std::string &key) {
    const Json *value = fields.find(name), *second = fields.find(other);
    if (value && second) fields.refuse(other, "is another name of " + name + ", which is given too");
    key = second ? other : name;
    return second ? second : value;
}

void read_window(Fields &fields, Layer &layer, const std::string &name, const std::string &other,
                 int64_t Axis::*field) {
    std::string key;
    if (const Json *value = find_either(fields, name, other, key)) {
        set_axes(layer, field, fields.per_axis(key, *value, static_cast<size_t>(layer.spatial_rank), 1));
    }
}

Layout read_data_format(Fields &fields) {
    const std::string format = fields.string("data_format", "channels_first");
    if (format != "channels_first" && format != "channels_last") {
        fields.refuse("data_format", "must be \"channels_first\" or \"channels_last\"");
    }
    return format == "channels_last" ? Layout::kChannelsLast : Layout::kChannelsFirst;
}

// The order of the filter's axes; needs the rank.
std::string read_filter_layout(Fields &fields, const Layer &layer) {
    const std::string last = default_filter_order(layer.spatial_rank);
    const std::string first = "IO" + last.substr(0, last.size() - 2);
    const std::string order = fields.string("filter_layout", first);
    if (order == last) return "";
    if (order != first) {
        const std::vector<std::string> both = {first, last};
        fields.refuse("filter_layout", "must be \"" + first + "\", as PyTorch and ONNX have it, or \"" + last +
                                           "\", as TensorFlow and Keras do, for " + std::to_string(layer.spatial_rank) +
                                           " spatial axes" + did_you_mean(order, both));
    }
    return first;
}

void check_kernel(Fields &fields, const Layer &layer) {
    std::string key;
    const Json *value = find_either(fields, "kernel_shape", "kernel_size", key);
    if (!value) return;
    const auto rank = static_cast<size_t>(layer.spatial_rank);
    const std::vector<int64_t> stated = fields.per_axis(key, *value, rank, 1);
    std::vector<int64_t> kernel;
    for (size_t a = first_axis(layer); a < layer.axes.size(); a++) kernel.push_back(layer.axes[a].kernel);
    if (fields.ok() && stated != kernel) fields.refuse(key, "must be that of the filter, " + to_text(kernel));
}

void check_groups(Fields &fields) {
    std::string key;
    const Json *value = find_either(fields, "group", "groups", key);
    if (value && fields.integer(key, *value, 1, "an integer") != 1) {
        fields.unsupported(key, "must be 1: grouped layers are not supported yet");
    }
}

AutoPad read_auto_pad(Fields &fields) {
    const std::string pad = fields.string("auto_pad", "NOTSET");
    if (pad == "NOTSET") return AutoPad::kNotSet;
    if (pad == "SAME_UPPER") return AutoPad::kSameUpper;
    if (pad == "SAME_LOWER") return AutoPad::kSameLower;
    if (pad != "VALID") {
        const std::vector<std::string> known = {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"};
        fields.refuse("auto_pad", "must be one of " + join(known) + did_you_mean(pad, known));
    }
    return AutoPad::kValid;
}

// pads or padding; 0 without them. `given` is the key, or empty where all are 0.
std::vector<Crop> read_pads(Fields &fields, const Layer &layer, std::string &given) {
    const auto rank = static_cast<size_t>(layer.spatial_rank);
    std::vector<Crop> crops(rank);
    std::string key;
    const Json *value = find_either(fields, "pads", "padding", key);
    if (!value || !fields.ok()) return crops;
    const bool pads = key == "pads";
    std::vector<int64_t> values;
    if (pads && value->is_array() && value->size() == 2 * rank) {
        values = fields.integers(key, *value, 0, "a list of integers");
    } else if (pads && value->is_array() && value->size() != rank) {
        fields.refuse(key, "must be an integer or a list of " + std::to_string(rank) + " or " +
                               std::to_string(2 * rank) + " integers: all begins, then all ends");
    } else if (value->is_string()) {
        fields.refuse(
            key,
            "must be an integer or a list of integers; SAME and VALID are values of auto_pad: \"SAME_UPPER\", "
            "\"SAME_LOWER\", \"VALID\"");
    } else {
        values = fields.per_axis(key, *value, rank, 0);
        values.insert(values.end(), values.begin(), values.begin() + static_cast<std::ptrdiff_t>(rank));
    }
    if (!fields.ok()) return crops;
    for (size_t a = 0; a < rank; a++) crops[a] = {values[a], values[rank + a]};
    if (std::any_of(values.begin(), values.end(), [](int64_t cells) { return cells > 0; })) given = key;
    return crops;
}

std::vector<int64_t> read_extra_cells(Fields &fields, const Layer &layer) {
    const auto rank = static_cast<size_t>(layer.spatial_rank);
    const Json *value = fields.find("output_padding");
    if (!value) return std::vector<int64_t>(rank, 0);
    std::vector<int64_t> padding = fields.per_axis("output_padding", *value, rank, 0);
    for (size_t a = 0; a < rank; a++) {
        const Axis &axis = layer.axes[first_axis(layer) + a];
        const int64_t limit = std::max(axis.stride, axis.dilation);
        if (padding[a] >= limit) {
            fields.refuse("output_padding",
                          "must be below the larger of stride and dilation, " + std::to_string(limit) + on_axis(a));
        }
    }
    return padding;
}

// The extents asked for, by output_shape or as input times stride; empty where pads decide.
std::vector<int64_t> read_requested(Fields &fields, const Layer &layer, AutoPad auto_pad,
                                    const std::vector<int64_t> &output_padding) {
    const auto rank = static_cast<size_t>(layer.spatial_rank);
    std::vector<int64_t> extents;
    if (const Json *value = fields.find("output_shape")) {
        if (value->is_array() && value->size() == rank + 2) {
            fields.refuse("output_shape", "must have one extent a spatial axis, " + std::to_string(rank) +
                                              ", without batch and channels");
        } else {
            extents = fields.per_axis("output_shape", *value, rank, 1);
        }
        for (size_t a = 0; a < extents.size(); a++) {
            const Axis &axis = layer.axes[first_axis(layer) + a];
            const int64_t most = axis.full_extent() + axis.stride - 1;
            if (extents[a] > most) {
                fields.refuse("output_shape", "must not exceed " + std::to_string(most) + on_axis(a) +
                                                  ": the full output and stride - 1 cells more");
            }
        }
        return extents;
    }
    if (auto_pad != AutoPad::kSameUpper && auto_pad != AutoPad::kSameLower) return extents;
    for (size_t a = 0; a < rank; a++) {
        const Axis &axis = layer.axes[first_axis(layer) + a];
        const int64_t reach = axis.effective_kernel() + output_padding[a];
        if (reach < axis.stride) {
            fields.refuse("auto_pad", "needs an effective kernel_size and output_padding, together " +
                                          std::to_string(reach) + ", that are not below the stride, " +
                                          std::to_string(axis.stride) + on_axis(a));
        }
        extents.push_back(axis.input * axis.stride);
    }
    return extents;
}

// What stands beside what decides in its place.
void check_ignored(Fields &fields, const std::string &name, AutoPad auto_pad, const std::string &given,
                   const Source &source) {
    const bool output_shape = fields.find("output_shape") != nullptr;
    if (auto_pad != AutoPad::kNotSet && !given.empty()) {
        fields.refuse("auto_pad", "must be \"NOTSET\" beside " + given + " other than 0");
    } else if (output_shape && fields.find("padding")) {
        fields.refuse("padding", "must not stand beside output_shape, which decides in its place");
    } else if (output_shape && !given.empty() && fields.ok() && source.warnings) {
        source.warnings->push_back(name + ": pads = " + to_text(*fields.find("pads")) +
                                   ": ignored, since output_shape decides in their place");
    }
}

void resolve_output(Fields &fields, Layer &layer, AutoPad auto_pad, const std::vector<Crop> &pads,
                    const std::vector<int64_t> &output_padding, const std::vector<int64_t> &requested) {
    for (size_t a = 0; a < pads.size(); a++) {
        Axis &axis = layer.axes[first_axis(layer) + a];
        const int64_t full = axis.full_extent() + output_padding[a];
        if (requested.empty()) {
            axis.pad_before = pads[a].before;
            axis.output = full - pads[a].before - pads[a].after;
            if (axis.output < 1) {
                fields.refuse(fields.find("padding") ? "padding" : "pads",
                              "leaves an output of " + std::to_string(axis.output) + " cells" + on_axis(a) +
                                  ", of a full one of " + std::to_string(full) + "; must leave 1 at least");
            }
            continue;
        }
        const int64_t total = std::max<int64_t>(0, full - requested[a]);
        axis.output = requested[a];
        axis.pad_before = auto_pad == AutoPad::kSameUpper ? total / 2 : total - total / 2;
    }
}

}  // namespace

Expected<Layer> read_explicit_layer(const Json &object, const Source &source) {
    Fields fields = open_layer(
        object, Op::kConvTranspose,
        {"strides", "stride", "dilations", "dilation", "pads", "padding", "output_padding", "output_shape", "auto_pad",
         "kernel_shape", "kernel_size", "group", "groups", "data_format", "filter_layout", "bias", "activation"},
        source);
    Layer layer;
    layer.op = Op::kConvTranspose;
    read_common(fields, layer, source);
    read_dtype(fields, layer);
    layer.layout = read_data_format(fields);
    read_input_shape(fields, layer, std::nullopt, source);
    if (fields.ok()) layer.filter_order = read_filter_layout(fields, layer);
    read_epilogue(fields, layer, source);
    read_filter_shape(fields, layer, source);
    read_weights(fields, layer, source);
    check_kernel(fields, layer);
    check_groups(fields);
    read_window(fields, layer, "strides", "stride", &Axis::stride);
    read_window(fields, layer, "dilations", "dilation", &Axis::dilation);
    if (fields.ok()) fields.check(check_window(layer));
    const AutoPad auto_pad = read_auto_pad(fields);
    std::string given;
    const std::vector<Crop> pads = read_pads(fields, layer, given);
    const std::vector<int64_t> output_padding = read_extra_cells(fields, layer);
    if (!fields.ok()) return fields.error();
    check_ignored(fields, layer.name, auto_pad, given, source);
    const std::vector<int64_t> requested = read_requested(fields, layer, auto_pad, output_padding);
    if (fields.ok()) resolve_output(fields, layer, auto_pad, pads, output_padding, requested);
    if (!fields.ok()) return fields.error();
    return finish_layer(std::move(layer), source.names());
}

}  // namespace tconv
