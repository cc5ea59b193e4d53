// SPDX-License-Identifier: Apache-2.0
#include "schedules/general_tile.h"

namespace tconv {

using Halide::MemoryType;
using Halide::RVar;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;
using Halide::VarOrRVar;

GeneralTile general_tile(int vectors, int pixels, const Machine &machine) {
    GeneralTile tile{vectors, pixels, 1};
    const double chains = machine.fma_latency * machine.fma_per_cycle;
    while (tile.vectors * tile.pixels * tile.partial_sums < chains) {
        tile.partial_sums *= 2;
    }
    return tile;
}

namespace {

// Inner to outer as in register_tile.cpp: the smaller operand is held while the inner unrolled loop walks over the other.
void order_update(Stage update, const GeneralTile &tile, const Machine &machine, const GeneralProductFuncs &funcs,
                  const std::vector<VarOrRVar> &reduction) {
    const Var vo("vo"), lane("lane");
    update.split(funcs.v, vo, lane, machine.lanes(funcs.dtype));
    const bool hold_filter = tile.vectors <= tile.pixels;
    std::vector<VarOrRVar> order = {lane, hold_filter ? vo : funcs.x, hold_filter ? funcs.x : vo};
    order.insert(order.end(), reduction.begin(), reduction.end());
    update.reorder(order).vectorize(lane).unroll(vo).unroll(funcs.x);
}

}  // namespace

void schedule_general_product(const GeneralProductFuncs &funcs, const GeneralTile &tile, const Machine &machine) {
    const int lanes = machine.lanes(funcs.dtype);
    const Var xo("xo"), xi("xi"), vo("vo"), lane("lane");
    Halide::Func output = funcs.output, accumulate = funcs.accumulate;
    output.split(funcs.x, xo, xi, tile.pixels, TailStrategy::ShiftInwards)
        .split(funcs.v, vo, lane, lanes, TailStrategy::RoundUp)
        .reorder(lane, vo, xi, xo)
        .vectorize(lane)
        .unroll(vo)
        .unroll(xi);
    accumulate.compute_at(output, xo)
        .store_in(MemoryType::Stack)
        .bound_extent(funcs.v, tile.vectors * lanes)
        .bound_extent(funcs.x, tile.pixels)
        .split(funcs.v, vo, lane, lanes)
        .reorder(lane, vo, funcs.x, funcs.s)
        .vectorize(lane)
        .unroll(vo)
        .unroll(funcs.x)
        .unroll(funcs.s);
    order_update(accumulate.update(0), tile, machine, funcs, {funcs.s, funcs.ci, funcs.tx, funcs.ty, funcs.tz});
    accumulate.update(0).unroll(funcs.s);
    if (tile.partial_sums > 1) {
        order_update(accumulate.update(1), tile, machine, funcs,
                     {funcs.rest_ci, funcs.rest_tx, funcs.rest_ty, funcs.rest_tz});
    }
}

void schedule_general_map(const GeneralMapFuncs &funcs, const Machine &machine) {
    Halide::Func(funcs.output).vectorize(funcs.x, machine.lanes(funcs.dtype), TailStrategy::RoundUp);
}

}  // namespace tconv
