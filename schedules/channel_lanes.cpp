// SPDX-License-Identifier: Apache-2.0
#include "schedules/channel_lanes.h"

#include <algorithm>

namespace tconv {

using Halide::MemoryType;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::VarOrRVar;

int registers_needed(const ChannelLanesTile &tile) {
    return tile.pixels * tile.channels + tile.channels + (tile.channels > 1 ? 1 : 0);
}

double cycles_per_vector(const ChannelLanesTile &tile, const Machine &machine) {
    const double arithmetic = static_cast<double>(tile.pixels) * tile.channels / machine.fma_per_cycle;
    const double loads = (tile.pixels + tile.channels) / machine.loads_per_cycle;
    return std::max({arithmetic, static_cast<double>(machine.fma_latency), loads});
}

namespace {

constexpr int kMostUnrolledSums = 256;

void order_sums(Stage add, const ChannelLanesFuncs &funcs, const ChannelLanesTile &tile, const VarOrRVar &lanes,
                const std::vector<VarOrRVar> &reduction) {
    // Each vector of the smaller operand is held while the inner loops walk over it.
    const bool hold_filter = tile.channels <= tile.pixels;
    std::vector<VarOrRVar> order = {lanes, hold_filter ? funcs.co : funcs.j, hold_filter ? funcs.j : funcs.co};
    order.insert(order.end(), reduction.begin(), reduction.end());
    add.reorder(order).vectorize(lanes).unroll(funcs.j).unroll(funcs.co);
}

void schedule_piece(const ChannelLanesFuncs &funcs, size_t number, const ChannelLanesTile &whole_tile) {
    const ChannelLanesFuncs::Piece &piece = funcs.pieces[number];
    const ChannelLanesTile tile{piece.pixels, whole_tile.channels, whole_tile.lanes, 0};
    Halide::Func row = funcs.row;
    Stage write = row.update(static_cast<int>(number));
    write.reorder(piece.channel, piece.pixel, piece.tile, funcs.y).unroll(piece.channel);
    if (!piece.total.defined()) {
        return;
    }
    write.unroll(piece.pixel);
    Halide::Func total = piece.total;
    total.compute_at(row, piece.pixel).store_in(MemoryType::Register);
    for (size_t i = 0; i < piece.sums.size(); i++) {
        const ChannelLanesFuncs::Sum &sums = piece.sums[i];
        total.update(static_cast<int>(i)).atomic().vectorize(sums.lane);
        Halide::Func sum = sums.func;
        sum.compute_at(row, piece.tile)
            .store_in(MemoryType::Stack)
            .bound_extent(funcs.v, sums.lanes)
            .bound_extent(funcs.j, piece.pixels)
            .bound_extent(funcs.co, tile.channels)
            .vectorize(funcs.v, sums.lanes)
            .unroll(funcs.j)
            .unroll(funcs.co);
        // Unrolled taps lie around a loop, over channels or else over rows: in one basic block, neighbouring pixels would
        // find their input loaded already for another tap, compilers would keep all of it, on the stack, and add the taps
        // of a pixel in the order of those loads.
        if (piece.at_border) {
            if (sums.vectors > 1) {
                order_sums(sum.update(), funcs, tile, funcs.v, {sums.vector, sums.tx, sums.ty, sums.tz});
            } else {
                order_sums(sum.update(), funcs, tile, funcs.v, {sums.vector, sums.ty, sums.tz, sums.tx});
            }
            sum.update().unroll(sums.tx);
        } else {
            order_sums(sum.update(), funcs, tile, funcs.v, {sums.vector, sums.tx, sums.ty, sums.tz});
            if (piece.taps == 1 && sums.vectors * piece.pixels * tile.channels <= kMostUnrolledSums) {
                sum.update().unroll(sums.vector);
            }
        }
    }
}

}  // namespace

void schedule_channel_lanes(const ChannelLanesFuncs &funcs, const ChannelLanesTile &tile, const Machine &machine) {
    Halide::Func output = funcs.output, row = funcs.row;
    output.bound(funcs.origin, 0, 1);
    if (funcs.pixels_apart) {
        output.vectorize(funcs.x, machine.lanes(funcs.dtype), TailStrategy::GuardWithIf);
    } else {
        output.vectorize(funcs.e, machine.lanes(funcs.dtype), TailStrategy::GuardWithIf);
    }
    output.specialize(funcs.dense);
    row.compute_at(output, funcs.y).store_in(MemoryType::Stack).bound(funcs.e, 0, funcs.cells);
    for (size_t number = 0; number < funcs.pieces.size(); number++) {
        schedule_piece(funcs, number, tile);
    }
}

int channel_blocks_together(const Machine &machine, DataType type) { return std::max(8, machine.lanes(type)); }

void schedule_channel_blocks(const ChannelBlocksFuncs &funcs, const ChannelLanesTile &tile, const Machine &machine) {
    const Halide::Var outer("outer"), inner("inner"), eo("eo");
    const int cells = tile.pixels * funcs.cells;
    Halide::Func output = funcs.output, row = funcs.row, total = funcs.total;
    output.bound(funcs.origin, 0, 1);
    if (funcs.pixels_apart) {
        output.split(funcs.x, outer, inner, tile.pixels * funcs.phases_x, TailStrategy::ShiftInwards)
            .reorder(inner, funcs.co, funcs.f, outer, funcs.q)
            .vectorize(inner);
    } else {
        output.split(funcs.e, outer, inner, cells, TailStrategy::ShiftInwards)
            .reorder(inner, funcs.f, outer, funcs.q)
            .vectorize(inner, machine.lanes(funcs.dtype));
    }
    if (tile.prefetch > 0) {
        output.prefetch(funcs.input, outer, outer, tile.prefetch, Halide::PrefetchBoundStrategy::NonFaulting);
    }
    // A tile's input is read for one phase of y after the other while it lies in the first-level cache.
    row.compute_at(output, funcs.f).store_in(MemoryType::Stack).bound_extent(funcs.e, cells);
    row.split(funcs.e, eo, funcs.e, channel_blocks_together(machine, funcs.dtype)).vectorize(funcs.e);
    total.compute_at(row, eo).store_in(MemoryType::Register).vectorize(funcs.e);
    for (size_t i = 0; i < funcs.sums.size(); i++) {
        const ChannelBlocksFuncs::Sum &sums = funcs.sums[i];
        total.update(static_cast<int>(i)).reorder(sums.lane, funcs.e).vectorize(funcs.e).atomic().vectorize(sums.lane);
        Halide::Func sum = sums.func;
        sum.compute_at(row, eo).store_in(MemoryType::Stack).bound_extent(funcs.v, sums.lanes);
        sum.vectorize(funcs.v).unroll(funcs.e);
        sum.update().reorder(funcs.v, funcs.e, sums.vector, sums.tz).vectorize(funcs.v).unroll(funcs.e);
        if (sums.vectors * tile.lanes <= kMostUnrolledSums) {
            sum.update().unroll(sums.vector);
        }
    }
    output.specialize(funcs.dense);
}

}  // namespace tconv
