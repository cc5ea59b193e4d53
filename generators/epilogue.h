// SPDX-License-Identifier: Apache-2.0
// What happens to a sum on its way into the output tensor: activation, NaN kept, no libm.
#pragma once

#include <Halide.h>

#include "tconv/layer.h"

namespace tconv {

// The activation of `sum` (bias already added), within 4 ulp or 1e-6 of it, denormal results included. NaN stays NaN
// although the multiply-adds that produce `sum` are fast-math, and they stay that. Of an Inf it makes what the formula
// makes in IEEE arithmetic, as TensorFlow does: so -Inf * 0, the gelu, silu, mish or hard_silu of -Inf, is NaN.
//
// kSoftmax is no function of one cell: the sum itself is what its last stage starts from (kernels/softmax.h).
//
// `slope` is the channel's where the activation is kPrelu, and undefined otherwise.
Halide::Expr activate(const Halide::Expr &sum, const Activation &activation, const Halide::Expr &slope = {});

// The same with parameters that are known when the code runs. Their default gives what a constant gives, to the bit.
Halide::Expr activate(const Halide::Expr &sum, Activation::Kind kind, const Halide::Expr &a, const Halide::Expr &b);

// Whether that is tens of instructions.
bool is_long(Activation::Kind kind);

constexpr double kFittedCyclesPerLongEpilogue = 35;  // of a vector; fitted on znver3 with AVX2, over the activations

// Estimated cycles that such an activation takes for all outputs of the layer; 0 for the others, which hide in the store.
double long_epilogue_cycles(const Layer &layer, int lanes);

}  // namespace tconv
