// SPDX-License-Identifier: Apache-2.0
#include "generators/elementary.h"

#include <cmath>

namespace tconv {

using Halide::cast;
using Halide::clamp;
using Halide::Expr;
using Halide::Float;
using Halide::Int;
using Halide::max;
using Halide::reinterpret;
using Halide::select;
using Halide::strict_float;
using Halide::UInt;

namespace {

constexpr int kSignificandBits = 23;

// y with n added to its exponent field. The sum is unsigned, since Halide takes overflow of Int(32) for an error of the
// program. The shift is not: Halide would make one cast of those of n from float to signed to unsigned, which has no
// negative values.
Expr add_to_exponent(const Expr &y, const Expr &n) {
    return reinterpret(Float(32), reinterpret(UInt(32), y) + reinterpret(UInt(32), n << kSignificandBits));
}

}  // namespace

Expr bits_of(const Expr &v) { return reinterpret(Int(32), v); }

Expr polynomial(const Expr &x, std::initializer_list<float> coefficients) {
    Expr sum;
    for (float c : coefficients) {
        sum = sum.defined() ? strict_float(sum * x + c) : Expr(c);
    }
    return sum;
}

// In integers throughout: adding to the exponent field, or shifting the significand to where a denormal number has it.
Expr times_power_of_two(const Expr &y, const Expr &n) {
    const Expr bits = bits_of(y);
    const Expr below = -((bits >> kSignificandBits) + n);  // one less than the binary digits that are lost
    const Expr significand = (bits & 0x7fffff) | 0x800000;
    const Expr denormal = ((significand >> cast(UInt(32), clamp(below, 0, 24))) + 1) >> 1;
    return select(below >= 0 && n < 0, reinterpret(Float(32), denormal), add_to_exponent(y, n));
}

ScaledExponential exponential_of(const Expr &x, const Expr &correction) {
    const double ln2 = std::log(2.0);
    const float ln2_high = 0.693359375f;  // 10 bits: its product with an exponent is exact
    const float ln2_low = static_cast<float>(ln2 - 0.693359375);
    const float no_fraction = 12582912.0f;  // 3 * 2^22: numbers of this size have none
    const Expr whole = strict_float((x * static_cast<float>(1.0 / ln2) + no_fraction) - no_fraction);
    Expr r = strict_float(x - whole * ln2_high - whole * ln2_low);
    if (correction.defined()) {
        r = strict_float(r + correction);
    }
    // (e^r - 1) / r, Taylor's series: on [-0.45, 0.35] it is cut off below 5e-8.
    const Expr slope = polynomial(r, {1.0f / 5040, 1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f});
    const Expr remainder = strict_float(r * slope);
    return {strict_float(remainder + 1.0f), cast(Int(32), whole), remainder};
}

Expr ScaledExponential::beside_one() const { return add_to_exponent(significand, max(exponent, -61)); }

// 2^n (e^r - 1) + (2^n - 1): where n = 0 the second term is, and nowhere else is the first one large enough to cancel it.
Expr exponential_minus_one(const Expr &x) {
    const ScaledExponential e = exponential_of(x);
    const Expr scale = add_to_exponent(1.0f, e.exponent);
    return strict_float(scale * e.remainder + (scale - 1.0f));
}

}  // namespace tconv
