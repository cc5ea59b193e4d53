// SPDX-License-Identifier: Apache-2.0
// What the two transforms share: a sum over a matrix's row, with as few operations as it has terms.
#pragma once

#include <functional>

#include <Halide.h>

#include "generators/variants/winograd/toom_cook.h"

namespace tconv {

// The rows of `matrix` times terms x(0), x(1), ...: which row is that of `index`, a loop that is unrolled.
Halide::Expr transformed(const Matrix &matrix, const Halide::Expr &index, const std::function<Halide::Expr(int)> &x);

// Whether the matrix leaves its one operand as it is.
bool is_trivial(const Matrix &matrix);

}  // namespace tconv
