// SPDX-License-Identifier: Apache-2.0
// Valid for every shape and machine: plain loops, one sum at a time, nothing on the heap. For the kernels of the variant
// `reference`, which is all that an unknown machine gets, and those that other families have no better loops for.
#include "schedules/families.h"

namespace tconv {

namespace {

void pack_filter(const PackFilterFuncs &funcs, const Machine &) {
    Halide::Func output = funcs.output;
    output.bound(funcs.origin, 0, 1);
}

void sum_filter(const SumFilterFuncs &funcs, const Machine &) {
    Halide::Func output = funcs.output, sum = funcs.sum;
    output.bound(funcs.origin, 0, 1);
    // The lanes that hold zeros need no sum, and what is left to infer has no constant extent.
    sum.compute_at(output, funcs.v).bound_extent(funcs.v, 1).bound_extent(funcs.ci, 1).bound_extent(funcs.cb, 1);
}

void gather(const GatherFuncs &funcs, const Machine &) {
    Halide::Func output = funcs.output, accumulate = funcs.accumulate;
    output.bound(funcs.origin, 0, 1);
    accumulate.compute_at(output, funcs.co);
}

void softmax(const SoftmaxFuncs &funcs, const Machine &) {
    Halide::Func output = funcs.output;
    output.bound(funcs.origin, 0, 1);
    for (Halide::Func sum : {funcs.most, funcs.total, funcs.scale}) {
        sum.compute_at(output, funcs.row);
    }
}

}  // namespace

ScheduleFamily reference_family() {
    ScheduleFamily family;
    family.name = "reference";
    family.gather = gather;
    family.softmax = softmax;
    family.pack_filter = pack_filter;
    family.sum_filter = sum_filter;
    return family;
}

}  // namespace tconv
