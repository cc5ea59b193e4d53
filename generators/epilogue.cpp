// SPDX-License-Identifier: Apache-2.0
#include "generators/epilogue.h"

#include "generators/elementary.h"

namespace tconv {

namespace {

using Halide::clamp;
using Halide::Expr;
using Halide::Float;
using Halide::max;
using Halide::min;
using Halide::reinterpret;
using Halide::select;
using Halide::strict_float;

// Where e^x is far below the least denormal number, and so is 120 e^x.
constexpr float kVanished = -120.0f;

// Sums come out of fast-math multiply-adds, which LLVM takes never to be NaN or Inf: it may fold a comparison of floats,
// or a choice between them, on that ground, strict or not. Those of their bits stay.
Expr keep_nan(const Expr &v, const Expr &otherwise) {
    return select((bits_of(v) & 0x7fffffff) > kInfinityBits, v, otherwise);
}

// NaN where v is NaN or -Inf: for functions that tend to 0 at -Inf as the product of v and something smaller.
Expr keep_nan_and_minus_infinity(const Expr &v, const Expr &otherwise) {
    const Expr sign = bits_of(v) >> 31;  // 0 or -1
    const Expr quiet_nan = 0x7fc00000;
    return reinterpret(Float(32),
                       select((bits_of(v) & 0x7fffffff) > kInfinityBits + sign, quiet_nan, bits_of(otherwise)));
}

// Negative numbers have the least bits of all, up to those of -Inf, and those of NaN with a sign above these.
Expr if_negative(const Expr &v, const Expr &then, const Expr &otherwise) {
    return select(bits_of(v) > kMinusInfinityBits, otherwise, then);
}

Expr with_sign_of(const Expr &v, const Expr &magnitude) {
    const Expr sign_bit = bits_of(v) & ~0x7fffffff;
    return reinterpret(Float(32), bits_of(magnitude) | sign_bit);
}

// e^-|v|
ScaledExponential decay(const Expr &v) { return exponential_of(strict_float(max(-abs(v), kVanished))); }

// Completes a result that is still to be scaled on the negative side, and is not on the other.
Expr scaled_if_negative(const Expr &v, const ScaledExponential &e, const Expr &y) {
    return times_power_of_two(y, select(v < 0.0f, e.exponent, 0));
}

// Both sides from e = e^-|v|, so that nothing overflows: e / (1 + e) or 1 / (1 + e).
Expr sigmoid(const Expr &v) {
    const ScaledExponential e = decay(v);
    const Expr numerator = select(v < 0.0f, e.significand, 1.0f);
    const Expr ratio = strict_float(numerator / (1.0f + e.beside_one()));
    return keep_nan(v, scaled_if_negative(v, e, ratio));
}

// v e / (1 + e) or v / (1 + e). The factor v goes in before the scale, which may leave few digits.
Expr silu(const Expr &v) {
    const ScaledExponential e = decay(v);
    const Expr numerator = strict_float(abs(max(v, kVanished)) * select(v < 0.0f, e.significand, 1.0f));
    const Expr ratio = strict_float(numerator / (1.0f + e.beside_one()));
    return keep_nan_and_minus_infinity(v, with_sign_of(v, scaled_if_negative(v, e, ratio)));
}

// tanh(log(1 + w)) = w (w + 2) / (w (w + 2) + 2) for w = e^v; with e = 1/w, (1 + 2e) / (1 + 2e + 2e^2).
Expr mish(const Expr &v) {
    const ScaledExponential e = decay(v);
    const Expr w = e.beside_one();
    const Expr negative = v < 0.0f;
    const Expr positive_numerator = strict_float(1.0f + 2.0f * w);
    const Expr numerator = strict_float(select(negative, e.significand * (w + 2.0f), positive_numerator));
    const Expr denominator = strict_float(select(negative, w * (w + 2.0f) + 2.0f, positive_numerator + 2.0f * w * w));
    const Expr ratio = strict_float(abs(max(v, kVanished)) * (numerator / denominator));
    return keep_nan_and_minus_infinity(v, with_sign_of(v, scaled_if_negative(v, e, ratio)));
}

// log(1 + e) or v + log(1 + e). The polynomial is log(1 + e) / e on [0, 1] with a relative error of 3.1e-8, by least
// squares at Chebyshev nodes with weights adjusted until the error was level (Lawson).
Expr softplus(const Expr &v) {
    const ScaledExponential e = decay(v);
    const Expr w = e.beside_one();
    const Expr log1p = polynomial(w, {5.2326545e-03f, -2.9505080e-02f, 7.8225695e-02f, -1.3663223e-01f, 1.9105996e-01f,
                                      -2.4842979e-01f, 3.3319098e-01f, -4.9999493e-01f, 9.9999994e-01f});
    const Expr y = strict_float(select(v < 0.0f, e.significand * log1p, max(v, 0.0f) + w * log1p));
    return keep_nan(v, scaled_if_negative(v, e, y));
}

// With Q(t) = erfc(t / sqrt 2) / 2 the value is -t Q(t) for v = -t, and v - v Q(v) for v > 0.
//
// Q(t) = e^(-t^2/2) R(t). R(t) (t + 4) is a polynomial in (t - 4) / (t + 4) on [0, 15] with a relative error of 9.1e-9,
// fitted as above. t^2/2, rounded, would be off by 4e-6 at t = 14, so that the leading 12 bits of t are squared apart.
Expr gelu(const Expr &v) {
    const Expr negative = v < 0.0f;
    // At -15 the value vanishes; at 12 v Q(v) does beside v.
    const Expr t = strict_float(min(abs(v), select(negative, 15.0f, 12.0f)));
    const Expr high = reinterpret(Float(32), bits_of(t) & ~0xfff);
    const ScaledExponential e =
        exponential_of(strict_float(-0.5f * high * high), strict_float(-0.5f * (t - high) * (t + high)));
    const Expr w = strict_float(1.0f / (t + 4.0f));
    const Expr r = polynomial(strict_float((t - 4.0f) * w),
                              {-1.3419695e-04f, 1.7465815e-04f, 1.5684082e-03f, -3.5102102e-03f, -7.5240040e-03f,
                               6.0403490e-02f, -1.8652366e-01f, 3.8713690e-01f, -6.0789657e-01f, 7.5528514e-01f});
    const Expr tail = times_power_of_two(strict_float(t * (w * r) * e.significand), e.exponent);
    return keep_nan_and_minus_infinity(v, select(negative, with_sign_of(v, tail), strict_float(v - tail)));
}

Expr elu(const Expr &v) { return exponential_minus_one(strict_float(clamp(v, -30.0f, 0.0f))); }

Expr exponential(const Expr &v) {
    const float last = 88.7228317f;  // the last float before the logarithm of 2^128
    const ScaledExponential e = exponential_of(strict_float(clamp(v, kVanished, 89.0f)));
    const Expr bits = bits_of(times_power_of_two(e.significand, e.exponent));
    return keep_nan(v, reinterpret(Float(32), select(bits_of(v) > bits_of(last), kInfinityBits, bits)));
}

// 1 - 2/(e^2|v| + 1) cancels near zero; there an odd polynomial takes over (relative error 6e-9 before rounding, fitted
// by weighted least squares at Chebyshev nodes of v^2 in [0, 0.625^2]).
Expr tanh_without_libm(const Expr &v) {
    const Expr s = strict_float(v * v);
    const Expr series = polynomial(s, {-5.704042501747608e-03f, 2.0637862384319305e-02f, -5.373915657401085e-02f,
                                       1.33314311504364e-01f, -3.333328068256378e-01f});
    const Expr small = strict_float(v + v * (s * series));
    const Expr e = exponential_of(strict_float(max(-2.0f * abs(v), kVanished))).beside_one();
    const Expr large = with_sign_of(v, strict_float((1.0f - e) / (1.0f + e)));
    return keep_nan(v, select(abs(v) < 0.625f, small, large));
}

Expr hard_sigmoid(const Expr &v) { return strict_float(clamp(v + 3.0f, 0.0f, 6.0f) * (1.0f / 6.0f)); }

// A NaN stays one on either side.
Expr leaky_relu(const Expr &v, const Expr &slope) { return strict_float(select(v < 0.0f, slope * v, v)); }

// An alpha that is undefined is 1.
Expr elu(const Expr &v, const Expr &alpha) {
    const Expr negative = elu(v);
    return if_negative(v, alpha.defined() ? strict_float(alpha * negative) : negative, v);
}

Expr celu(const Expr &v, const Expr &alpha) {
    const Expr negative = alpha.defined() ? strict_float(alpha * elu(strict_float(v / alpha))) : elu(v);
    return if_negative(v, negative, v);
}

Expr clip(const Expr &v, const Expr &least, const Expr &most) {
    return keep_nan(v, strict_float(select(v < least, least, select(v > most, most, v))));
}

Expr linear_hard_sigmoid(const Expr &v, const Expr &alpha, const Expr &beta) {
    return clip(strict_float(alpha * v + beta), 0.0f, 1.0f);
}

}  // namespace

Expr activate(const Expr &sum, Activation::Kind kind, const Expr &a, const Expr &b) {
    const float selu_scale = 1.0507009873554805f, selu_scale_alpha = 1.7580993408473766f;
    switch (kind) {
    case Activation::kNone:
    case Activation::kSoftmax: return sum;
    case Activation::kRelu: return if_negative(sum, 0.0f, sum);
    case Activation::kRelu6: return clip(sum, 0.0f, 6.0f);
    case Activation::kLeakyRelu:
    case Activation::kPrelu: return leaky_relu(sum, a);
    case Activation::kElu: return elu(sum, a);
    case Activation::kCelu: return celu(sum, a);
    case Activation::kSelu: return strict_float(if_negative(sum, selu_scale_alpha * elu(sum), selu_scale * sum));
    case Activation::kGelu: return gelu(sum);
    case Activation::kSoftplus: return softplus(sum);
    case Activation::kSoftsign:  // Inf / Inf is NaN
        return strict_float(sum / (1.0f + abs(sum)));
    case Activation::kSilu: return silu(sum);
    case Activation::kMish: return mish(sum);
    case Activation::kSigmoid: return sigmoid(sum);
    case Activation::kTanh: return tanh_without_libm(sum);
    case Activation::kExponential: return exponential(sum);
    case Activation::kHardSigmoid: return keep_nan(sum, hard_sigmoid(sum));
    case Activation::kLinearHardSigmoid: return linear_hard_sigmoid(sum, a, b);
    case Activation::kHardSilu: return keep_nan_and_minus_infinity(sum, strict_float(sum * hard_sigmoid(sum)));
    case Activation::kClip: return clip(sum, a, b);
    }
    return sum;
}

Expr activate(const Expr &sum, const Activation &activation, const Expr &slope) {
    const bool plain = activation == Activation(activation.kind) &&
                       (activation == Activation::kElu || activation == Activation::kCelu);
    const Expr a = activation == Activation::kPrelu ? slope : plain ? Expr() : Expr(activation.a);
    return activate(sum, activation.kind, a, activation.b);
}

bool is_long(Activation::Kind kind) {
    switch (kind) {
    case Activation::kNone:
    case Activation::kRelu:
    case Activation::kRelu6:
    case Activation::kLeakyRelu:
    case Activation::kPrelu:
    case Activation::kSoftsign:
    case Activation::kHardSigmoid:
    case Activation::kLinearHardSigmoid:
    case Activation::kHardSilu:
    case Activation::kClip:
    case Activation::kSoftmax: return false;
    case Activation::kElu:
    case Activation::kSelu:
    case Activation::kCelu:
    case Activation::kGelu:
    case Activation::kSoftplus:
    case Activation::kSilu:
    case Activation::kMish:
    case Activation::kSigmoid:
    case Activation::kTanh:
    case Activation::kExponential: return true;
    }
    return true;
}

double long_epilogue_cycles(const Layer &layer, int lanes) {
    return is_long(layer.activation)
               ? static_cast<double>(layer.output_elements()) / lanes * kFittedCyclesPerLongEpilogue
               : 0;
}

}  // namespace tconv
