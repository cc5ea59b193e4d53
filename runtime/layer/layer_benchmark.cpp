// SPDX-License-Identifier: Apache-2.0
// Entries of benchmark lists (benchmarks/layers.json): keras.ops.conv_transpose with its extents under names of their
// own.
#include "runtime/base/text.h"
#include "runtime/layer/layer_common.h"
#include "runtime/layer/layer_reader.h"

namespace tconv {

namespace {

int read_spatial_rank(Fields &fields) {
    const std::string op = fields.string("op");
    for (int rank : {1, 2, 3}) {
        if (op == "conv" + std::to_string(rank) + "d_transpose") return rank;
    }
    fields.refuse("op", "must be conv1d_transpose, conv2d_transpose or conv3d_transpose");
    return 1;
}

void read_axes(Fields &fields, Layer &layer) {
    const auto rank = static_cast<size_t>(layer.spatial_rank);
    const auto read = [&](const char *key, int64_t Axis::*field, const Json *value) {
        if (value) set_axes(layer, field, fields.per_axis(key, *value, rank, 1));
    };
    read("spatial", &Axis::input, fields.require("spatial"));
    read("kernel", &Axis::kernel, fields.require("kernel"));
    read("strides", &Axis::stride, fields.find("strides"));
    read("dilations", &Axis::dilation, fields.find("dilations"));
}

}  // namespace

bool is_benchmark_entry(const Json &object) {
    const auto op = object.find("op");
    const bool is_operator = op != object.end() && op->is_string() && find_op(op->get<std::string>());
    return !is_operator && !object.contains(kShapeKeys.input) && !object.contains(kShapeKeys.filter) &&
           !is_keras_config(object);
}

Expected<Layer> read_benchmark_entry(const Json &entry) {
    Fields fields(entry, "a benchmark entry");
    fields.allow_only({"name", "network", "op", "batch", "spatial", "in_channels", "out_channels", "kernel", "strides",
                       "dilations", "padding", "output_padding", "layout", "flops", "bias", "activation",
                       "strict_nonfinite", "max_error_growth", "max_workspace_bytes"});
    const Source source;
    Layer layer;
    layer.op = Op::kKerasConvTranspose;
    read_common(fields, layer, source);
    fields.string("network", "");
    read_epilogue(fields, layer, source);
    layer.spatial_rank = read_spatial_rank(fields);
    layer.layout = read_keras_layout(fields, "layout");
    layer.batch = fields.integer("batch", 0);
    layer.in_channels = fields.integer("in_channels", 1);
    layer.out_channels = fields.integer("out_channels", 1);
    layer.flops = fields.count("flops");
    read_axes(fields, layer);
    const Padding padding = read_keras_padding(fields);
    const auto output_padding = read_output_padding(fields, layer);
    layer.arguments = stated_arguments(entry);
    return finish_keras(fields, layer, padding, output_padding, source);
}

}  // namespace tconv
