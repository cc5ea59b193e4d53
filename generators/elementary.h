// SPDX-License-Identifier: Apache-2.0
// Elementary functions of float32 without libm, and without arithmetic on denormal numbers, which takes a processor a
// hundred cycles and more. (A detector is very sure of most pixels, and meets e^-90 all the time.)
//
// Nothing here keeps a NaN: comparisons and clamps may make a number of it, and the caller puts it back.
#pragma once

#include <initializer_list>

#include <Halide.h>

namespace tconv {

constexpr int kInfinityBits = 0x7f800000;
constexpr int kMinusInfinityBits = -0x00800000;

// The bits of a float as Int(32).
Halide::Expr bits_of(const Halide::Expr &v);

// c[0] x^(n-1) + ... + c[n-1] by Horner's rule.
Halide::Expr polynomial(const Halide::Expr &x, std::initializer_list<float> coefficients);

// y * 2^n, rounded once where that is denormal. y >= 0; n is Int(32) with |n| < 250. Where n < 0, y must be normal; where
// n > 0, the result must be finite.
Halide::Expr times_power_of_two(const Halide::Expr &y, const Halide::Expr &n);

// e^x in two parts, so that factors can be multiplied in before the result leaves the range of normal numbers.
struct ScaledExponential {
    Halide::Expr significand;  // e^x = significand * 2^exponent, in [0.63, 1.42]; relative error below 2e-7
    Halide::Expr exponent;     // Int(32)
    Halide::Expr remainder;    // significand - 1, with a small relative error even near 0

    // e^x for a sum with 1: where that is below 2^-60, some number that is, too, and whose square is normal.
    Halide::Expr beside_one() const;
};

// For x in [-120, 89]. The power is e^(x + correction), where `correction` in [-0.1, 0] holds digits that x cannot.
ScaledExponential exponential_of(const Halide::Expr &x, const Halide::Expr &correction = Halide::Expr());

// For x in [-30, 0], with a small relative error even near 0.
Halide::Expr exponential_minus_one(const Halide::Expr &x);

}  // namespace tconv
