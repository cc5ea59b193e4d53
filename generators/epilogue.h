// SPDX-License-Identifier: Apache-2.0
// What happens to a sum on its way into the output tensor: activation, NaN kept, no libm.
#pragma once

#include <Halide.h>

#include "tconv/layer.h"

namespace tconv {

// The activation of `sum` (bias already added). NaN stays NaN although the multiply-adds that produce `sum` are fast-math,
// and they stay that.
Halide::Expr activate(const Halide::Expr &sum, Activation activation);

}  // namespace tconv
