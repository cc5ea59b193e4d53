// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/toom_cook.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace tconv {

namespace {

// 1/2 and -2 rather than 2 and -2: with six points that is a third of the error.
constexpr std::array<double, kMostPoints - 1> kPoints = {0, 1, -1, 0.5, -2};

// Rows: a polynomial's `coefficients` taken to its values at n - 1 points and at infinity.
Matrix evaluation(int64_t n, int64_t coefficients) {
    Matrix rows(n, std::vector<double>(coefficients));
    for (int64_t i = 0; i + 1 < n; i++) {
        double power = 1;
        for (double &value : rows[i]) {
            value = power;
            power *= kPoints[i];
        }
    }
    rows[n - 1][coefficients - 1] = 1;
    return rows;
}

// The product of the differences of point i from the others.
double difference_product(int64_t n, int64_t i) {
    double product = 1;
    for (int64_t j = 0; i + 1 < n && j + 1 < n; j++) {
        product *= j == i ? 1 : kPoints[i] - kPoints[j];
    }
    return product;
}

std::vector<double> times_linear(const std::vector<double> &polynomial, double root) {
    std::vector<double> product(polynomial.size() + 1);
    for (size_t k = 0; k < polynomial.size(); k++) {
        product[k + 1] += polynomial[k];
        product[k] -= root * polynomial[k];
    }
    return product;
}

// The inverse transpose of evaluation(n, n), with row i scaled by difference_product(n, i): the coefficients of the
// polynomials that vanish at every finite point but i, and, for infinity, at all of them.
Matrix scaled_interpolation(int64_t n) {
    Matrix rows;
    for (int64_t i = 0; i < n; i++) {
        std::vector<double> polynomial = {1};
        for (int64_t j = 0; j + 1 < n; j++) {
            if (j != i) {
                polynomial = times_linear(polynomial, kPoints[j]);
            }
        }
        polynomial.resize(n);
        rows.push_back(std::move(polynomial));
    }
    return rows;
}

Matrix transposed(const Matrix &matrix) {
    Matrix result(matrix[0].size(), std::vector<double>(matrix.size()));
    for (size_t i = 0; i < matrix.size(); i++) {
        for (size_t j = 0; j < matrix[i].size(); j++) {
            result[j][i] = matrix[i][j];
        }
    }
    return result;
}

Matrix identity(int64_t n) {
    Matrix rows(n, std::vector<double>(n));
    for (int64_t i = 0; i < n; i++) {
        rows[i][i] = 1;
    }
    return rows;
}

// Of each row, the sum of its absolute values.
std::vector<double> row_sums(const Matrix &matrix) {
    std::vector<double> sums;
    for (const std::vector<double> &row : matrix) {
        double sum = 0;
        for (double value : row) {
            sum += std::fabs(value);
        }
        sums.push_back(sum);
    }
    return sums;
}

int64_t most_terms(const Matrix &matrix) {
    int64_t most = 0;
    for (const std::vector<double> &row : matrix) {
        most = std::max<int64_t>(most, static_cast<int64_t>(row.size()) - std::count(row.begin(), row.end(), 0.0));
    }
    return most;
}

}  // namespace

ToomCook toom_cook(int64_t outputs, int64_t taps) {
    ToomCook result{outputs, taps, {}, {}, {}};
    const int64_t n = result.points();
    if (outputs == 1 || taps == 1) {
        result.input = identity(n);
        result.filter = taps == 1 ? Matrix(n, {1}) : identity(n);
        result.output = taps == 1 ? identity(n) : Matrix(1, std::vector<double>(n, 1));
        return result;
    }
    result.input = scaled_interpolation(n);
    result.filter = evaluation(n, taps);
    for (int64_t i = 0; i < n; i++) {
        for (double &value : result.filter[i]) {
            value /= difference_product(n, i);
        }
    }
    result.output = transposed(evaluation(n, outputs));
    return result;
}

double error_growth(int64_t outputs, int64_t taps) {
    constexpr std::array<double, kMostPoints + 1> growth = {1, 1, 1, 1.2, 1.25, 2.5, 2.6};
    return outputs == 1 || taps == 1 ? 1 : growth[outputs + taps - 1];
}

TransformGains transform_gains(const ToomCook &matrices) {
    const std::vector<double> inputs = row_sums(matrices.input), filters = row_sums(matrices.filter);
    TransformGains gains;
    gains.terms = most_terms(matrices.input) + most_terms(matrices.output);
    gains.input = *std::max_element(inputs.begin(), inputs.end());
    gains.filter = *std::max_element(filters.begin(), filters.end());
    for (const std::vector<double> &output : matrices.output) {
        double sum = 0;
        std::vector<double> of_tap(matrices.taps);
        for (int64_t p = 0; p < matrices.points(); p++) {
            sum += std::fabs(output[p]) * filters[p] * inputs[p];
            for (int64_t j = 0; j < matrices.taps; j++) {
                of_tap[j] += std::fabs(output[p] * matrices.filter[p][j]) * inputs[p];
            }
        }
        gains.sum = std::max(gains.sum, sum);
        gains.growth = std::max(gains.growth, *std::max_element(of_tap.begin(), of_tap.end()));
    }
    return gains;
}

}  // namespace tconv
