// SPDX-License-Identifier: Apache-2.0
#include "schedules/matrix_product.h"

#include "schedules/register_tile.h"
#include "schedules/registry.h"

namespace tconv {

using Halide::MemoryType;
using Halide::PrefetchBoundStrategy;
using Halide::Stage;
using Halide::Var;
using Halide::VarOrRVar;

int most_product_rows(int vectors, const Machine &machine) {
    const TileRules &rules = family_for(machine).tiles;
    const auto needed = [&](int rows) {
        return registers_needed({vectors, rows, 1}) + rules.product_loads_ahead(vectors, rows);
    };
    int rows = 1;
    while (needed(rows + 1) <= machine.vector_registers) {
        rows++;
    }
    return rows;
}

namespace {

// Inner to outer as in register_tile.cpp: the smaller operand is held while the inner unrolled loop walks over the other.
void order_update(Stage update, const MatrixProductFuncs &funcs, const MatrixProductTile &tile, const Machine &machine,
                  const std::vector<VarOrRVar> &reduction) {
    const Var vo("vo"), lane("lane");
    update.split(funcs.v, vo, lane, machine.lanes(funcs.dtype));
    const bool hold_filter = tile.vectors <= tile.rows;
    std::vector<VarOrRVar> order = {lane, hold_filter ? vo : funcs.row, hold_filter ? funcs.row : vo};
    order.insert(order.end(), reduction.begin(), reduction.end());
    update.reorder(order).vectorize(lane).unroll(vo).unroll(funcs.row);
}

}  // namespace

void schedule_matrix_product(const MatrixProductFuncs &funcs, const MatrixProductTile &tile, const Machine &machine) {
    const Var vo("vo"), lane("lane");
    Halide::Func output = funcs.output, sum = funcs.sum;
    const bool filter_outer = tile.order == ProductOrder::kFilterOuter;
    const Var &inner = filter_outer ? funcs.tile : funcs.cb, &outer = filter_outer ? funcs.cb : funcs.tile;
    output.bound(funcs.origin, 0, 1)
        .bound(funcs.v, 0, tile.vectors * machine.lanes(funcs.dtype))
        .bound(funcs.row, 0, tile.rows)
        .split(funcs.v, vo, lane, machine.lanes(funcs.dtype))
        .reorder(lane, vo, funcs.row, inner, outer, funcs.origin)
        .vectorize(lane)
        .unroll(vo)
        .unroll(funcs.row);
    sum.compute_at(output, inner)
        .store_in(MemoryType::Stack)
        .bound_extent(funcs.v, tile.vectors * machine.lanes(funcs.dtype))
        .bound_extent(funcs.row, tile.rows)
        .split(funcs.v, vo, lane, machine.lanes(funcs.dtype))
        .reorder(lane, vo, funcs.row)
        .vectorize(lane)
        .unroll(vo)
        .unroll(funcs.row);
    order_update(sum.update(0), funcs, tile, machine, {funcs.k, funcs.panel});
    sum.update(0).unroll(funcs.k);
    if (tile.prefetch > 0) {
        sum.update(0).prefetch(funcs.filter, funcs.panel, funcs.panel, tile.prefetch,
                               PrefetchBoundStrategy::NonFaulting);
    }
    if (funcs.has_rest) {
        order_update(sum.update(1), funcs, tile, machine, {funcs.rest});
        sum.update(1).unroll(funcs.rest);
    }
}

}  // namespace tconv
