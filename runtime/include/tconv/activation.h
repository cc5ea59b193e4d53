// SPDX-License-Identifier: Apache-2.0
/// \file
/// What happens to a sum on its way into the output.
#pragma once

#include <limits>
#include <string>

namespace tconv {

/// An activation and its parameters, where it has some. Elementwise but for kSoftmax, which runs over the last axis of the
/// tensor, in either layout. Sources: keras.activations 3.15, torch.nn.functional 2.x and ONNX, whose names differ where
/// it says so.
struct Activation {
    enum Kind {
        kNone,  ///< "linear"
        kRelu,
        kRelu6,
        kLeakyRelu,  ///< v < 0 ? a v : v; a is negative_slope, 0.2 by default as in keras.activations
        kPrelu,      ///< the same with a slope for each output channel, Layer::slopes
        kElu,        ///< v < 0 ? a (e^v - 1) : v; a is alpha, 1 by default
        kSelu,
        kCelu,  ///< v < 0 ? a (e^(v/a) - 1) : v; a is alpha > 0, 1 by default
        kGelu,
        kSoftplus,
        kSoftsign,
        kSilu,  ///< also "swish"
        kMish,
        kSigmoid,
        kTanh,
        kExponential,
        kHardSigmoid,        ///< min(max(v + 3, 0), 6) / 6, as Keras and PyTorch have it
        kLinearHardSigmoid,  ///< min(max(a v + b, 0), 1), ONNX' HardSigmoid: a is alpha, 0.2, b beta, 0.5 by default
        kHardSilu,           ///< also "hard_swish"
        kClip,               ///< min(max(v, a), b), a <= b, either may be infinite: Clip of ONNX, hard_tanh of PyTorch
        kSoftmax,
    };

    Kind kind = kNone;
    float a = 0, b = 0;  ///< 0 where the kind has no such parameter

    constexpr Activation() = default;
    /// With its default parameters, where it has some.
    constexpr Activation(Kind of) : kind(of), a(default_a(of)), b(default_b(of)) {}
    constexpr Activation(Kind of, float first, float second = 0) : kind(of), a(first), b(second) {}

    constexpr operator Kind() const { return kind; }

private:
    static constexpr float kInfinity = std::numeric_limits<float>::infinity();

    static constexpr float default_a(Kind of) {
        if (of == kLeakyRelu || of == kLinearHardSigmoid) return 0.2f;
        if (of == kElu || of == kCelu) return 1;
        return of == kClip ? -kInfinity : 0;
    }
    static constexpr float default_b(Kind of) { return of == kLinearHardSigmoid ? 0.5f : of == kClip ? kInfinity : 0; }
};

/// With their parameters; a kind alone compares with kinds.
constexpr bool operator==(const Activation &x, const Activation &y) {
    return x.kind == y.kind && x.a == y.a && x.b == y.b;
}
constexpr bool operator!=(const Activation &x, const Activation &y) { return !(x == y); }
constexpr bool operator==(const Activation &x, Activation::Kind kind) { return x.kind == kind; }
constexpr bool operator!=(const Activation &x, Activation::Kind kind) { return x.kind != kind; }
constexpr bool operator==(Activation::Kind kind, const Activation &x) { return x.kind == kind; }
constexpr bool operator!=(Activation::Kind kind, const Activation &x) { return x.kind != kind; }

/// "relu", "leaky_relu"; the kinds of ONNX' hard_sigmoid and of clip are called "linear_hard_sigmoid" and "clip".
const char *to_string(Activation::Kind kind);

/// The name, and the parameters that are not the default: "leaky_relu", "leaky_relu(0.01)", "clip(-1,1)".
std::string to_text(const Activation &activation);

}  // namespace tconv
