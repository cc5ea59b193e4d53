// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "layer_common.h"

namespace tconv {

namespace {

const std::vector<std::pair<std::string, Activation>> kSupported = {
    {"linear", Activation::kNone},          {"relu", Activation::kRelu},       {"relu6", Activation::kRelu6},
    {"leaky_relu", Activation::kLeakyRelu}, {"sigmoid", Activation::kSigmoid}, {"tanh", Activation::kTanh},
};

// What keras.activations has besides, so that a valid name is told apart from a misspelt one.
const std::vector<std::string> kKnown = {
    "celu",         "elu",         "exponential", "gelu",     "glu",         "hard_shrink",    "hard_sigmoid",
    "hard_silu",    "hard_swish",  "hard_tanh",   "log_sigmoid", "log_softmax", "mish",        "selu",
    "silu",         "soft_shrink", "softmax",     "softplus", "softsign",    "sparse_plus",    "sparse_sigmoid",
    "sparsemax",    "squareplus",  "swish",       "tanh_shrink", "threshold",
};

std::string supported_names() {
    std::string names = "null";
    for (const auto &entry : kSupported) names += ", " + entry.first;
    return names;
}

}  // namespace

Activation read_activation(Fields &fields, const Json &value, const std::string &extra_name) {
    if (value.is_null()) return Activation::kNone;
    if (!value.is_string()) {
        fields.refuse("activation", "must be a name or null");
        return Activation::kNone;
    }
    const std::string name = value.get<std::string>();
    if (!extra_name.empty() && name == extra_name) return Activation::kNone;
    for (const auto &entry : kSupported) {
        if (entry.first == name) return entry.second;
    }
    if (std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end()) {
        fields.unsupported("activation", "not supported yet; supported are " + supported_names());
    } else {
        fields.refuse("activation", "unknown; must be one of " + supported_names());
    }
    return Activation::kNone;
}

}  // namespace tconv
