// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/planar/variant.h"

#include <algorithm>

#include "generators/variants/phase_tables.h"
#include "generators/variants/plan_pieces.h"
#include "generators/variants/planar/copy.h"
#include "generators/variants/planar/geometry.h"
#include "generators/variants/planar/knobs.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

using Halide::cast;
using Halide::clamp;
using Halide::Expr;
using Halide::Int;
using Halide::max;
using Halide::select;

constexpr int64_t kRowsPerCopy = 4;
constexpr size_t kKernelBorder = 0, kKernelCopy = 1, kKernelRows = 2, kKernelRowsApart = 3;

// Every image of the batch, band by band: n, first (q of y).
GridAxis band_axis(const Layer &layer, const PlanarGeometry &geometry) {
    Table table;
    table.rows = layer.batch * geometry.bands;
    std::vector<int64_t> n, first;
    for (int64_t row = 0; row < table.rows; row++) {
        n.push_back(row / geometry.bands);
        first.push_back(geometry.first_q_y + row % geometry.bands * geometry.band);
    }
    table.add_column("n", n);
    table.add_column("first", first);
    return {"band", table};
}

Table chunk_table(int64_t extent, int64_t chunk) {
    Table table;
    table.rows = ceil_div(extent, chunk);
    table.add_progression("first", 0, chunk);
    std::vector<int64_t> counts(table.rows, chunk);
    counts.back() = extent - (table.rows - 1) * chunk;
    table.add_column("count", counts);
    return table;
}

Expr int_constant(int64_t value) { return static_cast<int>(value); }

Expr image_offset(TensorId tensor, const TaskSymbols &task) {
    return cast(Int(64), task.at("band", "n")) * task.stride(tensor, kDimN);
}

// Zeros before and behind the image. Bands overwrite the image alone.
Stage border_stage(const Layer &layer, const PlanarGeometry &geometry) {
    Stage stage;
    stage.name = "borders";
    stage.kernels = {kKernelBorder};
    Table sides;
    sides.rows = 2;
    sides.add_column("first", {0, geometry.image.end});
    sides.add_column("count", {geometry.image.begin, geometry.pitch - geometry.image.end});
    stage.grid = {{"z", counting_table(geometry.planes)}, {"x", sides}};
    stage.call = [=](const TaskSymbols &task) {
        View to{TensorId::kWorkspace, cast(Int(64), task.at("x", "first")), {}};
        to.offset += elements(task.at("z", "first"), geometry.plane_stride());
        to.dims = {{0, task.at("x", "count"), 1},
                   constant_dim(layer.in_channels, geometry.channel_stride()),
                   constant_dim(geometry.rows, geometry.row_stride()),
                   constant_dim(1, geometry.plane_stride())};
        return KernelCall{0, {to}};
    };
    return stage;
}

Stage copy_stage(const Layer &layer, const PlanarGeometry &geometry) {
    Stage stage;
    stage.name = "planes";
    stage.kernels = {kKernelCopy};
    stage.grid = {{"z", counting_table(geometry.planes)}, {"y", chunk_table(geometry.rows, kRowsPerCopy)}};
    stage.call = [=](const TaskSymbols &task) {
        View from{TensorId::kInput, image_offset(TensorId::kInput, task), {}};
        from.dims = {{0, int_constant(layer.in_channels), task.stride(TensorId::kInput, kDimC)}};
        for (auto [axis, dim] : {std::pair(2, kDimX), std::pair(1, kDimY), std::pair(0, kDimZ)}) {
            from.dims.push_back({0, int_constant(layer.axes[axis].input), task.stride(TensorId::kInput, dim)});
        }
        View to{TensorId::kWorkspace, int64_constant(0), {}};
        to.offset = elements(task.at("y", "first"), geometry.row_stride()) +
                    elements(task.at("z", "first"), geometry.plane_stride()) + int64_constant(geometry.image.begin);
        const Expr row = task.at("band", "first") + int_constant(geometry.lowest_offset) + task.at("y", "first");
        to.dims = {{int_constant(geometry.first_q_x - geometry.halo + geometry.image.begin),
                    int_constant(geometry.image.end - geometry.image.begin), 1},
                   constant_dim(layer.in_channels, geometry.channel_stride()),
                   {row, task.at("y", "count"), int_constant(geometry.row_stride())},
                   {task.at("z", "first"), 1, int_constant(geometry.plane_stride())}};
        return KernelCall{0, {from, to}};
    };
    return stage;
}

