// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/residual_model.h"

#include <algorithm>
#include <cmath>

namespace tconv {

namespace {

// Knobs are known to one of their steps or so, residuals to some percent.
constexpr double kRidge = 1.0;

double logarithm(int value) { return std::log2(1.0 + std::abs(value)); }

// Solves A x = b for a symmetric positive definite A, in place (Cholesky).
std::vector<double> solve(std::vector<std::vector<double>> a, std::vector<double> b) {
    const size_t n = b.size();
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = a[i][j];
            for (size_t k = 0; k < j; k++) sum -= a[i][k] * a[j][k];
            a[i][j] = i == j ? std::sqrt(sum) : sum / a[j][j];
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) b[i] -= a[i][k] * b[k];
        b[i] /= a[i][i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++) b[i] -= a[k][i] * b[k];
        b[i] /= a[i][i];
    }
    return b;
}

}  // namespace

ResidualModel::ResidualModel(const std::vector<KnobSpec> &space) {
    for (const KnobSpec &spec : space) {
        const double least = logarithm(spec.values.front()), most = logarithm(spec.values.back());
        if (most > least) features_.push_back({spec.name, 0.5 * (least + most), 0.5 * (most - least)});
    }
}

std::vector<double> ResidualModel::features(const Knobs &knobs) const {
    std::vector<double> row;
    for (const Feature &feature : features_) {
        const auto knob = knobs.find(feature.knob);
        const double x = knob == knobs.end() ? 0.0 : (logarithm(knob->second) - feature.centre) / feature.scale;
        row.push_back(x);
        row.push_back(x * x);
    }
    return row;
}

void ResidualModel::add(const Knobs &knobs, double residual) {
    rows_.push_back(features(knobs));
    residuals_.push_back(residual);
}

void ResidualModel::fit() {
    if (residuals_.empty()) return;
    mean_ = 0;
    for (const double residual : residuals_) mean_ += residual / static_cast<double>(residuals_.size());
    const size_t n = 2 * features_.size();
    std::vector<std::vector<double>> products(n, std::vector<double>(n, 0.0));
    std::vector<double> right(n, 0.0);
    for (size_t r = 0; r < rows_.size(); r++) {
        for (size_t i = 0; i < n; i++) {
            right[i] += rows_[r][i] * (residuals_[r] - mean_);
            for (size_t j = 0; j < n; j++) products[i][j] += rows_[r][i] * rows_[r][j];
        }
    }
    for (size_t i = 0; i < n; i++) products[i][i] += kRidge;
    weights_ = solve(std::move(products), std::move(right));
}

double ResidualModel::predict(const Knobs &knobs) const {
    double sum = mean_;
    const std::vector<double> row = features(knobs);
    for (size_t i = 0; i < weights_.size(); i++) sum += weights_[i] * row[i];
    return sum;
}

}  // namespace tconv
