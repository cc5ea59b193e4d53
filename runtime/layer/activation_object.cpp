// SPDX-License-Identifier: Apache-2.0
#include "runtime/layer/activation_object.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>

#include "runtime/base/text.h"
#include "tconv/npy.h"

namespace tconv {

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Form {
    const char *name;
    std::vector<std::string> parameters;
    const char *example;
};

const std::vector<Form> &forms() {
    static const std::vector<Form> table = {
        {"leaky_relu", {"negative_slope"}, R"({"name": "leaky_relu", "negative_slope": 0.01})"},
        {"prelu", {"alpha"}, R"({"name": "prelu", "alpha": "alpha.npy"})"},
        {"elu", {"alpha"}, R"({"name": "elu", "alpha": 1.0})"},
        {"celu", {"alpha"}, R"({"name": "celu", "alpha": 1.0})"},
        {"hard_tanh",
         {"min_value", "max_value", "min_val", "max_val"},
         R"({"name": "hard_tanh", "min_value": -1, "max_value": 1})"},
        {"clip", {"min", "max"}, R"({"name": "clip", "min": 0, "max": 6})"},
        {"hard_sigmoid", {"alpha", "beta"}, R"({"name": "hard_sigmoid", "alpha": 0.2, "beta": 0.5})"},
    };
    return table;
}

const Form *find_form(const std::string &name) {
    for (const Form &form : forms()) {
        if (form.name == name) return &form;
    }
    return nullptr;
}

// A number of float's range; the fallback where the key is absent, and a failure where there is no fallback.
float read_number(Fields &fields, const std::string &key, std::optional<float> fallback = std::nullopt) {
    const Json *value = fallback ? fields.find(key) : fields.require(key);
    if (!value) return fallback.value_or(0.0f);
    const double number = value->is_number() ? value->get<double>() : std::nan("");
    if (!std::isfinite(static_cast<float>(number))) {
        fields.refuse(key, "must be a finite number");
        return fallback.value_or(0.0f);
    }
    return static_cast<float>(number);
}

Activation read_clip(Fields &fields, const char *least_key, const char *most_key, float least, float most) {
    const float a = read_number(fields, least_key, least), b = read_number(fields, most_key, most);
    const Json *stated = fields.find(most_key);
    if (a > b) {
        fields.refuse(least_key,
                      std::string("must not be above ") + most_key + ", " + to_text(stated ? *stated : Json(b)));
    }
    return {Activation::kClip, a, b};
}

// ONNX' form; that of Keras and PyTorch, which divides by 6, where the numbers are its.
Activation read_hard_sigmoid(Fields &fields) {
    const float alpha = read_number(fields, "alpha"), beta = read_number(fields, "beta");
    if (std::fabs(alpha - 1.0f / 6.0f) < 1e-7f && beta == 0.5f) return Activation::kHardSigmoid;
    return {Activation::kLinearHardSigmoid, alpha, beta};
}

// One value, or one for each output channel, whose number LayerBuilder knows: [C], or as PyTorch and ONNX broadcast it,
// [C, 1, 1], [1, C, 1, 1].
void read_slopes_file(Fields &fields, Layer &layer) {
    const Expected<Array> array = read_npy(layer.slopes_file, DataType::kFloat32);
    if (!array) {
        fields.refuse("alpha", array.error().message);
        return;
    }
    const auto axes =
        std::count_if(array->shape.begin(), array->shape.end(), [](int64_t extent) { return extent != 1; });
    if (axes > 1) {
        fields.refuse("alpha", "the array has shape " + to_text(array->shape) +
                                   ", must have one value for each output channel, or one");
        return;
    }
    layer.slopes = array->data;
}

void read_prelu(Fields &fields, Layer &layer, const Source &source) {
    const Json *alpha = fields.require("alpha");
    if (!alpha) return;
    if (alpha->is_string()) {
        const std::string path = alpha->get<std::string>();
        if (path.empty() || path.find('\0') != std::string::npos) {
            fields.refuse("alpha", "must be the path of a .npy file, a number or a list of numbers");
            return;
        }
        layer.activation = Activation::kPrelu;
        layer.slopes_file = (std::filesystem::path(source.directory) / path).string();
        if (!source.read_tensors) return;
        read_slopes_file(fields, layer);
    } else if (alpha->is_array()) {
        for (const Json &value : *alpha) {
            const double number = value.is_number() ? value.get<double>() : std::nan("");
            layer.slopes.push_back(static_cast<float>(number));
        }
    } else if (alpha->is_number()) {
        layer.slopes = {read_number(fields, "alpha")};
    } else {
        fields.refuse("alpha", "must be the path of a .npy file, a number or a list of numbers");
        return;
    }
    const bool finite = std::all_of(layer.slopes.begin(), layer.slopes.end(), [](float v) { return std::isfinite(v); });
    if (!finite || layer.slopes.empty()) fields.refuse("alpha", "must hold finite numbers, at least one");
    layer.activation = Activation::kPrelu;
    if (layer.slopes.size() == 1) {
        layer.activation = {Activation::kLeakyRelu, layer.slopes[0]};
        layer.slopes.clear();
    }
}

}  // namespace

bool is_parametric(const std::string &name) { return find_form(name) != nullptr; }

std::string form_of(const std::string &name) { return std::string("state ") + find_form(name)->example; }

void read_parametric_activation(Fields &fields, const Json &value, Layer &layer, const Source &source) {
    Fields object(value, "an activation", "activation.");
    const std::string name = object.string("name");
    const Form *form = find_form(name);
    const std::optional<Activation> plain = find_activation(name);
    if (object.ok() && !form && !plain) {
        std::vector<std::string> names;
        for (const Form &each : forms()) names.push_back(each.name);
        object.refuse("name", "unknown; with parameters there are " + join(names) + did_you_mean(name, names));
    }
    std::vector<std::string> known = {"name"};
    if (form) known.insert(known.end(), form->parameters.begin(), form->parameters.end());
    object.allow_only(known);
    if (object.ok()) {
        if (name == "prelu") {
            read_prelu(object, layer, source);
        } else if (name == "leaky_relu") {
            layer.activation = {Activation::kLeakyRelu, read_number(object, "negative_slope")};
        } else if (name == "elu") {
            layer.activation = {Activation::kElu, read_number(object, "alpha", 1.0f)};
        } else if (name == "celu") {
            layer.activation = {Activation::kCelu, read_number(object, "alpha", 1.0f)};
            if (layer.activation.a <= 0) object.refuse("alpha", "must be above 0");
        } else if (name == "hard_tanh") {
            const bool torch = value.contains("min_val") || value.contains("max_val");  // PyTorch's spelling
            if (torch) object.allow_only({"name", "min_val", "max_val"});
            layer.activation =
                read_clip(object, torch ? "min_val" : "min_value", torch ? "max_val" : "max_value", -1, 1);
        } else if (name == "clip") {
            if (value.size() == 1) object.missing("min", "a clip has min, max or both");
            layer.activation = read_clip(object, "min", "max", -kInfinity, kInfinity);
        } else if (name == "hard_sigmoid") {
            layer.activation = read_hard_sigmoid(object);
        } else {
            layer.activation = *plain;
        }
    }
    fields.check(object.status());
}

}  // namespace tconv