// A task of the rows stage: a group of rows of one phase of y, from q on.
struct RowGroup {
    RowGroup(const Layer &layer, const PlanarGeometry &geometry, const TaskSymbols &task) {
        const int rows = geometry.tile.rows, step = static_cast<int>(geometry.step[1]);
        q = task.at("band", "first") + task.at("y", "first");
        // Taps that reach an input row from any row of the group.
        const Expr read = q + task.at("phase", "offset");
        const int input = static_cast<int>(layer.axes[1].input);
        const Expr end = clamp((read + rows - 1) / step + 1, 0, task.at("phase", "taps"));
        first_tap = clamp((read - input + step) / step, 0, end);
        taps = end - first_tap;
        reach = step * max(taps - 1, 0);
        lowest = q + task.at("phase", "offset") - step * first_tap - reach;
        // Rows of the group that are outputs.
        const Expr first_q = task.at("phase", "first_q");
        first = clamp(first_q - q, 0, rows);
        count = clamp(first_q + task.at("phase", "outputs") - q, first, rows) - first;
        output = task.at("phase", "first_output") + int_constant(layer.axes[1].stride) * (q + first - first_q);
    }
    Expr q;
    Expr first_tap, taps, reach, lowest;
    Expr first, count, output;
};

struct RowsStage {
    Layer layer;
    PlanarGeometry geometry;
    FilterLayout layout;

    View input(const TaskSymbols &task, const RowGroup &group) const {
        View view{TensorId::kWorkspace, int64_constant(0), {}};
        const Expr row = group.lowest - task.at("band", "first") - int_constant(geometry.lowest_offset);
        view.offset = cast(Int(64), task.at("x", "first")) + elements(row, geometry.row_stride()) +
                      elements(task.at("z", "first_input"), geometry.plane_stride());
        const Expr reach_z = static_cast<int>(geometry.step[0]) * max(task.at("z", "taps") - 1, 0);
        view.dims = {{int_constant(-geometry.halo), int_constant(geometry.halo + geometry.chunk), 1},
                     constant_dim(layer.in_channels, geometry.channel_stride()),
                     {-group.reach, group.reach + geometry.tile.rows, int_constant(geometry.row_stride())},
                     {-reach_z, reach_z + 1, int_constant(geometry.plane_stride())}};
        return view;
    }

    View filter(const TaskSymbols &task, const RowGroup &group) const {
        const int64_t lanes = layout.block();
        View view{TensorId::kFilter, int64_constant(0), {}};
        view.offset = cast(Int(64), task.at("c", "first")) +
                      elements(task.at("phase", "first_tap") + group.first_tap, layout.axis_stride(1)) +
                      elements(task.at("z", "first_tap"), layout.axis_stride(0));
        view.dims = {constant_dim(lanes, 1),
                     constant_dim(layer.in_channels, lanes),
                     constant_dim(layout.positions(2), layout.axis_stride(2)),
                     {0, group.taps, int_constant(layout.axis_stride(1))},
                     {0, task.at("z", "taps"), int_constant(layout.axis_stride(0))}};
        return view;
    }

    // Whether the cells of a row may lie apart: the pixels of the caller's output, of several channels each.
    bool may_lie_apart() const { return layer.layout == Layout::kChannelsLast && layer.out_channels > 1; }
    Expr lie_apart(const TaskSymbols &task) const {
        return task.stride(TensorId::kOutput, kDimX) != int64_constant(layer.out_channels);
    }

    View output(const TaskSymbols &task, const RowGroup &group) const {
        const auto stride = [&](CanonicalDim dim) { return task.stride(TensorId::kOutput, dim); };
        const bool channels_last = layer.layout == Layout::kChannelsLast;
        const Expr inner = int_constant(channels_last ? layer.out_channels : 1), skip = task.at("c", "skip");
        const Expr min = task.at("x", "min"), count = task.at("x", "count");
        View view{TensorId::kOutput, image_offset(TensorId::kOutput, task), {}};
        view.offset += cast(Int(64), group.output) * stride(kDimY) +
                       cast(Int(64), task.at("z", "first_output")) * stride(kDimZ) +
                       cast(Int(64), task.at("x", "first_cell") / inner) * stride(kDimX);
        if (may_lie_apart()) {
            const Expr apart = lie_apart(task);
            view.dims = {{select(apart, 0, min), select(apart, inner, count), 1},
                         {select(apart, min / inner, 0), select(apart, count / inner, 1), stride(kDimX)}};
        } else {
            const Expr channel_stride = channels_last ? int64_constant(1) : stride(kDimC);
            view.offset += cast(Int(64), task.at("c", "first") + skip) * channel_stride;
            view.dims = {{min, count, stride(kDimX)}, {skip, task.at("c", "count"), channel_stride}};
        }
        view.dims.push_back({group.first, group.count, stride(kDimY) * int64_constant(layer.axes[1].stride)});
        return view;
    }
};

