// SPDX-License-Identifier: Apache-2.0
#include "schedules/winograd.h"

#include <algorithm>

namespace tconv {

using Halide::MemoryType;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;
using Halide::VarOrRVar;

// Tiles innermost: their pieces of a panel lie side by side and fill whole lines.
void schedule_winograd_input(const WinogradInputFuncs &funcs, const Machine &machine) {
    const int lanes = std::min(funcs.panel, machine.lanes(funcs.dtype));
    const Var part("part"), lane("lane");
    Halide::Func output = funcs.output;
    output.bound(funcs.origin, 0, 1).bound(funcs.k, 0, funcs.panel);
    output.bound(funcs.px, 0, funcs.points[0]).bound(funcs.py, 0, funcs.points[1]).bound(funcs.pz, 0, funcs.points[2]);
    output.split(funcs.k, part, lane, lanes)
        .reorder(lane, funcs.px, funcs.py, funcs.pz, part, funcs.tile, funcs.g, funcs.origin)
        .vectorize(lane)
        .unroll(funcs.px)
        .unroll(funcs.py)
        .unroll(funcs.pz);
    for (Halide::Func stage : funcs.stages) {
        stage.compute_at(output, part)
            .store_in(MemoryType::Stack)
            .bound_extent(funcs.k, lanes)
            .vectorize(funcs.k)
            .unroll(funcs.px)
            .unroll(funcs.py)
            .unroll(funcs.pz);
    }
}

void schedule_winograd_output(const WinogradOutputFuncs &funcs, const Machine &machine) {
    const int lanes = machine.lanes(funcs.dtype);
    const Var part("part"), lane("lane");
    Halide::Func output = funcs.output;
    output.bound(funcs.origin, 0, 1).bound(funcs.c, 0, funcs.channels);
    // A rest of channels: the last vector is moved back inside, or where that would store twice, masked.
    const TailStrategy rest = !funcs.clipped          ? TailStrategy::ShiftInwards
                              : machine.masked_stores ? TailStrategy::Predicate
                                                      : TailStrategy::GuardWithIf;
    const TailStrategy tail = funcs.channels % lanes == 0 ? TailStrategy::RoundUp : rest;
    std::vector<VarOrRVar> along = {funcs.ox, funcs.oy, funcs.oz};
    if (funcs.clipped) {
        along.assign(funcs.clip.begin(), funcs.clip.end());
    } else {
        output.bound(funcs.ox, 0, funcs.outputs[0])
            .bound(funcs.oy, 0, funcs.outputs[1])
            .bound(funcs.oz, 0, funcs.outputs[2]);
    }
    const auto store = [&](auto &&stage) {
        stage.split(funcs.c, part, lane, lanes, tail)
            .reorder(lane, along[0], along[1], along[2], part, funcs.tile, funcs.origin)
            .vectorize(lane);
        // Many instructions, unrolled over a tile, would come to tens of kilobytes of code.
        for (const VarOrRVar &axis : along) {
            if (!funcs.long_epilogue) {
                stage.unroll(axis);
            }
        }
    };
    if (funcs.clipped) {
        store(output.update());
    } else {
        store(output);
    }
    for (size_t i = 0; i < funcs.stages.size(); i++) {
        Halide::Func stage = funcs.stages[i];
        const auto &[x, y, z] = funcs.extents[i];
        // All of a tile is computed, whatever of it is stored: loops of known extents, and sums in registers.
        stage.compute_at(output, part)
            .store_in(MemoryType::Stack)
            .bound_extent(funcs.c, lanes)
            .bound(funcs.ox, 0, x)
            .bound(funcs.oy, 0, y)
            .bound(funcs.oz, 0, z)
            .vectorize(funcs.c)
            .unroll(funcs.ox)
            .unroll(funcs.oy)
            .unroll(funcs.oz);
    }
}

}  // namespace tconv
