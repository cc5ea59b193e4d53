// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/channel_lanes/variant.h"

#include <algorithm>

#include "generators/variants/channel_lanes/blocks.h"
#include "generators/variants/channel_lanes/knobs.h"
#include "generators/variants/channel_lanes/lanes.h"
#include "generators/variants/phase_tables.h"
#include "generators/variants/plan_pieces.h"

namespace tconv {

namespace {

using Halide::cast;
using Halide::Expr;
using Halide::Int;
using Halide::max;
using Halide::select;

// Rows of y in the order of the input that they read, so that it is read once for all phases.
Table row_table(const Axis &axis, int64_t task_rows) {
    std::vector<TapSpan> spans = chunks_of(tap_spans(axis, true), axis.stride, task_rows, 1);
    std::stable_sort(spans.begin(), spans.end(),
                     [](const TapSpan &a, const TapSpan &b) { return a.first_input < b.first_input; });
    return span_table(spans, 0);
}

struct ChannelLanesViews {
    Layer layer;
    FilterLayout layout;
    std::array<int64_t, 3> step{1, 1, 1};
    bool blocks = false;  // see kernels/channel_blocks.h: rows of y are then the input's

    bool may_lie_apart() const { return layer.out_channels > 1; }
    Expr lie_apart(const TaskSymbols &task) const {
        return task.stride(TensorId::kOutput, kDimX) != int64_constant(layer.out_channels);
    }

    View input(const TaskSymbols &task) const {
        const auto stride = [&](CanonicalDim dim) { return task.stride(TensorId::kInput, dim); };
        View view{TensorId::kInput, cast(Int(64), task.at("n", "first")) * stride(kDimN), {}};
        view.dims = {constant_dim(layer.in_channels, 1), {0, static_cast<int>(layer.axes[2].input), stride(kDimX)}};
        if (blocks) {
            view.offset += cast(Int(64), task.at("y", "first")) * stride(kDimY);
            view.dims.push_back({0, task.at("y", "count"), stride(kDimY)});
        } else {
            add_window(task, 1, "y", kDimY, view);
        }
        add_window(task, 0, "z", kDimZ, view);
        return view;
    }

    View filter(const TaskSymbols &task) const {
        View view{TensorId::kFilter, int64_constant(0), {}};
        view.dims = {constant_dim(layer.in_channels, 1), constant_dim(layout.positions(2), layout.axis_stride(2))};
        if (blocks) {
            view.dims.push_back(constant_dim(layout.positions(1), layout.axis_stride(1)));
        } else {
            add_taps(task, 1, "y", view);
        }
        add_taps(task, 0, "z", view);
        view.dims.push_back(constant_dim(layer.out_channels, layout.block_stride()));
        return view;
    }

