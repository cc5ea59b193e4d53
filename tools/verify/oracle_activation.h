// SPDX-License-Identifier: Apache-2.0
// Activations of the oracle: values in double precision, and how far a float32 implementation may be from them.
#pragma once

#include <cstdint>
#include <vector>

#include "tconv/layer.h"

namespace tconv {

// An elementwise activation of one cell, a prelu by Layer::activation_of(): the formula in IEEE arithmetic, as the
// frameworks evaluate it. So NaN gives NaN, and so does 0 * Inf: gelu, silu, mish and hard_silu of -Inf, softsign of either
// infinity.
double activate(const Activation &activation, double v);

// What the value of an elementwise activation may be off by, where its argument is off by `argument_error` at most.
double activation_bound(const Activation &activation, double value, double argument_error);

// Softmax over rows of `length` neighbouring cells, in place. A row with NaN or +Inf, or of -Inf alone, is NaN in every
// cell, as in TensorFlow.
void softmax_rows(std::vector<double> &cells, int64_t length);

// What each cell of such a row may be off by: `value` are the results, `argument_error` what each argument may be off
// by. Both have `length` entries, as has the result.
std::vector<double> softmax_bounds(const double *value, const double *argument_error, int64_t length);

}  // namespace tconv
