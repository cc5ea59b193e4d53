// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/streamed/stages.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "generators/variants/plan_pieces.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

using Halide::cast;
using Halide::Expr;
using Halide::Int;

constexpr std::array<const char *, 3> kAxisNames = {"z", "y", "x"};
constexpr int64_t kLineElements = 16;

// One row a block of output channels; none where there is nothing to compute.
Table block_table(const StreamedPlan &plan) {
    const int64_t blocks = plan.layout.blocks();
    Table table;
    table.rows = plan.layer.output_elements() == 0 ? 0 : blocks;
    table.add_progression("block", 0, 1);
    std::vector<int64_t> channels(blocks, plan.block());
    channels.back() = plan.layer.out_channels - (blocks - 1) * plan.block();
    table.add_column("channels", channels);
    return table;
}

// Batch entries in groups of as many as one call takes.
Table entries_table(const StreamedPlan &plan) {
    const int64_t batch = plan.layer.batch;
    Table table;
    table.rows = ceil_div(batch, plan.entries);
    table.add_progression("first", 0, plan.entries);
    std::vector<int64_t> counts;
    for (int64_t first = 0; first < batch; first += plan.entries) {
        counts.push_back(std::min(plan.entries, batch - first));
    }
    table.add_column("count", counts);
    return table;
}

using PixelsOf = std::function<const PixelRange &(size_t row)>;

// Extents and firsts of every axis: columns "z", "first_z" and so on.
void add_pixel_columns(Table &table, const PixelsOf &pixels) {
    for (int a : {kZ, kY, kX}) {
        std::vector<int64_t> extents, firsts;
        for (int64_t row = 0; row < table.rows; row++) {
            extents.push_back(pixels(static_cast<size_t>(row)).extent(a));
            firsts.push_back(pixels(static_cast<size_t>(row)).range[a].begin);
        }
        table.add_column(kAxisNames[a], extents);
        table.add_column(std::string("first_") + kAxisNames[a], firsts);
    }
}

Table packing_table(const StreamedPlan &plan) {
    Table table;
    table.rows = static_cast<int64_t>(plan.tables.packings.size());
    add_pixel_columns(table, [&](size_t row) -> const PixelRange & { return plan.tables.packings[row]; });
    table.add_column("offset", plan.packing_offset);
    std::vector<int64_t> pixels;
    for (const PixelRange &packing : plan.tables.packings) {
        pixels.push_back(packing.pixels());
    }
    table.add_column("pixels", pixels);
    return table;
}

Table tap_table(const StreamedPlan &plan) {
    std::vector<int64_t> position, kernel, cell, tile, offset, packed, skipped, pixels;
    for (size_t t = 0; t < plan.tables.taps.size(); t++) {
        const LiveTap &tap = plan.tables.taps[t];
        const PixelRange &packing = plan.tables.packings[tap.packing];
        const int outer = plan.tables.outer_axis;
        position.push_back(tap.position);
        kernel.push_back(static_cast<int64_t>(plan.kernels.of_tap[t]));
        tile.push_back(plan.kernels.kernels[plan.kernels.of_tap[t]].tile.rows);
        offset.push_back(plan.packing_offset[tap.packing]);
        packed.push_back(packing.pixels());
        skipped.push_back(tap.pixels.range[outer].begin * (packing.pixels() / packing.extent(outer)));
        pixels.push_back(tap.pixels.pixels());
        int64_t first = 0;
        for (int a : {kZ, kY, kX}) {
            first += tap.first_cell[a] * plan.cell_stride(a) / plan.block();
        }
        cell.push_back(first);
    }
    Table table;
    table.rows = static_cast<int64_t>(plan.tables.taps.size());
    add_pixel_columns(table, [&](size_t row) -> const PixelRange & { return plan.tables.taps[row].pixels; });
    table.add_column("position", position);
    table.add_column("kernel", kernel);
    table.add_column("tile", tile);
    table.add_column("cell", cell);
    table.add_column("offset", offset);
    table.add_column("packed", packed);    // pixels of the packing
    table.add_column("skipped", skipped);  // of them, before the tap's first
    table.add_column("pixels", pixels);
    return table;
}

