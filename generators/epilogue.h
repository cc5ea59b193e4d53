// SPDX-License-Identifier: Apache-2.0
// What happens to a sum on its way into the output tensor: activation, NaN kept, no libm.
#pragma once

#include <Halide.h>

#include "tconv/layer.h"

namespace tconv {

// The activation of `sum` (bias already added). Comparisons are strict so that NaN stays NaN; multiply-adds that
// produce `sum` are not affected.
Halide::Expr activate(const Halide::Expr &sum, Activation activation);

}  // namespace tconv
