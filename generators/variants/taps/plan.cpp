// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/taps/plan.h"

#include "generators/kernels/repack.h"
#include "generators/kernels/tap_product.h"
#include "generators/number.h"
#include "generators/variants/plan_pieces.h"
#include "generators/variants/taps/kernel_choice.h"
#include "generators/variants/taps/product_views.h"

namespace tconv {

namespace {

Stage repack_stage(const Layer &layer, const PaddedInput &padded, Cut cut, size_t kernel) {
    const RangeTable n = batch_table(layer, cut);
    const RangeTable z = cut_table(padded.extent(kZ), cut), y = cut_table(padded.extent(kY), cut);
    View to{TensorId::kWorkspace, wide(0), {}};
    for (const auto &[rows, dim] : {std::pair(n, kDimN), std::pair(z, kDimZ), std::pair(y, kDimY)}) {
        to.offset += elements(rows.first, padded.stride(dim));
    }
    to.dims = {constant_dim(layer.in_channels, 1),
               {number(padded.range[kX].begin), number(padded.extent(kX)), number(padded.stride(kDimX))}};
    for (const auto &[axis, rows] : {std::pair(kY, y), std::pair(kZ, z)}) {
        to.dims.push_back(
            {rows.first + number(padded.range[axis].begin), rows.count, number(padded.stride(kAxisDims[axis]))});
    }
    to.dims.push_back({0, n.count, number(padded.stride(kDimN))});

    Stage stage;
    stage.name = "repack";
    stage.kernels = {kernel};
    stage.grid = {{"n", n.table}, {"z", z.table}, {"y", y.table}};
    stage.call = {0, {{"input", whole_image_view(TensorId::kInput, layer, n)}, {"output", to}}};
    return stage;
}

// A kernel's spec but for what its tiles decide.
TapProductSpec product_spec(const ProductViews &views) {
    const Layer &layer = views.layer();
    TapProductSpec spec;
    spec.step_x = views.step[kX];
    spec.step_y = views.step[kY];
    spec.step_z = views.step[kZ];
    spec.in_channels = layer.in_channels;
    spec.out_channels = layer.out_channels;
    spec.block = views.layout.block();
    spec.bias = layer.bias;
    spec.channels_last = layer.layout == Layout::kChannelsLast;
    spec.activation = layer.activation;
    spec.dtype = layer.types.accumulate;
    return spec;
}

}  // namespace

TapStages tap_stages(const TapLayer &tap_layer, const Machine &machine, const Knobs &knobs) {
    return {tap_tiling(tap_layer, machine, knobs), padded_input(tap_layer.layer, tap_margin(knobs)), knobs.at("order"),
            Cut::kRows};
}

LayerPlan tap_plan(const Layer &original, const TapLayer &tap_layer, const FilterLayout &layout,
                   const TapStages &stages, const Machine &machine, const Knobs &knobs) {
    const Layer &layer = tap_layer.layer;
    LayerPlan plan;
    plan.filter_layout = layout;
    const std::optional<PaddedInput> &padded = stages.padded;
    if (padded) {
        plan.workspace_elements = layer.batch * padded->stride(kDimN);
        const RepackSpec spec{layer.in_channels, layer.layout == Layout::kChannelsLast, layer.types.input};
        plan.add_stage(
            repack_stage(layer, *padded, stages.cut, plan.add_kernel(repack_kernel("repack", spec, machine))));
    }

    const TapTiling &tiling = stages.tiling;
    const auto origin = [&](int axis) { return padded ? padded->range[axis].begin : 0; };
    KernelChoice choice(tap_layer, layout, tiling);
    const ProductViews views{tap_layer,
                             layout,
                             padded,
                             input_steps(layer),
                             choice.columns(origin(kX)),
                             tap_rows(tiling.rows, origin(kY)),
                             tap_rows(tiling.planes, origin(kZ)),
                             block_table(layout),
                             batch_table(layer, stages.cut)};
    const GridAxis co{"co", views.co.table}, n{"n", views.n.table}, x{"x", views.x.spans.table};
    const GridAxis z{"z", views.z.spans.table}, y{"y", views.y.spans.table};
    Stage stage;
    stage.name = "product";
    stage.grid = stages.order == kInputOuter ? std::vector{n, z, y, co, x} : std::vector{co, n, z, x, y};
    for (const TapKernel &kernel : choice.kernels()) {
        TapProductSpec spec = product_spec(views);
        spec.taps_x = kernel.taps_x;
        spec.call_channels = kernel.channels;
        spec.cells = kernel.cells_apart ? tap_layer.cells : 1;
        Knobs tile = knobs;
        tile["tile_x"] = kernel.pixels;
        tile["tile_y"] = kernel.rows;
        stage.kernels.push_back(plan.add_kernel(tap_product_kernel(kernel.name(), spec, tile, machine)));
    }
    stage.call = {choice.kernel(views.x, views.y, views.co, views.dense()),
                  {{"input", views.input()}, {"filter", views.filter()}, {"output", views.output()}}};
    bind_channel_values(stage.call, layer, views.bias());
    plan.add_stage(stage);
    finish_plan(plan, original, machine, stages.cut);
    return plan;
}

}  // namespace tconv
