// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/streamed/stages.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "generators/cache_line.h"
#include "generators/number.h"
#include "generators/variants/plan_pieces.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

// One row a block of output channels; none where there is nothing to compute.
BlockTable live_blocks(const StreamedPlan &plan) {
    if (plan.layer.output_elements() > 0) {
        return block_table(plan.layout);
    }
    BlockTable none;
    none.block = none.table.add("block", {});
    none.first = none.table.add("first", {});
    none.count = none.table.add("count", {});
    return none;
}

// Batch entries, as many at a time as one call takes.
RangeTable entries_table(const StreamedPlan &plan) { return chunk_table(plan.layer.batch, plan.entries); }

// Rectangles of pixels: extents and firsts of every axis.
struct PixelColumns {
    std::array<Column, 3> extent, first;
};

// `pixels(row)`: the rectangle of a row of the table.
template<typename Rows, typename Pixels>
PixelColumns add_pixel_columns(Table &table, const Rows &rows, const Pixels &pixels) {
    PixelColumns columns;
    for (int a : {kZ, kY, kX}) {
        const std::string name = kAxisNames[a];
        columns.extent[a] = table.add(name, rows, [&](const auto &row) { return pixels(row).extent(a); });
        columns.first[a] =
            table.add("first_" + name, rows, [&](const auto &row) { return pixels(row).range[a].begin; });
    }
    return columns;
}

struct PackingTable {
    Table table;
    PixelColumns rectangle;
    Column offset, pixels;
};

PackingTable packing_table(const StreamedPlan &plan) {
    const std::vector<PixelRange> &packings = plan.tables.packings;
    PackingTable all{Table(static_cast<int64_t>(packings.size())), {}, {}, {}};
    all.rectangle = add_pixel_columns(all.table, packings, [](const PixelRange &packing) { return packing; });
    all.offset = all.table.add("offset", plan.packing_offset);
    all.pixels = all.table.add("pixels", packings, [](const PixelRange &packing) { return packing.pixels(); });
    return all;
}

struct TapTable {
    Table table;
    PixelColumns rectangle;
    Column position;
    Column kernel, tile;
    Column cell;             // the first that it adds to
    Column offset, packed;   // of the packing, and its pixels
    Column skipped, pixels;  // pixels of the packing before the tap's first, and those of the tap
};

TapTable tap_table(const StreamedPlan &plan) {
    const std::vector<LiveTap> &taps = plan.tables.taps;
    const int outer = plan.tables.outer_axis;
    TapTable all{Table(static_cast<int64_t>(taps.size())), {}, {}, {}, {}, {}, {}, {}, {}, {}};
    const auto column = [&](const char *name, const auto &value) { return all.table.add(name, taps, value); };
    const auto packing = [&](const LiveTap &tap) -> const PixelRange & { return plan.tables.packings[tap.packing]; };
    all.rectangle = add_pixel_columns(all.table, taps, [](const LiveTap &tap) { return tap.pixels; });
    all.position = column("position", [](const LiveTap &tap) { return tap.position; });
    std::vector<int64_t> kernel, tile;
    for (size_t of_tap : plan.kernels.of_tap) {
        kernel.push_back(static_cast<int64_t>(of_tap));
        tile.push_back(plan.kernels.kernels[of_tap].tile.rows);
    }
    all.kernel = all.table.add("kernel", kernel);
    all.tile = all.table.add("tile", tile);
    all.cell = column("cell", [&](const LiveTap &tap) {
        int64_t first = 0;
        for (int a : {kZ, kY, kX}) {
            first += tap.first_cell[a] * plan.cell_stride(a) / plan.block();
        }
        return first;
    });
    all.offset = column("offset", [&](const LiveTap &tap) { return plan.packing_offset[tap.packing]; });
    all.packed = column("packed", [&](const LiveTap &tap) { return packing(tap).pixels(); });
    all.skipped = column("skipped", [&](const LiveTap &tap) {
        return tap.pixels.range[outer].begin * (packing(tap).pixels() / packing(tap).extent(outer));
    });
    all.pixels = column("pixels", [](const LiveTap &tap) { return tap.pixels.pixels(); });
    return all;
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

Index cells_of_block(const StreamedPlan &plan, const BlockTable &co) {
    return wide(plan.cells_offset) + elements(co.block, plan.layer.batch * plan.entry_stride());
}

}  // namespace

