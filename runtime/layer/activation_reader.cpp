// SPDX-License-Identifier: Apache-2.0
// Activations by the names of keras.activations, and the objects that get_config() writes for them.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/layer/activation_object.h"
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
    {"hard_tanh", {Activation::kClip, -1, 1}},
    {"softmax", Activation::kSoftmax},
};

// What keras.activations has besides, so that a valid name is told apart from a misspelt one.
const std::vector<std::string> kKnown = {
    "glu",       "hard_shrink", "log_sigmoid", "log_softmax", "soft_shrink", "sparse_plus", "sparse_sigmoid",
    "sparsemax", "squareplus",  "tanh_shrink", "threshold",
};

std::vector<std::string> supported_names() {
    std::vector<std::string> names = {"null"};
    for (const auto &entry : kSupported) names.push_back(entry.first);
    return names;
}

// The number under `key` in the config of an activation object, NaN for none of float's range; `fallback` stands for an
// absent or null one.
double number_or(const Json &config, const char *key, double fallback) {
    const auto value = config.find(key);
    if (value == config.end() || value->is_null()) return fallback;
    const double number = value->is_number() ? value->get<double>() : std::nan("");
    return std::isfinite(static_cast<float>(number)) ? number : std::nan("");
}

Activation leaky_relu(double slope) { return {Activation::kLeakyRelu, static_cast<float>(slope)}; }

Activation clip(double least, double most) {
    return {Activation::kClip, static_cast<float>(least), static_cast<float>(most)};
}

// softmax runs over the last axis of the tensor, whichever way Keras was told so.
bool is_last_axis(const Json &config, int spatial_rank) {
    const auto axis = config.find("axis");
    if (axis == config.end()) return true;
    const Json &value = axis->is_array() && axis->size() == 1 ? (*axis)[0] : *axis;
    return value == -1 || value == spatial_rank + 1;
}

// What keras.layers.ReLU computes; none where it is none of ours.
std::optional<Activation> relu_of(const Json &config, double slope) {
    const double ceiling = number_or(config, "max_value", INFINITY);
    if (number_or(config, "threshold", 0) != 0 || std::isnan(slope) || !(ceiling >= 0)) return std::nullopt;
    if (std::isinf(ceiling)) return slope == 0 ? Activation(Activation::kRelu) : leaky_relu(slope);
    if (slope != 0) return std::nullopt;
    return ceiling == 6 ? Activation(Activation::kRelu6) : clip(0, ceiling);
}

// The activation that a layer of Keras computes with this config; none where it is none of ours.
std::optional<Activation> activation_of_layer(const std::string &class_name, const Json &config, int spatial_rank) {
    const double default_slope = class_name == "LeakyReLU" ? 0.3 : 0;
    const double slope = number_or(config, "negative_slope", number_or(config, "alpha", default_slope));
    if (class_name == "ReLU") return relu_of(config, slope);
    if (class_name == "LeakyReLU" && std::isfinite(slope)) return leaky_relu(slope);
    if (class_name == "ELU") {
        const auto alpha = static_cast<float>(number_or(config, "alpha", 1));
        if (std::isfinite(alpha)) return Activation(Activation::kElu, alpha);
    }
    if (class_name == "Softmax" && is_last_axis(config, spatial_rank)) return Activation(Activation::kSoftmax);
    if (class_name == "Identity") return Activation();
    return std::nullopt;
}

// The names under which frameworks compute different things, and what to state instead.
void refuse_ambiguous(Fields &fields, const std::string &name) {
    if (name == "leaky_relu") {
        fields.refuse("activation",
                      "has no slope of its own here, since Keras' is 0.2 or 0.3 and PyTorch's and ONNX' 0.01: state "
                      "{\"name\": \"leaky_relu\", \"negative_slope\": 0.01}");
    } else if (name == "hard_sigmoid") {
        fields.refuse(
            "activation",
            "has no parameters of its own here: state {\"name\": \"hard_sigmoid\", \"alpha\": A, \"beta\": 0.5} "
            "with A 0.2 for ONNX' default and 0.16666667 for PyTorch's");
    }
}

Activation read_name(Fields &fields, const Json &value, const Layer &layer, const std::string &extra_name) {
    if (value.is_null()) return {};
    if (!value.is_string()) {
        fields.refuse("activation", "must be a name, an object with a name or null");
        return {};
    }
    const std::string name = value.get<std::string>();
    if (!extra_name.empty() && name == extra_name) return {};
    if (layer.op == Op::kConvTranspose) refuse_ambiguous(fields, name);
    if (const std::optional<Activation> found = find_activation(name)) return *found;
    if (is_parametric(name)) {
        fields.refuse("activation", "has parameters: " + form_of(name));
    } else if (std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end()) {
        fields.unsupported("activation", "not supported; supported are " + join(supported_names()));
    } else {
        fields.refuse("activation",
                      "unknown; must be one of " + join(supported_names()) + did_you_mean(name, supported_names()));
    }
    return {};
}

Activation read_keras_object(Fields &fields, const Json &value, const Layer &layer) {
    const auto class_name = value.find("class_name");
    const auto config = value.find("config");
    if (class_name == value.end() || !class_name->is_string() || config == value.end()) {
        fields.refuse("activation", "an activation object must have a name, or Keras' class_name and config");
        return {};
    }
    const std::string kind = class_name->get<std::string>();
    if (kind == "function" && config->is_string()) return read_name(fields, *config, layer, "");
    if (kind == "Activation" && config->is_object() && config->contains("activation")) {
        const Json &inner = (*config)["activation"];
        return inner.is_object() ? read_keras_object(fields, inner, layer) : read_name(fields, inner, layer, "");
    }
    const auto activation = config->is_object() ? activation_of_layer(kind, *config, layer.spatial_rank) : std::nullopt;
    if (!activation) {
        fields.unsupported("activation",
                           "this object is not supported; ReLU with threshold 0, and with max_value or negative_slope "
                           "alone, LeakyReLU, ELU, Softmax over the last axis, and the names " +
                               join(supported_names()) + " are");
        return {};
    }
    return *activation;
}

}  // namespace

void read_activation(Fields &fields, const Json &value, Layer &layer, const Source &source,
                     const std::string &extra_name) {
    const bool is_object = value.is_object();
    if (is_object && value.contains("name") && !value.contains("class_name")) {
        read_parametric_activation(fields, value, layer, source);
    } else if (is_object && is_keras_layer(layer.op)) {
        layer.activation = read_keras_object(fields, value, layer);
    } else {
        layer.activation = read_name(fields, value, layer, extra_name);
    }
    if (layer.op == Op::kConvTranspose && layer.activation == Activation::kSoftmax &&
        layer.layout == Layout::kChannelsFirst) {
        fields.refuse(
            "activation",
            "runs over the last axis, which are no channels in channels_first; in PyTorch and ONNX an axis is "
            "stated: state \"data_format\": \"channels_last\", or leave it to the caller");
    }
}

std::optional<Activation> find_activation(const std::string &name) {
    for (const auto &entry : kSupported) {
        if (entry.first == name) return entry.second;
    }
    return std::nullopt;
}

}  // namespace tconv