// What rows are ordered by, innermost first: x, y, z, with the batch entries right inside the outer axis.
enum RowDim { kRowZ = kZ, kRowY = kY, kRowX = kX, kRowN };

std::vector<RowDim> row_order(const StreamedPlan &plan) {
    std::vector<RowDim> order;
    for (int a : {kX, kY, kZ}) {
        if (a == plan.tables.outer_axis) {
            order.push_back(kRowN);
        }
        order.push_back(static_cast<RowDim>(a));
    }
    return order;
}

Expr cells_of_block(const StreamedPlan &plan, const TaskSymbols &task) {
    return int64_constant(plan.cells_offset) + elements(task.at("co", "block"), plan.layer.batch * plan.entry_stride());
}

}  // namespace

StreamedPlan::StreamedPlan(const Layer &layer, const Machine &machine, const Knobs &knobs)
    : layer(layer),
      vectors(knobs.at("tile_co")),
      chunk(knobs.at("chunk")),
      group(streamed_group(layer)),
      layout(layer, vectors * machine.vector_lanes, TapOrder::kNatural),
      tables(layer),
      kernels(streamed_kernels(layer, tables, machine, knobs)),
      entries(streamed_batch_entries(layer, machine, vectors)) {
    int64_t offset = 0, most_tile = 1;
    for (const PixelRange &packing : tables.packings) {
        packing_offset.push_back(offset);
        offset += round_up(layer.batch * packing.pixels() * layer.in_channels, kLineElements);
    }
    for (const StreamedKernel &kernel : kernels.kernels) {
        most_tile = std::max<int64_t>(most_tile, kernel.tile.rows);
    }
    cells_offset = offset + round_up(most_tile * group, kLineElements);
    cells = layer.axes[kZ].output * layer.axes[kY].output * layer.axes[kX].output;
}

int64_t streamed_workspace(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return StreamedPlan(layer, machine, knobs).workspace_elements();
}

int64_t StreamedPlan::workspace_elements() const {
    return cells_offset + layout.blocks() * layer.batch * cells * block();
}

int64_t StreamedPlan::cell_stride(int axis) const {
    int64_t stride = block();
    for (int inner = kX; inner > axis; inner--) {
        stride *= layer.axes[inner].output;
    }
    return stride;
}

Stage pack_stage(const StreamedPlan &plan, size_t kernel) {
    Stage stage;
    stage.name = "pack_rows";
    stage.kernels = {kernel};
    stage.grid = {{"packing", packing_table(plan)}, {"n", entries_table(plan)}};
    stage.call = [plan](const TaskSymbols &task) {
        const auto stride = [&](CanonicalDim dim) { return task.stride(TensorId::kInput, dim); };
        const int group = plan.group, channels = static_cast<int>(plan.layer.in_channels);
        const Expr pixels = task.at("packing", "pixels"), first = task.at("n", "first"), count = task.at("n", "count");
        View from{TensorId::kInput, cast(Int(64), first) * stride(kDimN), {{0, channels, stride(kDimC)}}};
        View to{TensorId::kWorkspace,
                cast(Int(64), task.at("packing", "offset")) + elements(first * pixels, channels),
                {constant_dim(group, 1), {0, channels / group, pixels * count * group}}};
        Expr row_stride = group;
        for (RowDim d : row_order(plan)) {
            const CanonicalDim dim = d == kRowN ? kDimN : static_cast<CanonicalDim>(kDimX + kX - d);
            const Expr extent = d == kRowN ? count : task.at("packing", kAxisNames[d]);
            if (d != kRowN) {
                from.offset += cast(Int(64), task.at("packing", std::string("first_") + kAxisNames[d])) * stride(dim);
            }
            from.dims.push_back({0, extent, stride(dim)});
            to.dims.push_back({0, extent, row_stride});
            row_stride *= extent;
        }
        return KernelCall{0, {from, to}};
    };
    return stage;
}

