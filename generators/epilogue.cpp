// SPDX-License-Identifier: Apache-2.0
#include "generators/epilogue.h"

#include <cmath>

namespace tconv {

namespace {

using Halide::cast;
using Halide::Expr;
using Halide::Float;
using Halide::Int;
using Halide::max;
using Halide::reinterpret;
using Halide::select;
using Halide::strict_float;

// 2^n for an integer n in [-126, 127].
Expr power_of_two(const Expr &n) {
    return reinterpret(Float(32), (n + 127) << 23);
}

// e^x for x <= 0, with a relative error below 2e-7. Arithmetic on denormal numbers takes a processor a hundred cycles and
// more, and a sigmoid meets them all the time: a detector is very sure of most pixels. So the two ranges come apart, and
// the denormal one is made with integer operations alone.
struct Exponential {
    Expr normal;     // 0 where the result is below 2^-125
    Expr tiny;       // the result there, and only there; normal or denormal
    Expr underflow;  // whether the result is below 2^-125
};

// -Inf gives 0; a NaN gives some number: the caller puts the NaN back.
Exponential exp_of_nonpositive(const Expr &x) {
    const double ln2 = std::log(2.0);
    const float ln2_high = 0.693359375f;  // 10 bits: n * ln2_high is exact
    const float ln2_low = static_cast<float>(ln2 - 0.693359375);
    Expr clamped = strict_float(select(x > -105.0f, x, -105.0f));
    // Truncation of a negative number, moved by one half, rounds to nearest.
    Expr n = cast(Int(32), strict_float(clamped * static_cast<float>(1.0 / ln2) - 0.5f));
    Expr whole = cast(Float(32), n);
    Expr r = strict_float(clamped - whole * ln2_high - whole * ln2_low);
    Expr series = 1.0f / 5040;
    for (float inverse_factorial : {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f}) {
        series = strict_float(series * r + inverse_factorial);
    }
    // The series lies in [0.70, 1.42], so that its product with 2^-125 is still normal, with exponent field 1 or 2.
    Expr scale = max(n, -125);
    Expr scaled = strict_float(series * power_of_two(scale));
    Expr shift = scale - n;
    Expr bits = reinterpret(Int(32), scaled);
    Expr significand = ((bits & 0x7fffff) | 0x800000) << (((bits >> 23) - 1) & 1);
    Expr rounded = (significand + ((1 << shift) >> 1)) >> shift;
    Expr underflow = shift > 0;
    return {select(underflow, 0.0f, scaled), reinterpret(Float(32), rounded), underflow};
}

// Bits of +-Inf as integers.
constexpr int kInfinityBits = 0x7f800000;
constexpr int kMinusInfinityBits = -0x00800000;

// Sums come out of fast-math multiply-adds, which LLVM takes never to be NaN: it may fold a comparison of floats on that
// ground, strict or not. A comparison of their bits stays.
Expr bits_of(const Expr &v) {
    return reinterpret(Int(32), v);
}

Expr keep_nan(const Expr &v, const Expr &otherwise) {
    return select((bits_of(v) & 0x7fffffff) > kInfinityBits, v, otherwise);
}

// Negative numbers have the least bits of all, up to those of -Inf.
Expr relu(const Expr &v) {
    return select(bits_of(v) > kMinusInfinityBits, v, 0.0f);
}

// Both sides from e = e^-|v|, so that nothing overflows: e / (1 + e) or 1 / (1 + e), which are e and 1 for a tiny e.
Expr sigmoid(const Expr &v) {
    const Exponential e = exp_of_nonpositive(-abs(v));
    Expr negative = v < 0.0f;
    Expr numerator = strict_float(select(negative, e.normal, 1.0f));
    Expr ratio = strict_float(numerator / (1.0f + e.normal));
    return keep_nan(v, select(negative && e.underflow, e.tiny, ratio));
}

// 1 - 2/(e^2|v| + 1) cancels near zero; there an odd polynomial takes over (relative error 6e-9 before rounding, fitted
// by weighted least squares at Chebyshev nodes of v^2 in [0, 0.625^2]).
Expr tanh_without_libm(const Expr &v) {
    Expr s = v * v;
    Expr series = -5.704042501747608e-03f;
    for (float c : {2.0637862384319305e-02f, -5.373915657401085e-02f, 1.33314311504364e-01f, -3.333328068256378e-01f}) {
        series = strict_float(series * s + c);
    }
    Expr small = strict_float(v + v * (s * series));
    Expr e = exp_of_nonpositive(-2.0f * abs(v)).normal;
    Expr large = strict_float((1.0f - e) / (1.0f + e));
    large = strict_float(select(v < 0.0f, -large, large));
    return keep_nan(v, strict_float(select(abs(v) < 0.625f, small, large)));
}

}  // namespace

Expr activate(const Expr &sum, Activation activation) {
    switch (activation) {
    case Activation::kNone:
        return sum;
    case Activation::kRelu:
        return relu(sum);
    case Activation::kRelu6:
        return keep_nan(sum, strict_float(select(sum < 0.0f, 0.0f, select(sum > 6.0f, 6.0f, sum))));
    case Activation::kLeakyRelu:  // a NaN stays one on either side
        return strict_float(select(sum < 0.0f, 0.2f * sum, sum));
    case Activation::kSigmoid:
        return sigmoid(sum);
    case Activation::kTanh:
        return tanh_without_libm(sum);
    }
    return sum;
}

}  // namespace tconv
