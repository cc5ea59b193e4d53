// SPDX-License-Identifier: Apache-2.0
// One plain schedule for CUDA and OpenCL: a thread sums tile_x pixels of one output channel in registers. Neighbouring
// threads take neighbouring channels, so that filter loads and stores coalesce and input loads are broadcasts.
#include "schedules/families.h"

namespace tconv {

using Halide::MemoryType;
using Halide::TailStrategy;
using Halide::Var;

namespace {

constexpr int kRowsPerBlock = 4;

void tap_product(const TapProductFuncs &funcs, const Knobs &knobs, const Machine &machine) {
    const int tile_x = knobs.at("tile_x");
    Var xo("xo"), xi("xi"), yo("yo"), yi("yi"), block("block"), v("thread");
    Halide::Func output = funcs.output, accumulate = funcs.accumulate;
    // One launch for each batch entry and 32 channels. Fusing those loops with a block index would make z the remainder of
    // a remainder, for which bounds inference gives the whole range of z, and a sum of one cell no longer fits.
    output.bound(funcs.origin, 0, 1)
        .split(funcs.co, block, v, machine.lanes(funcs.dtype), TailStrategy::GuardWithIf)
        .split(funcs.x, xo, xi, tile_x, TailStrategy::ShiftInwards)
        .split(funcs.y, yo, yi, kRowsPerBlock, TailStrategy::GuardWithIf)
        .reorder(xi, v, yi, xo, yo, funcs.z, funcs.n, block, funcs.origin)
        .gpu_blocks(xo, yo, funcs.z)
        .gpu_threads(v, yi)
        .unroll(xi);
    accumulate.compute_at(output, v)
        .store_in(MemoryType::Register)
        .bound_extent(funcs.v, 1)
        .bound_extent(funcs.cb, 1)
        .bound_extent(funcs.x, tile_x)
        .bound_extent(funcs.y, 1)
        .bound_extent(funcs.z, 1)
        .bound_extent(funcs.n, 1)
        .unroll(funcs.x);
    accumulate.update().reorder(funcs.x, funcs.ci, funcs.tx, funcs.ty, funcs.tz, funcs.v).unroll(funcs.x);
    if (knobs.at("unroll_ci") > 1) {
        accumulate.update().unroll(funcs.ci, knobs.at("unroll_ci"));
    }
}

void repack(const RepackFuncs &funcs, const Machine &machine) {
    Var co("co"), ci("ci"), outer("outer");
    Halide::Func output = funcs.output;
    output.bound(funcs.origin, 0, 1)
        .split(funcs.c, co, ci, machine.lanes(funcs.dtype), TailStrategy::GuardWithIf)
        .reorder(ci, co, funcs.x, funcs.y, funcs.z, funcs.n, funcs.origin)
        .fuse(funcs.z, funcs.n, outer)
        .fuse(funcs.y, outer, outer)
        .gpu_blocks(co, funcs.x, outer)
        .gpu_threads(ci);
}

void gather(const GatherFuncs &funcs, const Machine &machine) {
    Var block("block"), ci("thread");
    Halide::Func output = funcs.output, accumulate = funcs.accumulate;
    output.bound(funcs.origin, 0, 1)
        .split(funcs.co, block, ci, machine.lanes(funcs.dtype), TailStrategy::GuardWithIf)
        .reorder(ci, block, funcs.x, funcs.y, funcs.z, funcs.n, funcs.origin)
        .gpu_blocks(block, funcs.x, funcs.y)
        .gpu_threads(ci);
    accumulate.compute_at(output, ci).store_in(MemoryType::Register);
    for (const Var &dim : {funcs.co, funcs.x, funcs.y, funcs.z, funcs.n}) {
        accumulate.bound_extent(dim, 1);
    }
}

// A thread takes a row.
void softmax(const SoftmaxFuncs &funcs, const Machine &machine) {
    Var block("block"), ri("thread");
    Halide::Func output = funcs.output;
    output.bound(funcs.origin, 0, 1)
        .split(funcs.row, block, ri, machine.lanes(funcs.dtype), TailStrategy::GuardWithIf)
        .reorder(funcs.cell, ri, block, funcs.b, funcs.c, funcs.d, funcs.origin)
        .gpu_blocks(block, funcs.b, funcs.c)
        .gpu_threads(ri);
    for (Halide::Func sum : {funcs.most, funcs.total, funcs.scale}) {
        sum.compute_at(output, ri).store_in(MemoryType::Register);
        for (const Var &dim : {funcs.row, funcs.b, funcs.c, funcs.d}) {
            sum.bound_extent(dim, 1);
        }
    }
}

}  // namespace

ScheduleFamily gpu_family() {
    ScheduleFamily family;
    family.name = "gpu";
    family.tap_product = tap_product;
    family.repack = repack;
    family.gather = gather;
    family.softmax = softmax;
    family.pack_filter = reference_family().pack_filter;  // the host packs
    return family;
}

}  // namespace tconv