StreamedPlan::StreamedPlan(const Layer &layer, const Machine &machine, const Knobs &knobs)
    : layer(layer),
      vectors(knobs.at("tile_co")),
      chunk(knobs.at("chunk")),
      panel(streamed_panel(layer)),
      layout(layer, vectors * machine.lanes(layer.types.accumulate), TapOrder::kNatural),
      tables(layer),
      kernels(streamed_kernels(layer, tables, machine, knobs)),
      entries(streamed_batch_entries(layer, machine, vectors)) {
    const int64_t line = cache_line_elements(layer.types.accumulate);
    int64_t offset = 0, most_tile = 1;
    for (const PixelRange &packing : tables.packings) {
        packing_offset.push_back(offset);
        offset += round_up(layer.batch * packing.pixels() * layer.in_channels, line);
    }
    for (const StreamedKernel &kernel : kernels.kernels) {
        most_tile = std::max<int64_t>(most_tile, kernel.tile.rows);
    }
    cells_offset = offset + round_up(most_tile * panel, line);
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
    const auto stride = [](CanonicalDim dim) { return stride_of(TensorId::kInput, dim); };
    const PackingTable packing = packing_table(plan);
    const RangeTable n = entries_table(plan);
    const int panel = plan.panel, channels = number(plan.layer.in_channels);
    View from{TensorId::kInput, wide(n.first) * stride(kDimN), {{0, channels, stride(kDimC)}}};
    View to{TensorId::kWorkspace,
            wide(packing.offset) + elements(n.first * packing.pixels, channels),
            {constant_dim(panel, 1), {0, channels / panel, packing.pixels * n.count * panel}}};
    Index row_stride = panel;
    for (RowDim d : row_order(plan)) {
        const CanonicalDim dim = d == kRowN ? kDimN : kAxisDims[d];
        const Column &extent = d == kRowN ? n.count : packing.rectangle.extent[d];
        if (d != kRowN) {
            from.offset += wide(packing.rectangle.first[d]) * stride(dim);
        }
        from.dims.push_back({0, extent, stride(dim)});
        to.dims.push_back({0, extent, row_stride});
        row_stride *= extent;
    }
    Stage stage;
    stage.name = "pack_rows";
    stage.kernels = {kernel};
    stage.grid = {{"packing", packing.table}, {"n", n.table}};
    stage.call = {0, {{"input", from}, {"output", to}}};
    return stage;
}

Stage start_stage(const StreamedPlan &plan, size_t kernel) {
    const BlockTable co = live_blocks(plan);
    const View cells{TensorId::kWorkspace,
                     cells_of_block(plan, co),
                     {constant_dim(plan.block(), 1), constant_dim(plan.layer.batch * plan.cells, plan.block())}};
    Stage stage;
    stage.name = "start";
    stage.kernels = {kernel};
    stage.grid = {{"co", co.table}};
    stage.call = {0, {{"output", cells}}};
    bind_bias(stage.call, plan.layer, bias_view(elements(co.block, plan.block()), plan.block()));
    return stage;
}

// A task walks through all taps, so that the filter passes by once.
Stage product_stage(const StreamedPlan &plan, std::vector<size_t> kernels) {
    const BlockTable co = live_blocks(plan);
    const TapTable tap = tap_table(plan);
    const RangeTable n = entries_table(plan);
    const int panel = plan.panel, channels = number(plan.layer.in_channels), block = number(plan.block());
    const Index rows = (tap.pixels * n.count + tap.tile - 1) / tap.tile * tap.tile;
    const View input{
        TensorId::kWorkspace,
        wide(tap.offset) + elements(n.first * tap.packed, channels) + elements(tap.skipped * n.count, panel),
        {constant_dim(panel, 1), {0, rows, panel}, {0, channels / panel, tap.packed * n.count * panel}}};
    const View filter{TensorId::kFilter,
                      elements(co.block, plan.layout.block_stride()) + elements(tap.position, plan.layout.tap_stride()),
                      {constant_dim(block, 1), constant_dim(channels, block)}};
    View cells{TensorId::kWorkspace,
               cells_of_block(plan, co) + elements(tap.cell, block) + elements(n.first, plan.entry_stride()),
               {constant_dim(block, 1)}};
    for (RowDim d : row_order(plan)) {
        cells.dims.push_back(
            d == kRowN ? ViewDim{0, n.count, number(plan.entry_stride())}
                       : ViewDim{0, tap.rectangle.extent[d], number(plan.layer.axes[d].stride * plan.cell_stride(d))});
    }
    Stage stage;
    stage.name = "product";
    stage.kernels = std::move(kernels);
    stage.grid = {{"co", co.table}};
    stage.steps = {{"tap", tap.table}, {"n", n.table}};
    stage.call = {tap.kernel, {{"input", input}, {"filter", filter}, {"before", cells}, {"output", cells}}};
    return stage;
}

Stage store_stage(const StreamedPlan &plan, size_t kernel) {
    const auto stride = [](CanonicalDim dim) { return stride_of(TensorId::kOutput, dim); };
    const BlockTable co = live_blocks(plan);
    const RangeTable n = counting_table(plan.layer.batch);
    View from{TensorId::kWorkspace,
              cells_of_block(plan, co) + elements(n.first, plan.entry_stride()),
              {constant_dim(plan.block(), 1)}};
    View to{TensorId::kOutput,
            wide(n.first) * stride(kDimN) + elements(co.block, plan.block()) * stride(kDimC),
            {{0, co.count, stride(kDimC)}}};
    for (int a : {kX, kY, kZ}) {
        const int64_t extent = plan.layer.axes[a].output;
        from.dims.push_back(constant_dim(extent, plan.cell_stride(a)));
        to.dims.push_back({0, number(extent), stride(kAxisDims[a])});
    }
    from.dims.push_back(constant_dim(1, plan.entry_stride()));
    to.dims.push_back({0, 1, stride(kDimN)});
    Stage stage;
    stage.name = "store";
    stage.kernels = {kernel};
    stage.grid = {{"co", co.table}, {"n", n.table}};
    stage.call = {0, {{"cells", from}, {"output", to}}};
    bind_slopes(stage.call, plan.layer, bias_view(elements(co.block, plan.block()), plan.block()));
    return stage;
}

}  // namespace tconv
