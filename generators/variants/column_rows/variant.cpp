// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/column_rows/variant.h"

#include <tuple>

#include "generators/variants/column_rows/knobs.h"
#include "generators/variants/plan_pieces.h"

namespace tconv {

namespace {

using Halide::cast;
using Halide::Expr;
using Halide::Int;
using Halide::select;

constexpr std::tuple<int, const char *, CanonicalDim> kRowAxes[] = {{1, "y", kDimY}, {0, "z", kDimZ}};

// What the views of a task are made of.
struct ColumnRowsViews {
    Layer layer;
    FilterLayout layout;
    int64_t window = 1;
    bool whole_stride = true;           // a task has all phases of x
    std::array<int64_t, 2> row_step{};  // z, y

    // Neighbouring pixels lie side by side: cells are one row of memory.
    Expr is_dense(const TaskSymbols &task) const {
        return task.stride(TensorId::kOutput, kDimX) == int64_constant(layer.out_channels);
    }

    View input(const TaskSymbols &task) const {
        const auto stride = [&](CanonicalDim dim) { return task.stride(TensorId::kInput, dim); };
        View view{TensorId::kInput, cast(Int(64), task.at("n", "first")) * stride(kDimN), {}};
        view.offset += cast(Int(64), task.at("x", "first_input")) * stride(kDimX);
        view.dims = {constant_dim(layer.in_channels, 1),
                     {task.at("x", "input_min"), task.at("x", "columns"), stride(kDimX)}};
        for (const auto &[axis, name, dim] : kRowAxes) {
            view.offset += cast(Int(64), task.at(name, "first_input")) * stride(dim);
            view.dims.push_back({0, task.at(name, "taps"), -int64_constant(row_step[axis]) * stride(dim)});
        }
        return view;
    }

    View filter(const TaskSymbols &task) const {
        View view{TensorId::kFilter, elements(task.at("x", "position"), layout.axis_stride(kX)), {}};
        view.dims = {constant_dim(layout.block(), 1), constant_dim(layer.in_channels, layout.block())};
        for (const auto &[axis, name, dim] : kRowAxes) {
            view.offset += elements(task.at(name, "position"), layout.axis_stride(axis));
            view.dims.push_back({0, task.at(name, "taps"), static_cast<int>(layout.axis_stride(axis))});
        }
        view.dims.push_back(constant_dim(layout.blocks(), layout.block_stride()));
        return view;
    }

    View output(const TaskSymbols &task) const {
        const auto stride = [&](CanonicalDim dim) { return task.stride(TensorId::kOutput, dim); };
        const int channels = static_cast<int>(layer.out_channels);
        const Expr dense = is_dense(task), first = task.at("x", "first_cell"), cells = task.at("x", "cells");
        View view{TensorId::kOutput, cast(Int(64), task.at("n", "first")) * stride(kDimN), {}};
        view.offset += cast(Int(64), task.at("x", "first_output")) * stride(kDimX);
        view.dims = {{select(dense, first * channels, 0), select(dense, cells * channels, channels), int64_constant(1)},
                     {select(dense, 0, first), select(dense, 1, cells), stride(kDimX)},
                     {0, task.at("x", "windows"), stride(kDimX) * int64_constant(layer.axes[kX].stride)}};
        for (const auto &[axis, name, dim] : kRowAxes) {
            view.offset += cast(Int(64), task.at(name, "first_output")) * stride(dim);
            view.dims.push_back({task.at(name, "first_group"), task.at(name, "groups"), stride(dim)});
        }
        return view;
    }
};

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const ColumnRowsGeometry geometry = column_rows_geometry(layer, machine, knobs);
    LayerPlan plan;
    plan.filter_layout = geometry.filter_layout();
    const ColumnRowsSpec spec = geometry.spec();
    for (const bool dense : {true, false}) {
        ColumnRowsSpec form = spec;
        form.dense = dense;
        plan.kernels.push_back({dense ? "column_rows" : "column_rows_strided",
                                [=](const std::string &symbol, const Halide::Target &target) {
                                    return column_rows_module(symbol, form, knobs, machine, target);
                                }});
    }
    const ColumnRowsViews views{layer,
                                plan.filter_layout,
                                spec.window,
                                knobs.at("phases_x") == layer.axes[kX].stride,
                                {geometry.row_step(0), geometry.row_step(1)}};
    Stage stage;
    stage.name = "column_rows";
    stage.kernels = {0, 1};
    stage.grid = {{"n", batch_table(layer, Cut::kRows)},
                  {"x", geometry.column_table()},
                  {"z", geometry.row_table(0)},
                  {"y", geometry.row_table(1)}};
    stage.call = [views](const TaskSymbols &task) {
        KernelCall call{select(views.is_dense(task), 0, 1), {views.input(task), views.filter(task)}};
        if (views.layer.bias) {
            call.views.push_back({TensorId::kBias, int64_constant(0), {constant_dim(views.window, 1)}});
        }
        call.views.push_back(views.output(task));
        return call;
    };
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
