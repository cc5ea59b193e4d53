// SPDX-License-Identifier: Apache-2.0
#include "tconv/activation.h"

#include <array>
#include <charconv>

namespace tconv {

namespace {

// The shortest that reads back as the same float, whatever the locale.
std::string number_text(float value) {
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

}  // namespace

const char *to_string(Activation::Kind kind) {
    switch (kind) {
    case Activation::kNone: return "none";
    case Activation::kRelu: return "relu";
    case Activation::kRelu6: return "relu6";
    case Activation::kLeakyRelu: return "leaky_relu";
    case Activation::kPrelu: return "prelu";
    case Activation::kElu: return "elu";
    case Activation::kSelu: return "selu";
    case Activation::kCelu: return "celu";
    case Activation::kGelu: return "gelu";
    case Activation::kSoftplus: return "softplus";
    case Activation::kSoftsign: return "softsign";
    case Activation::kSilu: return "silu";
    case Activation::kMish: return "mish";
    case Activation::kSigmoid: return "sigmoid";
    case Activation::kTanh: return "tanh";
    case Activation::kExponential: return "exponential";
    case Activation::kHardSigmoid: return "hard_sigmoid";
    case Activation::kLinearHardSigmoid: return "linear_hard_sigmoid";
    case Activation::kHardSilu: return "hard_silu";
    case Activation::kClip: return "clip";
    case Activation::kSoftmax: return "softmax";
    }
    return "";
}

std::string to_text(const Activation &activation) {
    const std::string name = to_string(activation.kind);
    const bool two = activation == Activation::kLinearHardSigmoid || activation == Activation::kClip;  // no defaults
    if (!two && activation == Activation(activation.kind)) return name;
    return name + "(" + number_text(activation.a) + (two ? "," + number_text(activation.b) : "") + ")";
}

}  // namespace tconv
