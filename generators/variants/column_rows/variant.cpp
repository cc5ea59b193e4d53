// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/column_rows/variant.h"

#include "generators/number.h"
#include "generators/variants/column_rows/knobs.h"
#include "generators/variants/phase_tables.h"
#include "generators/variants/plan_pieces.h"

namespace tconv {

namespace {

// What the views of a task are made of.
struct ColumnRowsViews {
    Layer layer;
    FilterLayout layout;
    std::array<int64_t, 2> row_step{};  // z, y
    RangeTable n;
    ColumnTaskTable x;
    RowTaskTable z, y;

    const RowTaskTable &rows(int axis) const { return axis == kY ? y : z; }

    // Neighbouring pixels lie side by side: cells are one row of memory.
    Index is_dense() const { return named("dense", stride_of(TensorId::kOutput, kDimX) == wide(layer.out_channels)); }

    View input() const {
        const auto stride = [](CanonicalDim dim) { return stride_of(TensorId::kInput, dim); };
        View view{TensorId::kInput, wide(n.first) * stride(kDimN), {}};
        view.offset += wide(x.first_input) * stride(kDimX);
        view.dims = {constant_dim(layer.in_channels, 1), {x.input_min, x.columns, stride(kDimX)}};
        for (int axis : {kY, kZ}) {
            const Index along = stride(kAxisDims[axis]);
            view.offset += wide(rows(axis).first_input) * along;
            view.dims.push_back({0, rows(axis).taps, -wide(row_step[axis]) * along});
        }
        return view;
    }

    View filter() const {
        View view{TensorId::kFilter, elements(x.position, layout.axis_stride(kX)), {}};
        view.dims = {constant_dim(layout.block(), 1), constant_dim(layer.in_channels, layout.block())};
        for (int axis : {kY, kZ}) {
            add_taps(view, rows(axis).position, rows(axis).taps, layout.axis_stride(axis));
        }
        view.dims.push_back(constant_dim(layout.blocks(), layout.block_stride()));
        return view;
    }

    View output() const {
        const auto stride = [](CanonicalDim dim) { return stride_of(TensorId::kOutput, dim); };
        const int channels = number(layer.out_channels);
        const Index dense = is_dense(), first = x.first_cell, cells = x.cells;
        View view{TensorId::kOutput, wide(n.first) * stride(kDimN), {}};
        view.offset += wide(x.first_output) * stride(kDimX);
        view.dims = {{select(dense, first * channels, 0), select(dense, cells * channels, channels), wide(1)},
                     {select(dense, 0, first), select(dense, 1, cells), stride(kDimX)},
                     {0, x.windows, stride(kDimX) * wide(layer.axes[kX].stride)}};
        for (int axis : {kY, kZ}) {
            const Index along = stride(kAxisDims[axis]);
            view.offset += wide(rows(axis).first_output) * along;
            view.dims.push_back({rows(axis).first_phase, rows(axis).phases, along});
        }
        return view;
    }
};

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const ColumnRowsGeometry geometry = column_rows_geometry(layer, machine, knobs);
    LayerPlan plan;
    plan.filter_layout = geometry.filter_layout();
    const ColumnRowsViews views{layer,
                                plan.filter_layout,
                                {geometry.row_step(kZ), geometry.row_step(kY)},
                                batch_table(layer, Cut::kRows),
                                geometry.column_table(),
                                geometry.row_table(kZ),
                                geometry.row_table(kY)};
    Stage stage;
    stage.name = "column_rows";
    for (const bool dense : {true, false}) {
        ColumnRowsSpec spec = geometry.spec();
        spec.dense = dense;
        stage.kernels.push_back(
            plan.add_kernel(column_rows_kernel(dense ? "column_rows" : "column_rows_strided", spec, knobs, machine)));
    }
    stage.grid = {{"n", views.n.table}, {"x", views.x.table}, {"z", views.z.table}, {"y", views.y.table}};
    stage.call = {select(views.is_dense(), 0, 1),
                  {{"input", views.input()}, {"filter", views.filter()}, {"output", views.output()}}};
    bind_channel_values(stage.call, layer, bias_view(0, geometry.spec().window));
    plan.add_stage(stage);
    finish_plan(plan, layer, machine);
    return plan;
}

}  // namespace

Variant column_rows_variant() {
    return {"column_rows",
            "taps along x as vector lanes, overlap-added in rows that stay in the cache",
            column_rows_obstacle,
            column_rows_knob_space,
            column_rows_search,
            column_rows_check_knobs,
            plan,
            column_rows_cycles};
}

}  // namespace tconv
