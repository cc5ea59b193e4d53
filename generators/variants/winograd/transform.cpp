// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/transform.h"

#include "generators/number.h"

#include <cmath>
#include <vector>

namespace tconv {

using Halide::Expr;

namespace {

// Additions first, so that no sign has to be changed, and no multiplication by 1.
Expr weighted_sum(const std::vector<double> &weights, const std::function<Expr(int)> &x) {
    Expr sum;
    for (const bool negative : {false, true}) {
        for (size_t k = 0; k < weights.size(); k++) {
            if (weights[k] == 0 || (weights[k] < 0) != negative) {
                continue;
            }
            const float magnitude = static_cast<float>(std::fabs(weights[k]));
            const Expr term = magnitude == 1 ? x(number(k)) : x(number(k)) * magnitude;
            if (!sum.defined()) {
                sum = negative ? -term : term;
            } else {
                sum = negative ? sum - term : sum + term;
            }
        }
    }
    return sum;
}

}  // namespace

Expr transformed(const Matrix &matrix, const Expr &index, const std::function<Expr(int)> &x) {
    Expr result = weighted_sum(matrix.back(), x);
    for (size_t row = matrix.size() - 1; row-- > 0;) {
        result = select(index == number(row), weighted_sum(matrix[row], x), result);
    }
    return result;
}

bool is_trivial(const Matrix &matrix) { return matrix.size() == 1 && matrix[0].size() == 1; }

}  // namespace tconv
