// SPDX-License-Identifier: Apache-2.0
#include "schedules/column_rows.h"

namespace tconv {

using Halide::MemoryType;
using Halide::PrefetchBoundStrategy;
using Halide::TailStrategy;
using Halide::Var;
using Halide::VarOrRVar;

RegisterTile column_tile(const Knobs &knobs) {
    return {knobs.at("tile_lanes"), knobs.at("tile_x"), knobs.at("unroll_ci")};
}

namespace {

constexpr int kMostUnrolled = 8;  // vectors of a window, or cells of a pixel, that are worth straight code

// Vectors along a run of at least `least` elements. A shorter one takes its elements one by one.
void vectorize_run(Halide::Func func, const Var &run, int least, int lanes, const Var &outer, const Var &lane) {
    const bool whole = least >= lanes;
    func.split(run, outer, lane, lanes, whole ? TailStrategy::ShiftInwards : TailStrategy::GuardWithIf).vectorize(lane);
}

void schedule_output(const ColumnRowsFuncs &funcs, const Machine &machine) {
    const Var outer("outer"), lane("lane");
    Halide::Func output = funcs.output;
    output.bound(funcs.origin, 0, 1);
    if (funcs.least_run < machine.lanes(funcs.dtype)) {
        output.reorder(funcs.c, funcs.x, funcs.q, funcs.fy, funcs.fz, funcs.origin);
    } else {
        vectorize_run(output, funcs.c, funcs.least_run, machine.lanes(funcs.dtype), outer, lane);
        output.reorder(lane, outer, funcs.x, funcs.q, funcs.fy, funcs.fz, funcs.origin);
    }
    if (funcs.cells.defined()) {
        Halide::Func cells = funcs.cells;
        cells.compute_at(output, funcs.fy)
            .store_in(MemoryType::Stack)
            .bound(funcs.e, 0, funcs.cell_count)
            .bound_storage(funcs.e, funcs.most_cells);
        vectorize_run(cells, funcs.e, funcs.least_cells, machine.lanes(funcs.dtype), outer, lane);
    }
}

// One window after the other, so that cells and lanes lie side by side and no index is divided. A window of less than a
// vector is a short vector.
void schedule_sums(const ColumnRowsFuncs &funcs, const Machine &machine) {
    const Var window("window"), j("j"), outer("outer"), lane("lane");
    Halide::Func sums = funcs.sums;
    sums.compute_at(funcs.output, funcs.fy)
        .store_in(MemoryType::Stack)
        .bound(funcs.e, 0, funcs.cell_count)
        .bound_storage(funcs.e, funcs.most_cells)
        .split(funcs.e, window, j, funcs.window, TailStrategy::RoundUp);
    if (funcs.window <= machine.lanes(funcs.dtype)) {
        sums.vectorize(j);
        return;
    }
    vectorize_run(sums, j, funcs.window, machine.lanes(funcs.dtype), outer, lane);
    if (funcs.window <= kMostUnrolled * machine.lanes(funcs.dtype)) {
        sums.unroll(outer);
    }
}

// The shorter operand of the tile stays in registers while the inner unrolled loop walks over it; see register_tile.cpp.
void schedule_product(const ColumnRowsFuncs &funcs, const ColumnRowsFuncs::Tiles &tiles, const Knobs &knobs,
                      const Machine &machine) {
    const RegisterTile tile = column_tile(knobs);
    const Var vo("vo"), lane("lane");
    Halide::Func accumulate = tiles.accumulate;
    auto update = accumulate.update();
    const bool hold_filter = tile.vectors <= tiles.pixels;
    const VarOrRVar inner = hold_filter ? VarOrRVar(vo) : VarOrRVar(funcs.x);
    const VarOrRVar outer = hold_filter ? VarOrRVar(funcs.x) : VarOrRVar(vo);
    update.split(funcs.v, vo, lane, machine.lanes(funcs.dtype))
        .reorder(lane, inner, outer, tiles.ci, tiles.ty, tiles.tz, funcs.b)
        .vectorize(lane)
        .unroll(vo)
        .unroll(funcs.x);
    if (tile.unroll_ci > 1) {
        update.unroll(tiles.ci, tile.unroll_ci);
    }
    const int tiles_ahead = knobs.at("prefetch");
    if (tiles_ahead > 0) {
        // In a dense input the pixels of the next tile are what follows this tile's in memory, one tile of elements on.
        const int elements = tiles_ahead * tiles.pixels * funcs.in_channels;
        update.prefetch(funcs.input, tiles.ci, tiles.ci, elements / tile.unroll_ci, PrefetchBoundStrategy::NonFaulting);
    }
}

void schedule_tiles(const ColumnRowsFuncs &funcs, int index, const Knobs &knobs, const Machine &machine) {
    const ColumnRowsFuncs::Tiles &tiles = funcs.tiles[static_cast<size_t>(index)];
    const int lanes = machine.lanes(funcs.dtype);
    const Var block("block"), vo("vo"), lane("lane");
    Halide::Func columns = funcs.columns, accumulate = tiles.accumulate;
    const bool block_outer = knobs.at("order") == kBlockOuter;
    const VarOrRVar inner_loop = block_outer ? VarOrRVar(tiles.tile) : VarOrRVar(block);
    const VarOrRVar outer_loop = block_outer ? VarOrRVar(block) : VarOrRVar(tiles.tile);
    columns.update(index)
        .split(funcs.l, block, vo, funcs.block)
        .split(vo, vo, lane, lanes)
        .reorder(lane, vo, tiles.pixel, inner_loop, outer_loop)
        .vectorize(lane)
        .unroll(vo)
        .unroll(tiles.pixel);
    (block_outer ? accumulate.compute_at(columns, tiles.tile) : accumulate.compute_at(columns, block))
        .store_in(MemoryType::Stack)
        .bound_extent(funcs.v, funcs.block)
        .bound_extent(funcs.b, 1)
        .bound_extent(funcs.x, tiles.pixels)
        .split(funcs.v, vo, lane, lanes)
        .reorder(lane, vo, funcs.x)
        .vectorize(lane)
        .unroll(vo)
        .unroll(funcs.x);
    schedule_product(funcs, tiles, knobs, machine);
}

}  // namespace

void schedule_column_rows(const ColumnRowsFuncs &funcs, const Knobs &knobs, const Machine &machine) {
    schedule_output(funcs, machine);
    schedule_sums(funcs, machine);
    Halide::Func columns = funcs.columns;
    columns.compute_at(funcs.output, funcs.origin)
        .store_in(MemoryType::Stack)
        .bound(funcs.l, 0, funcs.lanes)
        .bound(funcs.x, funcs.first_column, funcs.column_count)
        .bound_storage(funcs.x, funcs.most_columns)
        .align_storage(funcs.l, funcs.column_stride);
    for (size_t i = 0; i < funcs.tiles.size(); i++) {
        schedule_tiles(funcs, static_cast<int>(i), knobs, machine);
    }
}

}  // namespace tconv
