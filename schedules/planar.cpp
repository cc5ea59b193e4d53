// SPDX-License-Identifier: Apache-2.0
#include "schedules/planar.h"

#include <algorithm>

namespace tconv {

using Halide::MemoryType;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;
using Halide::VarOrRVar;

int registers_needed(const PlanarTile &tile) {
    const int vectors = tile.vectors * tile.rows;
    return vectors * tile.lanes + std::min(vectors, tile.lanes) + 1;
}

double cycles_per_channel(const PlanarTile &tile, const Machine &machine) {
    const int vectors = tile.vectors * tile.rows;
    const double arithmetic = static_cast<double>(vectors) * tile.lanes / machine.fma_per_cycle;
    const double loads = (vectors + tile.lanes) / machine.loads_per_cycle;
    return std::max({arithmetic, static_cast<double>(machine.fma_latency), loads});
}

int largest_divisor(int count, int most) {
    int divisor = std::min(count, most);
    while (count % divisor != 0) {
        divisor--;
    }
    return divisor;
}

namespace {

constexpr int kMostUnrolledSums = 128;
// Columns and channels of a block that is turned in registers: compilers know how to turn one of four by four, and make
// twice as many instructions of eight by eight.
constexpr int kTurnedLanes = 4;

// A phase run's sums in registers, added to by one loop over taps and channels, then written into the row.
void schedule_run(const PlanarRowsFuncs &funcs, size_t number, const PlanarTile &tile, const Machine &machine) {
    const PlanarRowsFuncs::PhaseRun &run = funcs.runs[number];
    const int lanes = machine.lanes(funcs.dtype), columns = tile.vectors * lanes;
    const int inner_lanes = largest_divisor(run.lanes, tile.lanes);
    const int inner_planes = largest_divisor(funcs.planes, std::max(1, tile.lanes / run.lanes));
    const std::string id = std::to_string(number);
    const Var xt("xt" + id), xu("xu" + id), xv("xv" + id), ct("ct" + id), cc("cc" + id);
    const Halide::RVar lo("lo" + id), li("li" + id);

    Halide::Func row = funcs.row;
    Stage write = row.update(static_cast<int>(number));
    write.split(funcs.x, xt, xu, columns, TailStrategy::RoundUp)
        .split(xu, xu, xv, lanes)
        .split(run.lane, lo, li, inner_lanes)
        .split(funcs.c, ct, cc, inner_planes, TailStrategy::RoundUp)
        // The lanes of a vector of columns are written one after the other, so that their cells, which lie side by side,
        // are stored as whole vectors.
        .reorder(xv, li, xu, cc, funcs.y, lo, ct, xt)
        .vectorize(xv)
        .unroll(li)
        .unroll(xu)
        .unroll(cc)
        .unroll(funcs.y);
    if (!run.sum.defined()) {
        return;
    }

    Halide::Func sum = run.sum;
    sum.compute_at(row, lo)
        .store_in(MemoryType::Stack)
        .bound_extent(funcs.x, columns)
        .bound_extent(funcs.i, inner_lanes)
        .bound_extent(funcs.c, inner_planes)
        .bound_extent(funcs.y, tile.rows)
        .split(funcs.x, xu, xv, lanes)
        .reorder(xv, funcs.i, xu, funcs.c, funcs.y)
        .vectorize(xv)
        .unroll(funcs.i)
        .unroll(xu)
        .unroll(funcs.c)
        .unroll(funcs.y);
    // The smaller operand stays in registers while the inner loops walk over it, and each value of the other is loaded,
    // used and dropped. The other way round the tile spills and takes twice as long.
    Stage add = sum.update();
    // Taps of x read the same cache lines: one after the other for every channel, where that is not too much code.
    const bool taps_inside = run.taps * tile.vectors * tile.rows * inner_lanes * inner_planes <= kMostUnrolledSums;
    const Halide::RVar t0 = taps_inside ? run.tx : run.ci, t1 = taps_inside ? run.ci : run.tx;
    if (taps_inside) {
        add.unroll(run.tx);
    }
    add.split(funcs.x, xu, xv, lanes);
    if (inner_lanes * inner_planes <= tile.vectors * tile.rows) {
        add.reorder(xv, funcs.i, funcs.c, xu, funcs.y, t0, t1, run.ty, run.tz);
    } else {
        add.reorder(xv, xu, funcs.y, funcs.i, funcs.c, t0, t1, run.ty, run.tz);
    }
    add.vectorize(xv).unroll(funcs.i).unroll(xu).unroll(funcs.c).unroll(funcs.y);
}

}  // namespace

void schedule_planar_rows(const PlanarRowsFuncs &funcs, const PlanarTile &tile, const Machine &machine) {
    Halide::Func output = funcs.output, row = funcs.row;
    output.bound(funcs.origin, 0, 1);
    if (funcs.pixels_apart) {
        output.vectorize(funcs.x, machine.lanes(funcs.dtype), TailStrategy::GuardWithIf);
    } else {
        output.vectorize(funcs.e, machine.lanes(funcs.dtype), TailStrategy::GuardWithIf);
        output.specialize(output.output_buffer().dim(0).stride() == 1);
    }
    row.compute_root()
        .store_in(MemoryType::Stack)
        .bound(funcs.i, 0, funcs.interleaved)
        .bound(funcs.c, 0, funcs.planes)
        .bound(funcs.y, 0, tile.rows)
        .align_bounds(funcs.x, tile.vectors * machine.lanes(funcs.dtype))
        .bound_storage(funcs.x, funcs.columns);
    for (size_t number = 0; number < funcs.runs.size(); number++) {
        schedule_run(funcs, number, tile, machine);
    }
}

void schedule_planar_copy(const PlanarCopyFuncs &funcs, const Machine &machine) {
    const int lanes = funcs.transposes ? kTurnedLanes : machine.lanes(funcs.dtype);
    Halide::Func output = funcs.output, block = funcs.block;
    output.bound(funcs.origin, 0, 1);
    if (funcs.columns < lanes) {
        return;
    }
    const Var xo("xo"), co("co"), xi("xi"), ci("ci");
    output.split(funcs.x, xo, xi, lanes, TailStrategy::ShiftInwards).vectorize(xi);
    if (!funcs.transposes) {
        output.reorder(xi, xo, funcs.c, funcs.y, funcs.z).specialize(funcs.column_stride == 1);
    } else if (funcs.channels < lanes) {
        output.reorder(xi, funcs.c, xo, funcs.y, funcs.z);
    } else {
        // Square blocks go through registers: a vector of channels for each column, turned there, stored as columns.
        output.split(funcs.c, co, ci, lanes, TailStrategy::ShiftInwards)
            .reorder(xi, ci, co, xo, funcs.y, funcs.z)
            .unroll(ci);
        block.compute_at(output, co).store_in(MemoryType::Register).vectorize(funcs.c, lanes).unroll(funcs.x);
    }
}

void schedule_planar_border(const PlanarBorderFuncs &funcs, const Machine &machine) {
    Halide::Func output = funcs.output;
    output.bound(funcs.origin, 0, 1).vectorize(funcs.x, machine.lanes(funcs.dtype), TailStrategy::GuardWithIf);
}

}  // namespace tconv
