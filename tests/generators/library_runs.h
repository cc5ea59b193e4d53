// SPDX-License-Identifier: Apache-2.0
// One call of a compiled library, with every tensor between guard pages and all that is only read made read-only.
#pragma once

#include <string>
#include <vector>

#include "tconv/layer.h"
#include "tests/support/compiled_library.h"
#include "tests/support/guarded_buffer.h"
#include "tests/support/layer_data.h"
#include "tools/verify/oracle.h"

namespace tconv::test {

enum class Entry {
    kRun,            // NAME_run
    kShuffledTasks,  // NAME_task, the tasks of each stage in a random order
};

// How the cells of input and output lie in memory.
enum class Memory {
    kDense,       // NULL strides
    kGaps,        // cells between all rows, pixels and (channels_first) channels
    kTransposed,  // spatial axes in the opposite order, with gaps
    kReversed,    // kGaps with negative strides in batch and space
};

struct RunOptions {
    Entry entry = Entry::kRun;
    Memory memory = Memory::kDense;
    Guard guard = Guard::kAfter;
};

// NAME_pack into a guarded buffer of exactly the stated size, read-only afterwards; an empty one for a library that
// holds its weights. Failures are GoogleTest failures.
GuardedBuffer packed_weights(const CompiledLibrary &library, const LayerData &data, Guard guard);

// The output as a dense tensor. That the call succeeds and writes nothing but output cells and workspace are GoogleTest
// expectations.
std::vector<float> run_library(const Layer &layer, const CompiledLibrary &library, const GuardedBuffer &weights,
                               const std::vector<float> &input, const RunOptions &options = {});

// The same with weights packed for this one call.
std::vector<float> run_library(const Layer &layer, const CompiledLibrary &library, const LayerData &data,
                               const RunOptions &options = {});

bool same_bytes(const std::vector<float> &a, const std::vector<float> &b);

// The same bytes as from NAME_run on dense tensors, however the library is called.
void expect_same_however_called(const Layer &layer, const CompiledLibrary &library, const LayerData &data,
                                const std::vector<float> &expected);

OracleResult oracle_of(const Layer &layer, const LayerData &data);

// The library on data whose scales differ by orders of magnitude: within the bound of a cell's window where it transforms,
// else within that of the cell. Returns the largest error in units of the bound.
double expect_right_on_rough_data(const Layer &layer, const CompiledLibrary &library);

// Whether sums of small integers stay exact through the layer's activation.
bool exact_on_small_integers(const Layer &layer);

// The library on small integers, where the result has to be exact if the layer allows it, else within the bound of
// rounding.
void expect_right_on_small_integers(const Layer &layer, const CompiledLibrary &library);

}  // namespace tconv::test
