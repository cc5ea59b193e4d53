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

// Root mean square error of a sum through these matrices on flat data, in multiples of that of a direct sum in float32; of
// several axes, the product. Measured (tests/generators/winograd_test.cpp), not derived: it bounds no single output.
double error_growth(int64_t outputs, int64_t taps);

// What does bound each of them, for any data: sums over the absolute values of the matrices, and counts of their terms.
//
//   growth = max over k, j of  sum over p of |output_kp| |filter_pj| sum over i of |input_pi|
//   terms  = the most terms in a row of `input` and in one of `output`: each may round
//
// A transformed input is at most `input` times the largest of its window, a transformed filter tap `filter` times the
// largest tap, and any sum of the output transform `sum` times their product.
struct TransformGains {
    double growth = 1;
    int64_t terms = 0;
    double input = 1, filter = 1, sum = 1;
};
TransformGains transform_gains(const ToomCook &matrices);

}  // namespace tconv
