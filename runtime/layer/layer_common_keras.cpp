// SPDX-License-Identifier: Apache-2.0
// What the readers of Keras' operators share.
#include "runtime/layer/layer_common.h"

#include <algorithm>
#include <utility>

#include "runtime/base/text.h"

namespace tconv {

namespace {

std::string lower_case(std::string text) {
    for (char &c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

}  // namespace

Padding read_keras_padding(Fields &fields) {
    const Json *value = fields.find("padding");
    if (!value) return Padding::kValid;
    const std::string padding = value->is_string() ? lower_case(value->get<std::string>()) : "";
    if (padding != "valid" && padding != "same") {
        fields.refuse("padding", std::string("must be \"valid\" or \"same\"") + kExplicitCrops);
    }
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
                                   std::to_string(a) + kExplicitCrops);
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
                             const std::optional<std::vector<int64_t>> &output_padding, const Source &source) {
    if (fields.ok()) fields.check(check_window(layer));
    if (!fields.ok()) return fields.error();
    for (size_t a = first_axis(layer); a < layer.axes.size(); a++) {
        Axis &axis = layer.axes[a];
        std::optional<int64_t> extra;
        if (output_padding) extra = (*output_padding)[a - first_axis(layer)];
        axis.output = keras_output_extent(axis, padding, extra);
        if (axis.output < 0) {  // of an input without cells
            return invalid_argument("output_padding", extra ? std::to_string(*extra) : "null",
                                    "would make an output of " + std::to_string(axis.output) +
                                        " cells on spatial axis " + std::to_string(a - first_axis(layer)));
        }
        axis.pad_before = crop_before(axis, padding, axis.output);
    }
    return finish_layer(std::move(layer), source.names());
}

}  // namespace tconv
