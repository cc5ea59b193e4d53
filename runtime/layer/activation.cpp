// SPDX-License-Identifier: Apache-2.0
// Activations by the names of keras.activations, and the objects that get_config() writes for them.
#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/layer/layer_common.h"

namespace tconv {

namespace {

// The names that keras.activations.get() knows and that are computed here; case-sensitive, as in Keras.
const std::vector<std::pair<std::string, Activation>> kSupported = {
    {"linear", Activation::kNone},
    {"relu", Activation::kRelu},
    {"relu6", Activation::kRelu6},
    {"leaky_relu", Activation::kLeakyRelu},
    {"elu", Activation::kElu},
    {"selu", Activation::kSelu},
    {"celu", Activation::kCelu},
    {"gelu", Activation::kGelu},
    {"softplus", Activation::kSoftplus},
    {"softsign", Activation::kSoftsign},
    {"silu", Activation::kSilu},
    {"swish", Activation::kSilu},
    {"mish", Activation::kMish},
    {"sigmoid", Activation::kSigmoid},
    {"tanh", Activation::kTanh},
    {"exponential", Activation::kExponential},
    {"hard_sigmoid", Activation::kHardSigmoid},
    {"hard_silu", Activation::kHardSilu},
    {"hard_swish", Activation::kHardSilu},
    {"softmax", Activation::kSoftmax},
};

// What keras.activations has besides, so that a valid name is told apart from a misspelt one.
const std::vector<std::string> kKnown = {
    "glu",         "hard_shrink",    "hard_tanh", "log_sigmoid", "log_softmax", "soft_shrink",
    "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus",  "tanh_shrink", "threshold",
};

std::vector<std::string> supported_names() {
    std::vector<std::string> names = {"null"};
    for (const auto &entry : kSupported) names.push_back(entry.first);
    return names;
}

// The number under `key` in the config of an activation object; `fallback` stands for an absent or null one.
double number_or(const Json &config, const char *key, double fallback) {
    const auto value = config.find(key);
    if (value == config.end() || value->is_null()) return fallback;
    return value->is_number() ? value->get<double>() : std::nan("");
}

// Keras stores constants as doubles, or as float32 widened to double.
bool is_constant(double value, double constant) {
    return value == constant || value == static_cast<double>(static_cast<float>(constant));
}

std::string relu_name(const Json &config, double slope) {
    if (number_or(config, "threshold", 0) != 0) return "";
    const double ceiling = number_or(config, "max_value", INFINITY);
    if (slope == 0 && std::isinf(ceiling)) return "relu";
    if (slope == 0 && ceiling == 6) return "relu6";
    return is_constant(slope, 0.2) && std::isinf(ceiling) ? "leaky_relu" : "";
}

// softmax runs over the last axis of the tensor, whichever way Keras was told so.
bool is_last_axis(const Json &config, int spatial_rank) {
    const auto axis = config.find("axis");
    if (axis == config.end()) return true;
    const Json &value = axis->is_array() && axis->size() == 1 ? (*axis)[0] : *axis;
    return value == -1 || value == spatial_rank + 1;
}

// The name of the activation that a layer of Keras computes with this config, or "" where it is none of ours.
std::string activation_of_layer(const std::string &class_name, const Json &config, int spatial_rank) {
    const double default_slope = class_name == "LeakyReLU" ? 0.3 : 0;
    const double slope = number_or(config, "negative_slope", number_or(config, "alpha", default_slope));
    if (class_name == "ReLU") return relu_name(config, slope);
    if (class_name == "LeakyReLU") return is_constant(slope, 0.2) ? "leaky_relu" : "";
    if (class_name == "ELU") return number_or(config, "alpha", 1) == 1 ? "elu" : "";
    if (class_name == "Softmax") return is_last_axis(config, spatial_rank) ? "softmax" : "";
    return class_name == "Identity" ? "linear" : "";
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
        fields.unsupported("activation", "not supported; supported are " + join(supported_names()));
    } else {
        fields.refuse("activation",
                      "unknown; must be one of " + join(supported_names()) + did_you_mean(name, supported_names()));
    }
    return Activation::kNone;
}

Activation read_activation_or_object(Fields &fields, const Json &value, int spatial_rank) {
    if (!value.is_object()) return read_activation(fields, value, "");
    const auto class_name = value.find("class_name");
    const auto config = value.find("config");
    if (class_name == value.end() || !class_name->is_string() || config == value.end()) {
        fields.refuse("activation", "an activation object must have a class_name and a config");
        return Activation::kNone;
    }
    const std::string kind = class_name->get<std::string>();
    if (kind == "function" && config->is_string()) return read_activation(fields, *config, "");
    if (kind == "Activation" && config->is_object() && config->contains("activation")) {
        return read_activation_or_object(fields, (*config)["activation"], spatial_rank);
    }
    const std::string name = config->is_object() ? activation_of_layer(kind, *config, spatial_rank) : "";
    if (name.empty()) {
        fields.unsupported("activation",
                           "this object is not supported; ReLU with max_value null or 6, LeakyReLU with "
                           "negative_slope 0.2, ELU with alpha 1, Softmax over the last axis, and the "
                           "names " +
                               join(supported_names()) + " are");
        return Activation::kNone;
    }
    return read_activation(fields, Json(name), "");
}

}  // namespace tconv
