// SPDX-License-Identifier: Apache-2.0
// What holds for the general kernels on every layer. Each function returns an empty text, or one line about what is
// wrong.
#pragma once

#include <cstdint>
#include <string>

#include "tests/property/plan_runs.h"
#include "tests/property/random_layers.h"
#include "tests/support/layer_data.h"

namespace tconv::test {

// The readers find the shapes, windows and epilogue that the call has.
std::string is_read_as_meant(const RandomLayer &random);

// Small integers exactly, random numbers within the bound of rounding.
std::string matches_oracle(const Layer &layer, uint64_t seed, Kernels kernels);

// <conv_transpose(x), y> = <x, conv(y)>, exactly on small integers.
std::string is_adjoint_of_convolution(const RandomLayer &random, Kernels kernels);

// f(a x + b y) = a f(x) + b f(y), exactly on small integers.
std::string is_linear_in_input(const Layer &layer, uint64_t seed, Kernels kernels);
std::string is_linear_in_filter(const Layer &layer, uint64_t seed, Kernels kernels);

// The same bytes from channels_first and channels_last; without a softmax, which means something else in each.
std::string ignores_layout(const Layer &layer, uint64_t seed, Kernels kernels);

// The same bytes in dense and in strided memory, between guard pages on either side, and nothing written beside them.
std::string stays_inside_its_tensors(const Layer &layer, uint64_t seed, Kernels kernels);

// The same bytes in every order of the tasks, on several threads, and from two runs of one plan at once.
// `largest_count` is set to the largest number of tasks met, so that a caller can tell whether there was anything to
// reorder.
std::string ignores_task_order(const Layer &layer, uint64_t seed, Kernels kernels, int64_t *largest_count);

// The same bytes from every instruction set on small integers.
std::string ignores_isa(const Layer &layer, uint64_t seed);

// NaN or Inf in one cell of the input, of the filter and of the bias is exactly where the oracle has it. The seed
// decides which and where.
std::string keeps_nonfinite_with_its_taps(const Layer &layer, uint64_t seed, Kernels kernels);

}  // namespace tconv::test
