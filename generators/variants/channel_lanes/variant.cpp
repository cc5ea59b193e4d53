// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/channel_lanes/variant.h"

#include <algorithm>

#include "generators/number.h"
#include "generators/variants/channel_lanes/blocks.h"
#include "generators/variants/channel_lanes/knobs.h"
#include "generators/variants/channel_lanes/lanes.h"
#include "generators/variants/phase_tables.h"
#include "generators/variants/plan_pieces.h"

namespace tconv {

namespace {

// Rows of y in the order of the input that they read, so that it is read once for all phases.
SpanTable row_table(const Axis &axis, int64_t task_rows) {
    std::vector<TapSpan> spans = chunks_of(tap_spans(axis, true), axis.stride, task_rows, 1);
    std::stable_sort(spans.begin(), spans.end(),
                     [](const TapSpan &a, const TapSpan &b) { return a.first_input < b.first_input; });
    return span_table(spans, 0);
}

struct ChannelLanesViews {
    Layer layer;
    FilterLayout layout;
    std::array<int64_t, 3> step{1, 1, 1};
    RangeTable n;
    SpanTable z;
    // Rows of y: of the output, or for channel blocks (blocks.h), where `blocks` says so, of the input.
    bool blocks = false;
    SpanTable y;
    RangeTable rows;

    const Table &y_table() const { return blocks ? rows.table : y.table; }
    bool may_lie_apart() const { return layer.out_channels > 1; }
    Index lie_apart() const { return named("apart", stride_of(TensorId::kOutput, kDimX) != wide(layer.out_channels)); }

    View input() const {
        const auto stride = [](CanonicalDim dim) { return stride_of(TensorId::kInput, dim); };
        View view{TensorId::kInput, wide(n.first) * stride(kDimN), {}};
        view.dims = {constant_dim(layer.in_channels, 1), {0, number(layer.axes[kX].input), stride(kDimX)}};
        if (blocks) {
            view.offset += wide(rows.first) * stride(kDimY);
            view.dims.push_back({0, rows.count, stride(kDimY)});
        } else {
            add_window(view, y, step[kY], stride(kDimY));
        }
        add_window(view, z, step[kZ], stride(kDimZ));
        return view;
    }

    View filter() const {
        View view{TensorId::kFilter, wide(0), {}};
        view.dims = {constant_dim(layer.in_channels, 1), constant_dim(layout.positions(kX), layout.axis_stride(kX))};
        if (blocks) {
            view.dims.push_back(constant_dim(layout.positions(kY), layout.axis_stride(kY)));
        } else {
            add_taps(view, y.first_tap, y.taps, layout.axis_stride(kY));
        }
        add_taps(view, z.first_tap, z.taps, layout.axis_stride(kZ));
        view.dims.push_back(constant_dim(layer.out_channels, layout.block_stride()));
        return view;
    }

    View output() const {
        const auto stride = [](CanonicalDim dim) { return stride_of(TensorId::kOutput, dim); };
        const int channels = number(layer.out_channels), pixels = number(layer.axes[kX].output);
        const Index stride_y = stride(kDimY), step_y = wide(layer.axes[kY].stride);
        View view{TensorId::kOutput, wide(n.first) * stride(kDimN), {}};
        view.offset += wide(z.first_output) * stride(kDimZ);
        if (may_lie_apart()) {
            const Index apart = lie_apart();
            view.dims = {{0, select(apart, channels, channels * pixels), 1},
                         {0, select(apart, pixels, 1), stride(kDimX)}};
        } else {
            view.dims = {{0, pixels, stride(kDimX)}, constant_dim(1, 1)};
        }
        if (blocks) {
            view.offset += wide(rows.first) * step_y * stride_y;
            view.dims.push_back({0, number(layer.axes[kY].stride), stride_y});
            view.dims.push_back({0, rows.count, stride_y * step_y});
        } else {
            view.offset += wide(y.first_output) * stride_y;
            view.dims.push_back({0, y.outputs, stride_y * step_y});
        }
        return view;
    }
};

ChannelLanesSpec kernel_spec(const Layer &layer, const FilterLayout &layout, const std::array<int64_t, 3> &step) {
    ChannelLanesSpec spec;
    spec.x = layer.axes[2];
    spec.step_y = number(step[1]);
    spec.step_z = number(step[0]);
    spec.in_channels = number(layer.in_channels);
    spec.out_channels = number(layer.out_channels);
    for (const Phase &phase : phases(spec.x)) {
        spec.first_positions.push_back(phase.taps > 0 ? number(layout.phase_position(kX, phase)) : 0);
    }
    spec.bias = layer.bias;
    spec.activation = layer.activation;
    spec.dtype = layer.types.accumulate;
    return spec;
}

ChannelBlocksSpec blocks_spec(const Layer &layer, const std::array<int64_t, 3> &step) {
    ChannelBlocksSpec spec;
    spec.pixels = number(layer.axes[2].input);
    spec.phases_x = number(layer.axes[2].stride);
    spec.phases_y = number(layer.axes[1].stride);
    spec.step_z = number(step[0]);
    spec.in_channels = number(layer.in_channels);
    spec.out_channels = number(layer.out_channels);
    spec.bias = layer.bias;
    spec.activation = layer.activation;
    spec.dtype = layer.types.accumulate;
    return spec;
}

Kernel rows_kernel(const ChannelLanesViews &views, const ChannelLanesTile &tile, const Machine &machine, bool apart) {
    const std::string name = apart ? "rows_apart" : "rows";
    if (views.blocks) {
        ChannelBlocksSpec spec = blocks_spec(views.layer, views.step);
        spec.pixels_apart = apart;
        return channel_blocks_kernel(name, spec, tile, machine);
    }
    ChannelLanesSpec spec = kernel_spec(views.layer, views.layout, views.step);
    spec.pixels_apart = apart;
    return channel_lanes_kernel(name, spec, tile, machine);
}

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    LayerPlan plan;
    plan.filter_layout = FilterLayout(layer, 1);
    const int64_t task_rows = knobs.at("task_rows");
    const bool blocks = makes_blocks(layer, machine);
    const auto &[z, y, x] = layer.axes;
    const ChannelLanesViews views{layer,
                                  plan.filter_layout,
                                  input_steps(layer),
                                  batch_table(layer, Cut::kRows),
                                  row_table(z, 1),
                                  blocks,
                                  blocks ? SpanTable() : row_table(y, task_rows),
                                  blocks ? chunk_table(y.input, task_rows) : RangeTable()};
    const ChannelLanesTile tile = channel_lanes_tile(layer, knobs);
    Stage stage;
    stage.name = "rows";
    for (const bool apart : {false, true}) {
        if (!apart || views.may_lie_apart()) {
            stage.kernels.push_back(plan.add_kernel(rows_kernel(views, tile, machine, apart)));
        }
    }
    stage.grid = {{"n", views.n.table}, {"z", views.z.table}, {"y", views.y_table()}};
    stage.call = {views.may_lie_apart() ? select(views.lie_apart(), 1, 0) : Index(0),
                  {{"input", views.input()}, {"filter", views.filter()}, {"output", views.output()}}};
    bind_channel_values(stage.call, layer, bias_view(0, layer.out_channels));
    plan.add_stage(stage);
    finish_plan(plan, layer, machine);
    return plan;
}

}  // namespace

Variant channel_lanes_variant() {
    return {"channel_lanes",
            "vectors along input channels of the caller's tensor",
            channel_lanes_obstacle,
            channel_lanes_knob_space,
            channel_lanes_search,
            channel_lanes_check_knobs,
            plan,
            channel_lanes_cycles};
}

}  // namespace tconv
