// SPDX-License-Identifier: Apache-2.0
#include "schedules/register_tile.h"

#include <algorithm>
#include <vector>

namespace tconv {

using Halide::MemoryType;
using Halide::PrefetchBoundStrategy;
using Halide::TailStrategy;
using Halide::Var;
using Halide::VarOrRVar;

int registers_needed(const RegisterTile &tile) {
    return tile.vectors * tile.outputs() + std::min(tile.vectors, tile.outputs()) + 1;
}

double cycles_per_channel(const RegisterTile &tile, const Machine &machine) {
    const double sums = tile.vectors * tile.outputs();
    const double arithmetic = sums / machine.fma_per_cycle;
    const double loads = (tile.vectors + tile.outputs()) / machine.loads_per_cycle;
    return std::max({arithmetic, static_cast<double>(machine.fma_latency), loads});
}

RegisterTile tile_of(const Knobs &knobs) {
    return {knobs.at("tile_co"), knobs.at("tile_x"), knobs.at("unroll_ci"), knobs.at("tile_y")};
}

namespace {

// An epilogue that loops over the tile reads a copy of the sums: registers cannot be indexed.
void copy_sums(const TapProductFuncs &funcs, const RegisterTile &tile, const Var &xo) {
    const Var vo("vo"), lane("lane");
    Halide::Func accumulate = funcs.accumulate;
    accumulate.in(funcs.output)
        .compute_at(funcs.output, xo)
        .store_in(MemoryType::Stack)
        .bound_extent(funcs.v, funcs.block)
        .bound_extent(funcs.cb, 1)
        .split(funcs.v, vo, lane, funcs.block / tile.vectors)
        .reorder(lane, vo, funcs.x)
        .vectorize(lane)
        .unroll(vo)
        .unroll(funcs.x)
        .unroll(funcs.y);
}

void store_along_channels(const TapProductFuncs &funcs, const RegisterTile &tile, const Machine &machine,
                          const Var &xo) {
    const Var xi("xi"), yo("yo"), yi("yi"), block("block"), vo("vo"), lane("lane");
    // A partial block of channels is cut at the store: the packed filter is padded with zeros, so the sums are not. Whole
    // vectors are guarded by a branch, the lanes of the last one by a mask where the machine has masked stores.
    const TailStrategy vector_tail = funcs.whole_blocks ? TailStrategy::RoundUp : TailStrategy::GuardWithIf;
    const TailStrategy lane_tail =
        !funcs.whole_blocks && machine.masked_stores ? TailStrategy::PredicateStores : vector_tail;
    Halide::Func output = funcs.output;
    output.split(funcs.co, vo, lane, funcs.block / tile.vectors, lane_tail)
        .split(vo, block, vo, tile.vectors, vector_tail)
        .split(funcs.x, xo, xi, tile.pixels, TailStrategy::RoundUp)
        .split(funcs.y, yo, yi, tile.rows, TailStrategy::RoundUp)
        .reorder(lane, vo, xi, yi, xo, yo, funcs.z, funcs.n, block, funcs.origin)
        .vectorize(lane);
    if (funcs.contiguous_output && !funcs.long_epilogue) {
        output.unroll(vo).unroll(xi).unroll(yi);
    } else {
        // Many instructions, or lanes that are stored one by one: unrolled over the tile, they would come to tens of
        // kilobytes of code.
        copy_sums(funcs, tile, xo);
    }
}

// Fewer channels than half a vector: an epilogue along channels would work on idle lanes for the most part. It takes the
// sums of a channel across the tile instead.
void store_along_pixels(const TapProductFuncs &funcs, const RegisterTile &tile, const Var &xo) {
    const Var xi("xi"), yo("yo"), yi("yi");
    Halide::Func output = funcs.output;
    output.split(funcs.x, xo, xi, tile.pixels, TailStrategy::RoundUp)
        .split(funcs.y, yo, yi, tile.rows, TailStrategy::RoundUp)
        .reorder(xi, funcs.co, yi, xo, yo, funcs.z, funcs.n, funcs.origin)
        .vectorize(xi);
    copy_sums(funcs, tile, xo);
}

// The cells of a column lie apart: its sums for all channels pass a copy on the stack.
void store_cells_apart(const TapProductFuncs &funcs, const RegisterTile &tile) {
    const int lanes = funcs.block / tile.vectors;
    const Var column("column"), cell("cell"), vo("vo"), lane("lane");
    Halide::Func output = funcs.output, accumulate = funcs.accumulate;
    output.split(funcs.x, column, cell, funcs.cells, TailStrategy::GuardWithIf)
        .reorder(funcs.co, cell, column, funcs.y, funcs.z, funcs.n, funcs.origin);
    accumulate.compute_at(output, column)
        .store_in(MemoryType::Stack)
        .bound_extent(funcs.v, funcs.block)
        .bound_extent(funcs.cb, (funcs.channels + funcs.block - 1) / funcs.block)
        .bound_extent(funcs.x, 1)
        .split(funcs.v, vo, lane, lanes)
        .vectorize(lane);
    accumulate.update()
        .split(funcs.v, vo, lane, lanes)
        .reorder(lane, vo, funcs.ci, funcs.tx, funcs.ty, funcs.tz, funcs.x, funcs.y, funcs.z, funcs.n, funcs.cb)
        .vectorize(lane)
        .unroll(vo);
}

// Inner to outer: the smaller operand stays in registers while the inner unrolled loops walk over it, and each value of the
// larger operand is loaded once, used and dropped. The other way round, `outputs` broadcasts would stay alive beside the
// sums, and the tile would spill.
void sum_in_registers(const TapProductFuncs &funcs, const RegisterTile &tile, int prefetch) {
    const int lanes = funcs.block / tile.vectors;
    const Var vo("vo"), lane("lane");
    auto update = Halide::Func(funcs.accumulate).update();
    update.split(funcs.v, vo, lane, lanes);
    std::vector<VarOrRVar> order = {lane, vo, funcs.x, funcs.y};
    if (tile.vectors > tile.outputs()) {
        order = {lane, funcs.x, funcs.y, vo};
    }
    for (const VarOrRVar &outer :
         std::vector<VarOrRVar>{funcs.ci, funcs.tx, funcs.ty, funcs.tz, funcs.z, funcs.n, funcs.cb}) {
        order.push_back(outer);
    }
    update.reorder(order).vectorize(lane).unroll(vo).unroll(funcs.x).unroll(funcs.y);
    if (tile.unroll_ci > 1) {
        update.unroll(funcs.ci, tile.unroll_ci);
    }
    if (prefetch > 0) {
        const int distance = std::max(prefetch / tile.unroll_ci, 1);
        update.prefetch(funcs.filter, funcs.ci, funcs.ci, distance, PrefetchBoundStrategy::NonFaulting);
    }
}

}  // namespace

void schedule_register_tile(const TapProductFuncs &funcs, const Knobs &knobs, const Machine &machine) {
    const RegisterTile tile = tile_of(knobs);
    const int lanes = funcs.block / tile.vectors;
    const Var xo("xo"), vo("vo"), lane("lane");
    Halide::Func output = funcs.output, accumulate = funcs.accumulate;
    output.bound(funcs.origin, 0, 1);
    if (funcs.cells > 1) {
        store_cells_apart(funcs, tile);
        return;
    }
    if (2 * funcs.channels <= lanes) {
        store_along_pixels(funcs, tile, xo);
    } else {
        store_along_channels(funcs, tile, machine, xo);
    }
    accumulate.compute_at(output, xo)
        .store_in(MemoryType::Stack)
        .bound_extent(funcs.v, funcs.block)
        .bound_extent(funcs.cb, 1)
        .split(funcs.v, vo, lane, lanes)
        .reorder(lane, vo, funcs.x, funcs.y)
        .vectorize(lane)
        .unroll(vo)
        .unroll(funcs.x)
        .unroll(funcs.y);
    sum_in_registers(funcs, tile, knobs.at("prefetch"));
}

void schedule_repack(const RepackFuncs &funcs, const Machine &machine) {
    Halide::Func output = funcs.output;
    output.bound(funcs.origin, 0, 1);
    if (funcs.contiguous_input && funcs.channels >= machine.lanes(funcs.dtype)) {
        output.vectorize(funcs.c, machine.lanes(funcs.dtype), TailStrategy::ShiftInwards);
    }
}

void schedule_pack_filter(const PackFilterFuncs &funcs, const Machine &) {
    Halide::Func output = funcs.output;
    // Blocks outermost: each block of the packed filter is written once, front to back.
    output.bound(funcs.origin, 0, 1).reorder(funcs.v, funcs.ci, funcs.cb, funcs.origin);
}

// A vector takes one cell of as many rows: that costs loads and stores lane by lane, and saves what would be left over of
// each row, which are a handful of channels more often than hundreds.
void schedule_softmax(const SoftmaxFuncs &funcs, const Machine &machine) {
    const Var rows("rows"), lane("lane");
    Halide::Func output = funcs.output;
    output.bound(funcs.origin, 0, 1)
        .split(funcs.row, rows, lane, machine.lanes(funcs.dtype), TailStrategy::GuardWithIf)
        .reorder(lane, funcs.cell, rows, funcs.b, funcs.c, funcs.d, funcs.origin)
        .vectorize(lane);
    for (Halide::Func sum : {funcs.most, funcs.total, funcs.scale}) {
        sum.compute_at(output, rows).store_in(MemoryType::Stack).bound_extent(funcs.row, machine.lanes(funcs.dtype));
        sum.vectorize(funcs.row);
        if (sum.has_update_definition()) {
            sum.update().reorder(funcs.row, funcs.k).vectorize(funcs.row);
        }
    }
}

}  // namespace tconv