// Output channels in planes: first, skip (channels that the call before has computed), count.
Table channel_table(const Layer &layer, const PlanarGeometry &geometry) {
    Table table;
    std::vector<int64_t> first, skip, count;
    table.rows = geometry.channel_blocks;
    for (int64_t row = 0; row < table.rows; row++) {
        const bool planes = layer.layout == Layout::kChannelsFirst;
        const int64_t start = row * geometry.channel_block;
        first.push_back(planes ? std::min(start, layer.out_channels - geometry.channel_block) : 0);
        skip.push_back(start - first.back());
        count.push_back(geometry.channel_block - skip.back());
    }
    table.add_column("first", first);
    table.add_column("skip", skip);
    table.add_column("count", count);
    return table;
}

Stage rows_stage(const Layer &layer, const PlanarGeometry &geometry, const FilterLayout &layout,
                 const FilterLayout &by_phase) {
    Stage stage;
    stage.name = "rows";
    const RowsStage rows{layer, geometry, layout};
    stage.kernels = {kKernelRows};
    if (rows.may_lie_apart()) {
        stage.kernels.push_back(kKernelRowsApart);
    }
    Table groups;
    groups.rows = geometry.band / geometry.tile.rows;
    groups.add_progression("first", 0, geometry.tile.rows);
    stage.grid = {{"z", span_table(chunks_of(tap_spans(layer.axes[0], true), layer.axes[0].stride, 1, 1), 0)},
                  {"y", groups},
                  {"phase", planar_phase_table(by_phase, layer.axes[1])},
                  {"c", channel_table(layer, geometry)},
                  {"x", planar_chunk_table(geometry)}};
    stage.call = [=](const TaskSymbols &task) {
        const RowGroup group(layer, geometry, task);
        const Expr kernel = rows.may_lie_apart() ? select(rows.lie_apart(task), 1, 0) : Expr(0);
        KernelCall call{kernel, {rows.input(task, group), rows.filter(task, group)}};
        if (layer.bias) {
            call.views.push_back(
                {TensorId::kBias, cast(Int(64), task.at("c", "first")), {constant_dim(layout.block(), 1)}});
        }
        call.views.push_back(rows.output(task, group));
        return call;
    };
    return stage;
}

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const PlanarGeometry geometry(layer, machine, knobs);
    const FilterLayout by_phase(layer, 1);
    LayerPlan plan;
    plan.filter_layout = planar_filter_layout(layer, by_phase);
    plan.workspace_elements = planar_workspace(layer, machine, knobs);

    const bool channels_last = layer.layout == Layout::kChannelsLast;
    const int columns = static_cast<int>(geometry.image.end - geometry.image.begin);
    const PlanarCopySpec copy{static_cast<int>(layer.in_channels), columns, channels_last, layer.types.input};
    plan.kernels.push_back({"borders", [=](const std::string &symbol, const Halide::Target &target) {
                                return planar_border_module(symbol, copy, machine, target);
                            }});
    plan.kernels.push_back({"planes", [=](const std::string &symbol, const Halide::Target &target) {
                                return planar_copy_module(symbol, copy, machine, target);
                            }});
    PlanarRowsSpec rows;
    rows.groups = geometry.groups;
    rows.step_x = static_cast<int>(geometry.step[2]);
    rows.step_y = static_cast<int>(geometry.step[1]);
    rows.step_z = static_cast<int>(geometry.step[0]);
    rows.in_channels = static_cast<int>(layer.in_channels);
    rows.out_channels = static_cast<int>(layer.out_channels);
    rows.planes = static_cast<int>(geometry.channel_block);
    rows.columns = static_cast<int>(geometry.chunk);
    rows.channels_last = channels_last;
    rows.bias = layer.bias;
    rows.activation = layer.activation;
    rows.dtype = layer.types.accumulate;
    plan.kernels.push_back({"rows", [=](const std::string &symbol, const Halide::Target &target) {
                                return planar_rows_module(symbol, rows, geometry.tile, machine, target);
                            }});
    if (channels_last && layer.out_channels > 1) {
        PlanarRowsSpec apart = rows;
        apart.pixels_apart = true;
        plan.kernels.push_back({"rows_apart", [=](const std::string &symbol, const Halide::Target &target) {
                                    return planar_rows_module(symbol, apart, geometry.tile, machine, target);
                                }});
    }

    Pass pass;
    pass.band = band_axis(layer, geometry);
    pass.stages = {copy_stage(layer, geometry), rows_stage(layer, geometry, plan.filter_layout, by_phase)};
    if (pass.band.table.rows > 0) {
        plan.add_stage(border_stage(layer, geometry));
        plan.passes.push_back(pass);
    }
    finish_plan(plan, layer, machine);
    return plan;
}

}  // namespace

Variant planar_variant() {
    return {"planar",
            "vectors along x, over planes of the input",
            planar_obstacle,
            planar_knob_space,
            planar_search,
            planar_check_knobs,
            plan,
            planar_cycles,
            planar_workspace};
}

}  // namespace tconv