    View output(const TaskSymbols &task) const {
        const auto stride = [&](CanonicalDim dim) { return task.stride(TensorId::kOutput, dim); };
        const int channels = static_cast<int>(layer.out_channels), pixels = static_cast<int>(layer.axes[2].output);
        const Expr stride_y = stride(kDimY), step_y = int64_constant(layer.axes[1].stride);
        View view{TensorId::kOutput, cast(Int(64), task.at("n", "first")) * stride(kDimN), {}};
        view.offset += cast(Int(64), task.at("z", "first_output")) * stride(kDimZ);
        if (may_lie_apart()) {
            const Expr apart = lie_apart(task);
            view.dims = {{0, select(apart, channels, channels * pixels), 1},
                         {0, select(apart, pixels, 1), stride(kDimX)}};
        } else {
            view.dims = {{0, pixels, stride(kDimX)}, constant_dim(1, 1)};
        }
        if (blocks) {
            view.offset += cast(Int(64), task.at("y", "first")) * step_y * stride_y;
            view.dims.push_back({0, static_cast<int>(layer.axes[1].stride), stride_y});
            view.dims.push_back({0, task.at("y", "count"), stride_y * step_y});
        } else {
            view.offset += cast(Int(64), task.at("y", "first_output")) * stride_y;
            view.dims.push_back({0, task.at("y", "outputs"), stride_y * step_y});
        }
        return view;
    }

private:
    // Input rows or planes that the outputs of a task read, those of its last tap first.
    void add_window(const TaskSymbols &task, int axis, const char *name, CanonicalDim dim, View &view) const {
        const Expr stride = task.stride(TensorId::kInput, dim);
        const Expr reach = static_cast<int>(step[axis]) * max(task.at(name, "taps") - 1, 0);
        view.offset += cast(Int(64), task.at(name, "first_input")) * stride;
        view.dims.push_back({-reach, task.at(name, "outputs") + reach, stride});
    }
    void add_taps(const TaskSymbols &task, int axis, const char *name, View &view) const {
        view.offset += elements(task.at(name, "first_tap"), layout.axis_stride(axis));
        view.dims.push_back({0, task.at(name, "taps"), static_cast<int>(layout.axis_stride(axis))});
    }
};

ChannelLanesSpec kernel_spec(const Layer &layer, const FilterLayout &layout, const std::array<int64_t, 3> &step) {
    ChannelLanesSpec spec;
    spec.x = layer.axes[2];
    spec.step_y = static_cast<int>(step[1]);
    spec.step_z = static_cast<int>(step[0]);
    spec.in_channels = static_cast<int>(layer.in_channels);
    spec.out_channels = static_cast<int>(layer.out_channels);
    for (const Phase &phase : phases(spec.x)) {
        spec.first_positions.push_back(phase.taps > 0 ? static_cast<int>(layout.phase_position(2, phase)) : 0);
    }
    spec.bias = layer.bias;
    spec.activation = layer.activation;
    spec.dtype = layer.types.accumulate;
    return spec;
}

ChannelBlocksSpec blocks_spec(const Layer &layer, const std::array<int64_t, 3> &step) {
    ChannelBlocksSpec spec;
    spec.pixels = static_cast<int>(layer.axes[2].input);
    spec.phases_x = static_cast<int>(layer.axes[2].stride);
    spec.phases_y = static_cast<int>(layer.axes[1].stride);
    spec.step_z = static_cast<int>(step[0]);
    spec.in_channels = static_cast<int>(layer.in_channels);
    spec.out_channels = static_cast<int>(layer.out_channels);
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
        return {name, [=](const std::string &symbol, const Halide::Target &target) {
                    return channel_blocks_module(symbol, spec, tile, machine, target);
                }};
    }
    ChannelLanesSpec spec = kernel_spec(views.layer, views.layout, views.step);
    spec.pixels_apart = apart;
    return {name, [=](const std::string &symbol, const Halide::Target &target) {
                return channel_lanes_module(symbol, spec, tile, machine, target);
            }};
}

Table input_rows(int64_t rows, int64_t task_rows) {
    Table table;
    table.rows = (rows + task_rows - 1) / task_rows;
    table.add_progression("first", 0, task_rows);
    std::vector<int64_t> counts(table.rows, task_rows);
    counts.back() = rows - (table.rows - 1) * task_rows;
    table.add_column("count", counts);
    return table;
}

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    LayerPlan plan;
    plan.filter_layout = FilterLayout(layer, 1);
    ChannelLanesViews views{layer, plan.filter_layout, {}, false};
    for (int axis = 0; axis < 3; axis++) {
        views.step[axis] = phases(layer.axes[axis]).front().input_step;
    }
    views.blocks = makes_blocks(layer, machine);
    const ChannelLanesTile tile = channel_lanes_tile(layer, knobs);
    Stage stage;
    stage.name = "rows";
    for (const bool apart : {false, true}) {
        if (!apart || views.may_lie_apart()) {
            stage.kernels.push_back(plan.kernels.size());
            plan.kernels.push_back(rows_kernel(views, tile, machine, apart));
        }
    }
    const int64_t rows = knobs.at("task_rows");
    const Axis &y = layer.axes[1];
    stage.grid = {{"n", batch_table(layer, Cut::kRows)},
                  {"z", row_table(layer.axes[0], 1)},
                  {"y", views.blocks ? input_rows(y.input, rows) : row_table(y, rows)}};
    stage.call = [=](const TaskSymbols &task) {
        KernelCall call{views.may_lie_apart() ? select(views.lie_apart(task), 1, 0) : Expr(0),
                        {views.input(task), views.filter(task)}};
        if (layer.bias) {
            call.views.push_back({TensorId::kBias, int64_constant(0), {constant_dim(layer.out_channels, 1)}});
        }
        call.views.push_back(views.output(task));
        return call;
    };
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
