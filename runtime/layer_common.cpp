// SPDX-License-Identifier: Apache-2.0
#include "layer_common.h"

#include <algorithm>
#include <filesystem>

#include "text.h"
#include "validate.h"

namespace tconv {

namespace {

std::string lower_case(std::string text) {
    for (char &c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

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

}  // namespace

const char *const kRunTimeExtents = "extents decided at run time are not supported yet; give a number";

std::vector<std::string> with_common_keys(std::vector<std::string> more) {
    std::vector<std::string> keys = {"name",         "op",    "input_shape",      "filter_shape",
                                     "dtype",        "strict_nonfinite", "max_error_growth", "weights"};
    keys.insert(keys.end(), more.begin(), more.end());
    return keys;
}

void read_common(Fields &fields, Layer &layer) {
    layer.name = fields.string("name");
    if (fields.ok()) fields.check(check_name(layer.name));
    layer.strict_nonfinite = fields.boolean("strict_nonfinite", layer.strict_nonfinite);
    if (const Json *growth = fields.find("max_error_growth")) {
        if (!growth->is_number() || growth->get<double>() < 1) {
            fields.refuse("max_error_growth", "must be a number not below 1");
        } else {
            layer.max_error_growth = growth->get<double>();
        }
    }
}

void check_dtype_name(Fields &fields, const std::string &name) {
    if (name != to_string(DataType::kFloat32)) fields.unsupported("dtype", "only float32 is supported yet");
}

void read_dtype(Fields &fields, Layer &layer) {
    layer.dtype = DataType::kFloat32;
    check_dtype_name(fields, fields.string("dtype", to_string(DataType::kFloat32)));
}

void read_epilogue(Fields &fields, Layer &layer) {
    layer.bias = fields.boolean("bias", false);
    const Json *activation = fields.find("activation");
    if (activation) layer.activation = read_activation(fields, *activation, "none");
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

size_t first_axis(const Layer &layer) {
    return layer.axes.size() - static_cast<size_t>(layer.spatial_rank);
}

void set_axes(Layer &layer, int64_t Axis::*field, const std::vector<int64_t> &values) {
    for (size_t a = 0; a < values.size(); a++) layer.axes[first_axis(layer) + a].*field = values[a];
}

void read_input_shape(Fields &fields, Layer &layer, std::optional<int> spatial_rank) {
    const std::string key = "input_shape";
    layer.spatial_rank = spatial_rank.value_or(layer.spatial_rank);
    const Json *value = fields.require(key);
    if (!value) return;
    const size_t size = value->is_array() ? value->size() : 0;
    if (spatial_rank ? size != static_cast<size_t>(*spatial_rank) + 2 : size < 3 || size > 5) {
        const std::string count = spatial_rank ? std::to_string(*spatial_rank + 2) : std::string("3, 4 or 5");
        fields.refuse(key, "must be a list of " + count + " integers: batch, channels and the spatial extents");
        return;
    }
    const size_t channel = layer.layout == Layout::kChannelsFirst ? 1 : size - 1;
    for (size_t d = 0; d < size; d++) {
        if (d != channel && (*value)[d].is_null()) fields.unsupported(key, kRunTimeExtents);
    }
    std::vector<int64_t> shape = fields.integers(key, 0);
    if (!fields.ok()) return;
    if (std::find(shape.begin() + 1, shape.end(), 0) != shape.end()) {
        fields.refuse(key, "only the batch may be 0");
        return;
    }
    layer.spatial_rank = static_cast<int>(size) - 2;
    layer.batch = shape.front();
    layer.in_channels = shape[channel];
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(channel));
    shape.erase(shape.begin());
    set_axes(layer, &Axis::input, shape);
}

void read_filter_shape(Fields &fields, Layer &layer) {
    const std::string key = "filter_shape";
    std::vector<int64_t> shape = fields.integers(key, 1);
    if (!fields.ok()) return;
    const size_t size = static_cast<size_t>(layer.spatial_rank) + 2;
    if (shape.size() != size) {
        fields.refuse(key, "must be a list of " + std::to_string(size) +
                               " integers, as many as input_shape: the spatial extents, out channels, in channels");
        return;
    }
    if (shape.back() != layer.in_channels) {
        fields.refuse(key, "the last extent must equal the channels of input_shape, " +
                               std::to_string(layer.in_channels));
    }
    layer.out_channels = shape[size - 2];
    shape.resize(size - 2);
    set_axes(layer, &Axis::kernel, shape);
}

Padding read_keras_padding(Fields &fields) {
    const std::string padding = lower_case(fields.string("padding", "valid"));
    if (padding != "valid" && padding != "same") fields.refuse("padding", "must be \"valid\" or \"same\"");
    return padding == "same" ? Padding::kSame : Padding::kValid;
}

std::optional<std::vector<int64_t>> read_output_padding(Fields &fields, const Layer &layer) {
    const std::string key = "output_padding";
    const Json *value = fields.find(key);
    if (!value || value->is_null()) return std::nullopt;
    std::vector<int64_t> padding = fields.per_axis(key, *value, static_cast<size_t>(layer.spatial_rank), 0);
    for (size_t a = 0; a < padding.size(); a++) {
        const int64_t stride = layer.axes[first_axis(layer) + a].stride;
        if (padding[a] >= stride) {
            fields.refuse(key, "must be below the stride, " + std::to_string(stride) + " on spatial axis " +
                                   std::to_string(a));
        }
    }
    return padding;
}

Layout read_keras_layout(Fields &fields, const std::string &key) {
    const Json *value = fields.find(key);
    if (!value || value->is_null()) return Layout::kChannelsLast;
    const std::string layout = value->is_string() ? lower_case(value->get<std::string>()) : "";
    if (layout != "channels_last" && layout != "channels_first") {
        fields.refuse(key, "must be \"channels_last\", \"channels_first\" or null");
    }
    return layout == "channels_first" ? Layout::kChannelsFirst : Layout::kChannelsLast;
}

Expected<Layer> finish_keras(Fields &fields, Layer layer, Padding padding,
                             const std::optional<std::vector<int64_t>> &output_padding) {
    if (fields.ok()) fields.check(check_window(layer));
    if (!fields.ok()) return fields.error();
    for (size_t a = first_axis(layer); a < layer.axes.size(); a++) {
        Axis &axis = layer.axes[a];
        std::optional<int64_t> extra;
        if (output_padding) extra = (*output_padding)[a - first_axis(layer)];
        axis.output = keras_output_extent(axis, padding, extra);
        axis.pad_before = crop_before(axis, padding, axis.output);
    }
    const Status sizes = check_sizes(layer);
    if (!sizes) return sizes.error();
    return layer;
}

}  // namespace tconv
