// SPDX-License-Identifier: Apache-2.0
// The tensors that a library is verified on, and how its output on them is judged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tconv/layer.h"
#include "tools/compiler/build_library.h"
#include "tools/verify/oracle.h"

namespace tconv {

// Dense, in the orders that Layer documents; no bias where the layer has none.
struct VerifyTensors {
    std::vector<float> input, filter, bias;

    const float *bias_or_null() const { return bias.empty() ? nullptr : bias.data(); }
};

VerifyTensors random_tensors(const Layer &layer, uint64_t seed);

// Small enough for exact_on_integers().
VerifyTensors integer_tensors(const Layer &layer, uint64_t seed);

// Whether every sum over integer_tensors() is an integer that the layer's types hold, and the activation keeps it one. Weights of
// the layer file are in the library and are no integers. Variants whose errors grow further than that scale the filter by
// fractions with other denominators than powers of two.
bool exact_on_integers(const Layer &layer, const Choice &choice);

// What compare_in_windows() needs to know of a library that transforms.
WindowRounding window_rounding(const Choice &choice);

// For tensors of any kind. A library that transforms is held to the bound of a cell's window, others to that of the cell.
// Left out are output channels of weights that are NaN or Inf, and cells that a NaN or Inf of the input may reach without a
// tap. `findings` gets a line about what is left out, and one about finite tensors that may overflow on the way.
Comparison judge_any_data(const Layer &layer, const Choice &choice, const VerifyTensors &tensors,
                          const OracleResult &reference, const float *output, std::vector<std::string> &findings);

}  // namespace tconv
