// SPDX-License-Identifier: Apache-2.0
// Toom-Cook matrices: m outputs of a correlation with r taps by n = m + r - 1 multiplications instead of m * r.
//
//   y_k = sum over j < r of g_j d_(k+j), k < m,  is  y = output * ((filter * g) . (input * d))
//
// They come from evaluating polynomials at n - 1 points and at infinity. The fractions of the points' differences stand in
// `filter`, which is applied once in double precision; `input` and `output` have few terms and factors.
#pragma once

#include <cstdint>
#include <vector>

namespace tconv {

using Matrix = std::vector<std::vector<double>>;

struct ToomCook {
    int64_t outputs = 1, taps = 1;
    Matrix input;   // n x n
    Matrix filter;  // n x r
    Matrix output;  // m x n

    int64_t points() const { return outputs + taps - 1; }
};

constexpr int64_t kMostPoints = 6;

// With one output or one tap there is nothing to save: the matrices are then plain sums, without rounding of their own.
// points() may be up to kMostPoints where both are more.
ToomCook toom_cook(int64_t outputs, int64_t taps);

// Bound of the error of a sum through these matrices, in multiples of that of a direct sum in float32; of several axes, the
// product. Measured (tests/generators/winograd_test.cpp), not derived.
double error_growth(int64_t outputs, int64_t taps);

}  // namespace tconv
