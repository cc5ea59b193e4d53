// SPDX-License-Identifier: Apache-2.0
#include "schedules/streamed.h"

namespace tconv {

using Halide::MemoryType;
using Halide::PrefetchBoundStrategy;
using Halide::TailStrategy;
using Halide::Var;
using Halide::VarOrRVar;

const char *const kStreamedTileLoop = "tile";

void schedule_streamed_product(const StreamedProductFuncs &funcs, const StreamedTile &tile, const Machine &machine) {
    const int lanes = machine.lanes(funcs.dtype), block = tile.vectors * lanes;
    const Var vo("vo"), lane("lane"), ti("ti"), to(kStreamedTileLoop);
    Halide::Func output = funcs.output, rows = funcs.rows, sum = funcs.sum;
    output.bound(funcs.origin, 0, 1)
        .bound(funcs.v, 0, block)
        .split(funcs.v, vo, lane, lanes)
        .reorder(lane, vo, funcs.x, funcs.y, funcs.z, funcs.n, funcs.origin)
        .vectorize(lane)
        .unroll(vo);
    rows.compute_at(output, funcs.origin)
        .store_in(MemoryType::Stack)
        .bound_extent(funcs.v, block)
        .bound_storage(funcs.row, funcs.most_rows)
        .split(funcs.v, vo, lane, lanes)
        .reorder(lane, vo, funcs.row)
        .vectorize(lane)
        .unroll(vo);
    // Sums pass through memory once a chunk: that is little beside the chunk, and the next tile finds the filter close by.
    rows.update(0)
        .split(funcs.v, vo, lane, lanes)
        .split(funcs.row, to, ti, tile.rows, TailStrategy::RoundUp)
        .reorder(lane, vo, ti, to, funcs.chunk)
        .vectorize(lane)
        .unroll(vo)
        .unroll(ti);
    sum.compute_at(rows, to)
        .store_in(MemoryType::Stack)
        .bound_extent(funcs.v, block)
        .bound_extent(funcs.row, tile.rows)
        .split(funcs.v, vo, lane, lanes)
        .reorder(lane, vo, funcs.row)
        .vectorize(lane)
        .unroll(vo)
        .unroll(funcs.row);
    // Inner to outer as in register_tile.cpp: the smaller operand is held while the inner unrolled loop walks over the other.
    const bool hold_filter = tile.vectors <= tile.rows;
    auto update = sum.update(0);
    update.split(funcs.v, vo, lane, lanes)
        .reorder(lane, hold_filter ? VarOrRVar(vo) : VarOrRVar(funcs.row),
                 hold_filter ? VarOrRVar(funcs.row) : VarOrRVar(vo), funcs.k, funcs.panel)
        .vectorize(lane)
        .unroll(vo)
        .unroll(funcs.row)
        .unroll(funcs.k);
    if (tile.prefetch > 0) {
        update.prefetch(funcs.filter, funcs.panel, funcs.panel, tile.prefetch, PrefetchBoundStrategy::NonFaulting);
    }
}

void schedule_pack_rows(const PackRowsFuncs &funcs, const Machine &machine) {
    Halide::Func output = funcs.output;
    output.bound(funcs.origin, 0, 1).bound(funcs.k, 0, funcs.channels);
    // Rows innermost: they are written one after the other.
    output.reorder(funcs.k, funcs.x, funcs.y, funcs.z, funcs.n, funcs.panel, funcs.origin);
    const int lanes = machine.lanes(funcs.dtype);
    if (funcs.channels > 1 && funcs.contiguous_input) {
        const Var lane("lane");
        output.split(funcs.k, funcs.k, lane, funcs.channels % lanes == 0 ? lanes : funcs.channels)
            .vectorize(lane)
            .unroll(funcs.k);
    }
}

void schedule_start_cells(const StartCellsFuncs &funcs, const Machine &machine) {
    const Var vo("vo"), lane("lane");
    Halide::Func output = funcs.output;
    output.bound(funcs.origin, 0, 1)
        .bound(funcs.v, 0, funcs.vectors * machine.lanes(funcs.dtype))
        .split(funcs.v, vo, lane, machine.lanes(funcs.dtype))
        .reorder(lane, vo, funcs.cell, funcs.origin)
        .vectorize(lane)
        .unroll(vo);
}

// Channels innermost, then the cells, in the order they lie in.
void schedule_store_cells(const StoreCellsFuncs &funcs, const Machine &machine) {
    Halide::Func output = funcs.output;
    output.bound(funcs.origin, 0, 1);
    if (!funcs.contiguous_output) {
        output.reorder(funcs.co, funcs.x, funcs.y, funcs.z, funcs.n, funcs.origin);
        return;
    }
    const Var vo("vo"), lane("lane");
    const TailStrategy tail = funcs.whole_blocks      ? TailStrategy::RoundUp
                              : machine.masked_stores ? TailStrategy::PredicateStores
                                                      : TailStrategy::GuardWithIf;
    output.split(funcs.co, vo, lane, machine.lanes(funcs.dtype), tail)
        .reorder(lane, vo, funcs.x, funcs.y, funcs.z, funcs.n, funcs.origin)
        .vectorize(lane);
}

}  // namespace tconv
