// SPDX-License-Identifier: Apache-2.0
#include "tests/generators/activation_reference.h"
#include "tests/support/special_values.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <sstream>

namespace tconv::test {
namespace {

constexpr float kLargest = std::numeric_limits<float>::max();
constexpr float kTiny = std::numeric_limits<float>::min();
constexpr float kDenormal = std::numeric_limits<float>::denorm_min();
constexpr uint32_t kSignBit = 0x80000000u, kInfinityBits = 0x7f800000u;

float from_bits(uint32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
}

long double clip(long double x, long double least, long double most) { return x < least ? least : x > most ? most : x; }

long double hard_sigmoid(long double x) { return (x < -3 ? 0 : x > 3 ? 6 : x + 3) / 6; }

long double softplus(long double x) { return x > 0 ? x + log1pl(expl(-x)) : log1pl(expl(x)); }

long double ulp_of(long double value) {
    const float magnitude = std::min(static_cast<float>(fabsl(value)), kLargest);
    return std::nextafter(magnitude, kInf) - magnitude;
}

// How many times its bound an output is away; `absolute` is the error that terms which cancel may leave.
long double ratio_of(long double expected, float output, long double absolute) {
    if (std::isnan(expected) || std::isnan(output)) return std::isnan(expected) && std::isnan(output) ? 0 : HUGE_VALL;
    if (expected == output || static_cast<float>(expected) == output) return 0;
    if (std::isinf(expected) || std::isinf(output)) return HUGE_VALL;
    return fabsl(output - expected) / std::max({4 * ulp_of(expected), fabsl(expected) * 1e-6L, absolute});
}

}  // namespace

const std::vector<Activation> &elementwise_activations() {
    static const std::vector<Activation> activations = {Activation::kNone,
                                                        Activation::kRelu,
                                                        Activation::kRelu6,
                                                        Activation::kLeakyRelu,
                                                        Activation::kElu,
                                                        Activation::kSelu,
                                                        Activation::kCelu,
                                                        Activation::kGelu,
                                                        Activation::kSoftplus,
                                                        Activation::kSoftsign,
                                                        Activation::kSilu,
                                                        Activation::kMish,
                                                        Activation::kSigmoid,
                                                        Activation::kTanh,
                                                        Activation::kExponential,
                                                        Activation::kHardSigmoid,
                                                        Activation::kHardSilu,
                                                        {Activation::kLeakyRelu, 0.01f},
                                                        {Activation::kLeakyRelu, -1.5f},
                                                        {Activation::kElu, 1.7f},
                                                        {Activation::kCelu, 0.6f},
                                                        {Activation::kLinearHardSigmoid, 0.2f, 0.5f},
                                                        {Activation::kClip, -1, 1},
                                                        {Activation::kClip, -kInf, 2.5f},
                                                        {Activation::kClip, 0.25f, kInf}};
    return activations;
}

long double exact_activation(const Activation &activation, float v) {
    const auto x = static_cast<long double>(v), a = static_cast<long double>(activation.a),
               b = static_cast<long double>(activation.b);
    switch (activation) {
    case Activation::kNone:
    case Activation::kSoftmax: return x;
    case Activation::kRelu: return v < 0 ? 0 : x;
    case Activation::kRelu6: return v < 0 ? 0 : v > 6 ? 6 : x;
    case Activation::kLeakyRelu:
    case Activation::kPrelu: return v < 0 ? a * x : x;
    case Activation::kElu: return v < 0 ? a * expm1l(x) : x;
    case Activation::kCelu: return v < 0 ? a * expm1l(x / a) : x;
    case Activation::kSelu: return 1.0507009873554805L * (v < 0 ? 1.6732632423543772L * expm1l(x) : x);
    case Activation::kGelu: return x / 2 * erfcl(-x * sqrtl(0.5L));
    case Activation::kSoftplus: return softplus(x);
    case Activation::kSoftsign: return x / (1 + fabsl(x));
    case Activation::kSilu: return x / (1 + expl(-x));
    case Activation::kMish: return x * tanhl(softplus(x));
    case Activation::kSigmoid: return 1 / (1 + expl(-x));
    case Activation::kTanh: return tanhl(x);
    case Activation::kExponential: return expl(x);
    case Activation::kHardSigmoid: return hard_sigmoid(x);
    case Activation::kHardSilu: return x * hard_sigmoid(x);
    case Activation::kLinearHardSigmoid: return clip(a * x + b, 0, 1);
    case Activation::kClip: return clip(x, a, b);
    }
    return x;
}

const std::vector<float> &activation_edges() {
    static const std::vector<float> edges = [] {
        std::vector<float> values = {kNaN, -kNaN};
        // Odd halves of log 2, where one power of 2 takes over from the next; where exponentials leave the normal
        // numbers, the denormal ones, and float; where a gelu and a silu do; where clamps end.
        for (const float v :
             {0.0f,   kDenormal, kTiny,  1e-19f, 0.34657359f, 0.625f,   1.0397208f, 3.0f,     4.0f,        6.0f,  12.0f,
              13.0f,  14.2f,     15.0f,  20.0f,  30.0f,       85.9490f, 86.6434f,   87.3365f, 88.7228317f, 89.0f, 91.7f,
              100.0f, 103.9721f, 108.0f, 110.0f, 120.0f,      1e5f,     1e19f,      kLargest, kInf}) {
            values.push_back(v);
            values.push_back(-v);
        }
        return values;
    }();
    return edges;
}

std::vector<float> activation_sweep(uint32_t step, int spread) {
    std::vector<float> values = activation_edges();
    for (const float edge : activation_edges()) {
        if (!std::isfinite(edge)) continue;
        float above = edge, below = edge;
        for (int i = 0; i < spread; i++) {
            values.push_back(above = std::nextafter(above, kInf));
            values.push_back(below = std::nextafter(below, -kInf));
        }
    }
    for (uint32_t bits = 0; bits < kInfinityBits; bits += step) {
        values.push_back(from_bits(bits));
        values.push_back(from_bits(bits | kSignBit));
        values.push_back(250.0f * static_cast<float>(bits) / static_cast<float>(kInfinityBits) - 125.0f);
    }
    return values;
}

void ActivationJudge::see(float argument, float output) {
    const bool cancels = activation_ == Activation::kLinearHardSigmoid;
    const long double absolute = cancels ? 1.2e-7L * (1 + 2 * fabsl(activation_.b)) : 0;
    const long double ratio = ratio_of(exact_activation(activation_, argument), output, absolute);
    if (seen_++ > 0 && ratio <= worst_) return;
    worst_ = ratio;
    argument_ = argument;
    output_ = output;
}

std::string ActivationJudge::message() const {
    std::ostringstream text;
    text.precision(9);
    text << to_text(activation_) << "(" << argument_ << ") is " << output_ << ", but should be "
         << static_cast<double>(exact_activation(activation_, argument_)) << ": " << worst() << " times the bound";
    return text.str();
}

Layer identity_layer(Activation activation, int64_t pixels, int64_t channels) {
    Layer layer;
    layer.name = "identity";
    layer.spatial_rank = 1;
    layer.out_channels = channels;
    layer.axes[2] = {pixels, 1, 1, 1, pixels, 0};
    layer.activation = activation;
    return layer;
}

}  // namespace tconv::test
