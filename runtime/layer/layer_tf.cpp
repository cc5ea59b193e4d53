// SPDX-License-Identifier: Apache-2.0
// tf.nn.conv1d_transpose, tf.nn.conv2d_transpose, tf.nn.conv3d_transpose and tf.nn.atrous_conv2d_transpose.
#include <algorithm>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/layer/layer_common.h"
#include "runtime/layer/layer_reader.h"

namespace tconv {

namespace {

// What tells the operators apart.
struct TfOperator {
    int spatial_rank;
    const char *channels_last;  // names of data_format; null: the operator has no such argument
    const char *channels_first;
    std::vector<std::string> arguments;
};

const TfOperator &tf_operator(Op op) {
    static const std::vector<std::string> strided = {"output_shape", "strides", "padding",   "data_format",
                                                     "dilations",    "bias",    "activation"};
    static const TfOperator conv1d = {1, "NWC", "NCW", strided};
    static const TfOperator conv2d = {2, "NHWC", "NCHW", strided};
    static const TfOperator conv3d = {3, "NDHWC", "NCDHW", strided};
    static const TfOperator atrous = {2, nullptr, nullptr, {"output_shape", "rate", "padding", "bias", "activation"}};
    switch (op) {
    case Op::kConv1dTranspose: return conv1d;
    case Op::kConv2dTranspose: return conv2d;
    case Op::kConv3dTranspose: return conv3d;
    default: return atrous;
    }
}

std::string quoted(const char *text) { return std::string("\"") + text + "\""; }

Layout read_data_format(Fields &fields, const TfOperator &tf) {
    const Json *value = tf.channels_last ? fields.find("data_format") : nullptr;
    if (!value || value->is_null() || *value == tf.channels_last) return Layout::kChannelsLast;
    if (*value != tf.channels_first) {
        fields.refuse("data_format", "must be " + quoted(tf.channels_last) + " or " + quoted(tf.channels_first));
    }
    return Layout::kChannelsFirst;
}

// SAME, VALID, or how many cells on either side of each spatial axis the forward convolution pads.
struct PaddingArgument {
    Padding padding = Padding::kSame;
    std::vector<Crop> crops;  // of the last form
};

// Pairs, one for each dimension in the order of data_format.
std::vector<Crop> read_padding_pairs(Fields &fields, const Json &value, const Layer &layer) {
    const auto rank = static_cast<size_t>(layer.spatial_rank);
    const std::string form = "a list of " + std::to_string(rank + 2) + " pairs of integers, one for each dimension";
    std::vector<Crop> crops;
    if (value.size() != rank + 2) {
        fields.refuse("padding", "must be \"SAME\", \"VALID\" or " + form);
        return crops;
    }
    for (const Json &pair : value) {
        if (!pair.is_array() || pair.size() != 2) {
            fields.refuse("padding", "must be " + form);
            return crops;
        }
        crops.push_back({fields.integer("padding", pair[0], 0, form), fields.integer("padding", pair[1], 0, form)});
    }
    const size_t channel = layer.layout == Layout::kChannelsFirst ? 1 : rank + 1;
    for (const size_t d : {size_t{0}, channel}) {
        if (crops[d].before != 0 || crops[d].after != 0) {
            fields.refuse("padding", "must be [0, 0] for batch and channels");
        }
    }
    crops.erase(crops.begin() + static_cast<std::ptrdiff_t>(channel));
    crops.erase(crops.begin());
    return crops;
}

PaddingArgument read_padding(Fields &fields, const Layer &layer) {
    const bool required = layer.op == Op::kAtrousConv2dTranspose;
    const Json *padding = required ? fields.require("padding") : fields.find("padding");
    if (!padding || *padding == "SAME") return {};
    if (padding->is_array() && layer.op == Op::kConv2dTranspose) {
        return {Padding::kValid, read_padding_pairs(fields, *padding, layer)};
    }
    if (*padding != "VALID") {
        fields.refuse("padding", std::string("must be \"SAME\" or \"VALID\"") +
                                     (layer.op == Op::kConv2dTranspose ? ", or a list of pairs" : "") + kExplicitCrops);
    }
    return {Padding::kValid, {}};
}

// strides and dilations: an integer, or a list of 1, of one value an axis, or of all dimensions in the order of
// data_format with 1 for batch and channels.
std::vector<int64_t> read_window(Fields &fields, const std::string &key, const Layer &layer, const Json &value) {
    const auto rank = static_cast<size_t>(layer.spatial_rank);
    const std::string form = "an integer or a list of 1" + (rank == 1 ? "" : ", " + std::to_string(rank)) + " or " +
                             std::to_string(rank + 2) + " integers";
    if (!value.is_array()) return std::vector<int64_t>(rank, fields.integer(key, value, 1, form));
    std::vector<int64_t> values = fields.integers(key, value, 1, form);
    if (values.size() == 1) values.assign(rank, values[0]);
    if (values.size() == rank + 2) {
        const size_t channel = layer.layout == Layout::kChannelsFirst ? 1 : rank + 1;
        if (values[0] != 1 || values[channel] != 1) fields.refuse(key, "must be 1 for batch and channels");
        values.erase(values.begin() + static_cast<std::ptrdiff_t>(channel));
        values.erase(values.begin());
    }
    if (values.size() != rank) {
        fields.refuse(key, "must be " + form);
        values.assign(rank, 1);
    }
    return values;
}

void read_strides_and_dilations(Fields &fields, Layer &layer) {
    // TensorFlow 2's conv3d_transpose has no default for strides; conv2d_transpose has None, which means 1.
    const bool needs_strides = layer.op == Op::kConv3dTranspose;
    const Json *strides = needs_strides ? fields.require("strides") : fields.find("strides");
    if (strides && (needs_strides || !strides->is_null())) {
        set_axes(layer, &Axis::stride, read_window(fields, "strides", layer, *strides));
    }
    const Json *dilations = fields.find("dilations");
    if (dilations && !dilations->is_null()) {
        set_axes(layer, &Axis::dilation, read_window(fields, "dilations", layer, *dilations));
    }
}

// The requested spatial extents; batch and channels are checked here.
std::vector<int64_t> read_output_shape(Fields &fields, const Layer &layer, const TensorNames &names) {
    const std::string key = "output_shape";
    const size_t size = static_cast<size_t>(layer.spatial_rank) + 2;
    const Json *value = fields.require(key);
    if (!value) return {};
    if (!value->is_array() || value->size() != size) {
        fields.refuse(
            key, "must be a list of " + std::to_string(size) + " integers: batch, channels and the spatial extents");
        return {};
    }
    if (std::any_of(value->begin(), value->end(), [](const Json &extent) { return extent.is_null(); })) {
        fields.unsupported(key, kRunTimeExtents);
    }
    std::vector<int64_t> shape = fields.integers(key, 0);
    if (!fields.ok()) return {};
    const size_t channel = layer.layout == Layout::kChannelsFirst ? 1 : size - 1;
    if (shape[0] != layer.batch) {
        fields.refuse(key,
                      std::string("the batch must equal that of ") + names.input + ", " + std::to_string(layer.batch));
    }
    if (shape[channel] != layer.out_channels) {
        fields.refuse(key, std::string("the channels must equal the out channels of ") + names.filter + ", " +
                               std::to_string(layer.out_channels));
    }
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(channel));
    shape.erase(shape.begin());
    return shape;
}

std::string text_of(const PaddingArgument &padding, size_t axis) {
    if (padding.crops.empty()) return padding.padding == Padding::kSame ? "SAME" : "VALID";
    return "[" + std::to_string(padding.crops[axis].before) + ", " + std::to_string(padding.crops[axis].after) + "]";
}

// Output extents and crops, once every argument is known to be well formed.
void resolve_output(Fields &fields, Layer &layer, const PaddingArgument &padding,
                    const std::vector<int64_t> &requested) {
    for (size_t a = 0; a < requested.size(); a++) {
        Axis &axis = layer.axes[first_axis(layer) + a];
        const bool pairs = !padding.crops.empty();
        const ExtentRange legal =
            pairs ? tf_output_range(axis, padding.crops[a]) : tf_output_range(axis, padding.padding);
        if (requested[a] < legal.first || requested[a] > legal.last) {
            const std::string range = legal.last < legal.first ? "none: the padding leaves no cell"
                                      : legal.first == legal.last
                                          ? std::to_string(legal.first)
                                          : "from " + std::to_string(legal.first) + " to " + std::to_string(legal.last);
            fields.refuse("output_shape", "spatial axis " + std::to_string(a) + " must be " + range + " (padding " +
                                              text_of(padding, a) + ", input " + std::to_string(axis.input) +
                                              ", effective kernel_size " + std::to_string(axis.effective_kernel()) +
                                              ", stride " + std::to_string(axis.stride) + ")");
        }
        axis.output = requested[a];
        axis.pad_before = pairs ? padding.crops[a].before : crop_before(axis, padding.padding, requested[a]);
    }
}

}  // namespace

Expected<Layer> read_tf_layer(Op op, const Json &object, const Source &source) {
    const TfOperator &tf = tf_operator(op);
    Fields fields = open_layer(object, op, tf.arguments, source);
    Layer layer;
    layer.op = op;
    read_common(fields, layer, source);
    read_dtype(fields, layer);
    read_epilogue(fields, layer, source);
    layer.layout = read_data_format(fields, tf);
    read_input_shape(fields, layer, tf.spatial_rank, source);
    read_filter_shape(fields, layer, source);
    read_weights(fields, layer, source);
    const PaddingArgument padding = read_padding(fields, layer);
    if (op == Op::kAtrousConv2dTranspose) {
        set_axes(layer, &Axis::dilation, std::vector<int64_t>(2, fields.integer("rate", 1)));
    } else {
        read_strides_and_dilations(fields, layer);
    }
    const std::vector<int64_t> requested = read_output_shape(fields, layer, source.names());
    if (fields.ok()) fields.check(check_window(layer));
    if (fields.ok()) resolve_output(fields, layer, padding, requested);
    if (!fields.ok()) return fields.error();
    return finish_layer(std::move(layer), source.names());
}

}  // namespace tconv