Stage start_stage(const StreamedPlan &plan, size_t kernel) {
    Stage stage;
    stage.name = "start";
    stage.kernels = {kernel};
    stage.grid = {{"co", block_table(plan)}};
    stage.call = [plan](const TaskSymbols &task) {
        KernelCall call{0, {}};
        if (plan.layer.bias) {
            call.views.push_back(
                {TensorId::kBias, elements(task.at("co", "block"), plan.block()), {constant_dim(plan.block(), 1)}});
        }
        call.views.push_back(
            {TensorId::kWorkspace,
             cells_of_block(plan, task),
             {constant_dim(plan.block(), 1), constant_dim(plan.layer.batch * plan.cells, plan.block())}});
        return call;
    };
    return stage;
}

// A task walks through all taps, so that the filter passes by once.
Stage product_stage(const StreamedPlan &plan, std::vector<size_t> kernels) {
    Stage stage;
    stage.name = "product";
    stage.kernels = std::move(kernels);
    stage.grid = {{"co", block_table(plan)}};
    stage.steps = {{"tap", tap_table(plan)}, {"n", entries_table(plan)}};
    stage.call = [plan](const TaskSymbols &task) {
        const int group = plan.group, channels = static_cast<int>(plan.layer.in_channels);
        const int block = static_cast<int>(plan.block());
        const Expr packed = task.at("tap", "packed"), first = task.at("n", "first"), count = task.at("n", "count");
        const Expr tile = task.at("tap", "tile"), rows = (task.at("tap", "pixels") * count + tile - 1) / tile * tile;
        View input{TensorId::kWorkspace,
                   cast(Int(64), task.at("tap", "offset")) + elements(first * packed, channels) +
                       elements(task.at("tap", "skipped") * count, group),
                   {constant_dim(group, 1), {0, rows, group}, {0, channels / group, packed * count * group}}};
        View filter{TensorId::kFilter,
                    elements(task.at("co", "block"), plan.layout.block_stride()) +
                        elements(task.at("tap", "position"), plan.layout.tap_stride()),
                    {constant_dim(block, 1), constant_dim(channels, block)}};
        View cells{
            TensorId::kWorkspace,
            cells_of_block(plan, task) + elements(task.at("tap", "cell"), block) + elements(first, plan.entry_stride()),
            {constant_dim(block, 1)}};
        for (RowDim d : row_order(plan)) {
            cells.dims.push_back(d == kRowN
                                     ? ViewDim{0, count, static_cast<int>(plan.entry_stride())}
                                     : ViewDim{0, task.at("tap", kAxisNames[d]),
                                               static_cast<int>(plan.layer.axes[d].stride * plan.cell_stride(d))});
        }
        return KernelCall{task.at("tap", "kernel"), {input, filter, cells, cells}};
    };
    return stage;
}

Stage store_stage(const StreamedPlan &plan, size_t kernel) {
    Stage stage;
    stage.name = "store";
    stage.kernels = {kernel};
    stage.grid = {{"co", block_table(plan)}, {"n", counting_table(plan.layer.batch)}};
    stage.call = [plan](const TaskSymbols &task) {
        const auto stride = [&](CanonicalDim dim) { return task.stride(TensorId::kOutput, dim); };
        const Expr n = task.at("n", "first");
        View from{TensorId::kWorkspace,
                  cells_of_block(plan, task) + elements(n, plan.entry_stride()),
                  {constant_dim(plan.block(), 1)}};
        View to{TensorId::kOutput,
                cast(Int(64), n) * stride(kDimN) + elements(task.at("co", "block"), plan.block()) * stride(kDimC),
                {{0, task.at("co", "channels"), stride(kDimC)}}};
        for (int a : {kX, kY, kZ}) {
            const int extent = static_cast<int>(plan.layer.axes[a].output);
            from.dims.push_back(constant_dim(extent, plan.cell_stride(a)));
            to.dims.push_back({0, extent, stride(static_cast<CanonicalDim>(kDimX + kX - a))});
        }
        from.dims.push_back(constant_dim(1, plan.entry_stride()));
        to.dims.push_back({0, 1, stride(kDimN)});
        return KernelCall{0, {from, to}};
    };
    return stage;
}

}  // namespace tconv
