// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/plan_pieces.h"

#include <stdexcept>

#include "generators/kernels/pack_filter.h"
#include "generators/kernels/sum_filter.h"
#include "generators/number.h"
#include "generators/plan_check.h"
#include "generators/variants/softmax_stage.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

// Neither is called "pack": a layer named up_ exports up__pack, which would be that kernel of a layer named up.
Kernel pack_kernel(const Layer &layer, const FilterLayout &layout, const Machine &machine) {
    const bool neighbours = layer.filter_strides().in_channel == 1;
    return layout.plain()
               ? pack_filter_kernel("pack_filter", {layer.out_channels, layout.block(), layer.types.filter, neighbours},
                                    machine)
               : sum_filter_kernel("sum_filter", sum_filter_spec(layer, layout), machine);
}

// A column of chunks: all alike but for the last.
Column add_chunks(Table &table, int64_t extent, int64_t chunk) {
    std::vector<int64_t> counts(table.rows(), chunk);
    if (!counts.empty()) {
        counts.back() = extent - (table.rows() - 1) * chunk;
    }
    return table.add("count", counts);
}

}  // namespace

ViewDim constant_dim(int64_t extent, int64_t stride) { return {0, number(extent), number(stride)}; }

RangeTable chunk_table(int64_t extent, int64_t chunk) {
    Table table(ceil_div(extent, chunk));
    const Column first = table.add_progression("first", 0, chunk);
    const Column count = add_chunks(table, extent, chunk);
    return {table, first, count};
}

RangeTable counting_table(int64_t extent) {
    Table table(extent);
    const Column first = table.add_progression("first", 0, 1);
    const Column count = table.add_progression("count", 1, 0);
    return {table, first, count};
}

RangeTable single_row(int64_t extent) {
    Table table(1);
    const Column first = table.add_progression("first", 0, 0);
    const Column count = table.add_progression("count", extent, 0);
    return {table, first, count};
}

RangeTable cut_table(int64_t extent, Cut cut) {
    return cut == Cut::kWhole ? single_row(extent) : counting_table(extent);
}

RangeTable batch_table(const Layer &layer, Cut cut) {
    return layer.batch > 0 ? cut_table(layer.batch, cut) : counting_table(0);
}

BlockTable block_table(const FilterLayout &layout) {
    Table table(layout.blocks());
    const Column block = table.add_progression("block", 0, 1);
    const Column first = table.add_progression("first", 0, layout.block());
    const Column count = add_chunks(table, layout.lanes(), layout.block());
    return {table, block, first, count};
}

View whole_image_view(TensorId tensor, const Layer &layer, const RangeTable &entries) {
    const bool input = tensor == TensorId::kInput;
    View view{tensor, wide(entries.first) * stride_of(tensor, kDimN), {}};
    const auto dim = [&](int64_t extent, CanonicalDim d) {
        view.dims.push_back({0, number(extent), stride_of(tensor, d)});
    };
    dim(input ? layer.in_channels : layer.out_channels, kDimC);
    for (int axis : {kX, kY, kZ}) {
        dim(input ? layer.axes[axis].input : layer.axes[axis].output, kAxisDims[axis]);
    }
    view.dims.push_back({0, entries.count, stride_of(tensor, kDimN)});
    return view;
}

View bias_view(const Index &offset, int64_t channels) {
    return {TensorId::kBias, wide(offset), {constant_dim(channels, 1)}};
}

void bind_channel_values(KernelCall &call, const Layer &layer, const View &bias) {
    bind_bias(call, layer, bias);
    bind_slopes(call, layer, bias);
}

void bind_bias(KernelCall &call, const Layer &layer, const View &view) {
    if (layer.bias) {
        call.views.push_back({"bias", view});
    }
}

void bind_slopes(KernelCall &call, const Layer &layer, View view) {
    if (layer.activation == Activation::kPrelu) {
        view.tensor = TensorId::kSlopes;
        call.views.push_back({"slopes", view});
    }
}

void finish_plan(LayerPlan &plan, const Layer &layer, const Machine &machine, Cut cut) {
    append_softmax(plan, layer, machine, cut);
    plan.pack_kernel = plan.add_kernel(pack_kernel(layer, plan.filter_layout, machine));
    if (const std::string problem = plan_problem(plan); !problem.empty()) {
        throw std::logic_error("internal error: " + problem);
    }
}

}  // namespace tconv
