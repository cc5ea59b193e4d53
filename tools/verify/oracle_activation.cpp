// SPDX-License-Identifier: Apache-2.0
#include "tools/verify/oracle_activation.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tconv {
namespace {

constexpr double kUnitRoundoff = unit_roundoff(DataType::kFloat32);
constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Relative error of a float32 implementation: twice what one is asked for, since it sees a rounded argument.
constexpr double kActivationError = 2e-6;
// The normal range of float ends here: a device may flush what is below to 0.
constexpr double kLeastNormal = std::numeric_limits<float>::min();

constexpr double kSeluAlpha = 1.6732632423543772;
constexpr double kSeluScale = 1.0507009873554805;
constexpr double kHalfSqrt2 = 0.70710678118654752;

double clip(double v, double least, double most) { return v < least ? least : v > most ? most : v; }

double hard_sigmoid(double v) { return (v < -3.0 ? 0.0 : v > 3.0 ? 6.0 : v + 3.0) / 6.0; }

// log(1 + e^v), from the side on which nothing overflows and no digits are lost.
double softplus(double v) { return v > 0.0 ? v + std::log1p(std::exp(-v)) : std::log1p(std::exp(v)); }

// The largest magnitude of the activation's derivative: what it can make of an error of its argument. The maxima of
// gelu', silu' and mish' lie near v = 1.41, 2.40 and 1.49, and are rounded up; that of selu' just below 0; that of
// hard_silu' = (2v + 3)/6 at 3.
double slope(const Activation &activation) {
    switch (activation) {
    case Activation::kSigmoid: return 0.25;
    case Activation::kHardSigmoid: return 1.0 / 6.0;
    case Activation::kSelu: return kSeluScale * kSeluAlpha;
    case Activation::kGelu: return 1.1290;
    case Activation::kSilu: return 1.0999;
    case Activation::kMish: return 1.0886;
    case Activation::kHardSilu: return 1.5;
    case Activation::kLinearHardSigmoid: return std::fabs(static_cast<double>(activation.a));
    case Activation::kLeakyRelu:
    case Activation::kElu: return std::max(1.0, std::fabs(static_cast<double>(activation.a)));
    default: return 1.0;
    }
}

}  // namespace

// Comparisons are written so that NaN falls through to the value itself.
double activate(const Activation &activation, double v) {
    const double a = activation.a, b = activation.b;
    switch (activation) {
    case Activation::kNone:
    case Activation::kSoftmax:  // no function of one cell: softmax_rows()
        return v;
    case Activation::kRelu: return v < 0.0 ? 0.0 : v;
    case Activation::kRelu6: return v < 0.0 ? 0.0 : v > 6.0 ? 6.0 : v;
    case Activation::kLeakyRelu:
    case Activation::kPrelu: return v < 0.0 ? a * v : v;
    case Activation::kElu: return v < 0.0 ? a * std::expm1(v) : v;
    case Activation::kCelu: return v < 0.0 ? a * std::expm1(v / a) : v;
    case Activation::kSelu: return kSeluScale * (v < 0.0 ? kSeluAlpha * std::expm1(v) : v);
    case Activation::kGelu:  // erfc, since 1 + erf cancels far below 0
        return 0.5 * v * std::erfc(-v * kHalfSqrt2);
    case Activation::kSoftplus: return softplus(v);
    case Activation::kSoftsign: return v / (1.0 + std::fabs(v));
    case Activation::kSilu: return v / (1.0 + std::exp(-v));
    case Activation::kMish: return v * std::tanh(softplus(v));
    case Activation::kSigmoid: return 1.0 / (1.0 + std::exp(-v));
    case Activation::kTanh: return std::tanh(v);
    case Activation::kExponential: return std::exp(v);
    case Activation::kHardSigmoid: return hard_sigmoid(v);
    case Activation::kLinearHardSigmoid: return clip(a * v + b, 0.0, 1.0);
    case Activation::kClip: return clip(v, a, b);
    case Activation::kHardSilu: return v * hard_sigmoid(v);
    }
    return v;
}

double activation_bound(const Activation &activation, double value, double argument_error) {
    const double size = std::isfinite(value) ? std::fabs(value) : 0.0;
    switch (activation) {
    case Activation::kNone:
    case Activation::kRelu:
    case Activation::kRelu6:
    case Activation::kClip: return argument_error;
    case Activation::kLeakyRelu:
    case Activation::kPrelu: return slope(activation) * argument_error + 2 * kUnitRoundoff * size;
    case Activation::kLinearHardSigmoid:  // its two terms may cancel, and are 1 + |b| at most where it is not flat
        return slope(activation) * argument_error +
               4 * kUnitRoundoff * (1 + 2 * std::fabs(static_cast<double>(activation.b))) + kLeastNormal;
    case Activation::kExponential:  // e^(v + d) = e^v e^d: the slope grows with the value
        return size * (std::expm1(argument_error) + kActivationError) + kLeastNormal;
    default: return slope(activation) * argument_error + kActivationError * size + kLeastNormal;
    }
}

void softmax_rows(std::vector<double> &cells, int64_t length) {
    for (auto row = cells.begin(); row != cells.end(); row += length) {
        const auto end = row + length;
        const double most = *std::max_element(row, end);  // its NaN do not matter: the sum meets them
        double sum = 0.0;
        for (auto cell = row; cell != end; ++cell) sum += *cell = std::exp(*cell - most);
        for (auto cell = row; cell != end; ++cell) *cell /= sum;
    }
}

// With arguments off by d at most, numerator and denominator are off by a factor of at most e^d each. A float32
// implementation rounds the difference v - max, which its exponential turns into a relative error of |v - max| u; the
// terms of its sum have such errors too, and t e^-t is below 1/2; summation adds length * u.
std::vector<double> softmax_bounds(const double *value, const double *argument_error, int64_t length) {
    const double error = *std::max_element(argument_error, argument_error + length);
    const double most = *std::max_element(value, value + length);
    const double sum_error = 1.5 * static_cast<double>(length) * kUnitRoundoff;
    std::vector<double> bounds(static_cast<size_t>(length));
    for (int64_t i = 0; i < length; i++) {
        const double depth = value[i] > 0.0 ? std::log(most / value[i]) : 0.0;  // where e^-depth is 0, so is its error
        const double relative = std::expm1(2.0 * error) + depth * kUnitRoundoff + sum_error + kActivationError;
        bounds[static_cast<size_t>(i)] = value[i] > 0.0 ? value[i] * relative + kLeastNormal : kLeastNormal;
    }
    return bounds;
}

}  // namespace tconv
