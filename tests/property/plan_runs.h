// SPDX-License-Identifier: Apache-2.0
// Runs of the general kernels. No GoogleTest here: property_smoke runs where there is none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tconv/plan.h"
#include "tests/property/placement.h"
#include "tests/support/layer_data.h"

namespace tconv::test {

// Those built into the library that this processor runs.
std::vector<Isa> available_isas();

// What computes a layer: as plans choose it, or one method stated.
struct Kernels {
    Isa isa = Isa::kX86;
    Method method = Method::kCheapest;
};

// "x86-64-avx2" or "x86-64-avx2, by columns".
std::string to_text(const Kernels &kernels);

// Every available instruction set, as plans choose and by columns.
const std::vector<Kernels> &available_kernels();

Expected<Plan> make_plan(const Layer &layer, const LayerData &data, Kernels kernels);

// Dense input to dense output in ordinary memory. Cells that are not written are NaN in the result.
Expected<std::vector<float>> run_dense(const Plan &plan, const std::vector<float> &input,
                                       const ParallelFor &parallel_for = {});

// A plan of the data, for this one run.
Expected<std::vector<float>> run_dense(const Layer &layer, const LayerData &data, Kernels kernels);

struct PlacedRun {
    Placement input, output;
    Guard guard = Guard::kAfter;
    bool state_strides = true;  // else none are given, which is for dense tensors
};

// Between guard pages, with the input read-only; the output's cells in dense order. A write beside those cells is an
// error, one beside the buffer ends the program.
Expected<std::vector<float>> run_placed(const Plan &plan, const std::vector<float> &input, const PlacedRun &run);

// make_plan from a read-only filter and bias between guard pages.
Expected<Plan> make_plan_between_guards(const Layer &layer, const LayerData &data, Kernels kernels, Guard guard);

// Bodies one after the other, in a random order.
ParallelFor shuffled(uint64_t seed);

// Bodies on several threads. `largest` is set to the largest count that was asked for.
ParallelFor on_threads(int threads, int64_t *largest = nullptr);

}  // namespace tconv::test
