// SPDX-License-Identifier: Apache-2.0
// The JSON of keras.layers.Conv2DTranspose(...).get_config(), or Conv1DTranspose or Conv3DTranspose, alone or inside
// the object that Keras wraps round it when it saves a layer: {"module", "class_name", "config", "registered_name",
// "build_config"}.
#include <algorithm>
#include <array>

#include "runtime/base/text.h"
#include "runtime/layer/layer_reader.h"
#include "runtime/layer/validate.h"

namespace tconv {

namespace {

constexpr std::array<const char *, 3> kClasses = {"Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"};  // by rank

struct BuiltShape {
    Json shape;       // null where none is
    std::string key;  // where it stood
};

// Takes out the shape of the input, batch included, from where Keras 3, Keras 2 and saved models keep it.
BuiltShape take_built_shape(Json &config) {
    BuiltShape built;
    for (const char *key : {"batch_input_shape", "batch_shape"}) {
        const auto found = config.find(key);
        if (found == config.end()) continue;
        if (built.shape.is_null()) built = {*found, key};
        config.erase(key);
    }
    const auto build = config.find("build_config");
    if (build == config.end() || !build->is_object()) return built;  // a wrong type is reported as an unknown key
    if (built.shape.is_null() && build->contains("input_shape"))
        built = {(*build)["input_shape"], "build_config.input_shape"};
    config.erase("build_config");
    return built;
}

// By its class, where the object states one. get_config() alone does not: there kernel_size has an extent an axis.
size_t spatial_rank(const Json &object, const Json &config) {
    const auto of_class = std::find(kClasses.begin(), kClasses.end(), object.value("class_name", Json()));
    if (of_class != kClasses.end()) return static_cast<size_t>(of_class - kClasses.begin()) + 1;
    const auto kernel = config.find("kernel_size");
    const bool tells =
        kernel != config.end() && kernel->is_array() && !kernel->empty() && kernel->size() <= kClasses.size();
    return tells ? kernel->size() : 2;
}

Expected<Json> unwrap(const Json &object) {
    Fields fields(object, "a serialized layer");
    const std::string class_name = fields.string("class_name");
    if (fields.ok() && std::find(kClasses.begin(), kClasses.end(), class_name) == kClasses.end()) {
        fields.unsupported("class_name",
                           "only Conv1DTranspose, Conv2DTranspose and Conv3DTranspose are read from get_config()");
    }
    fields.allow_only({"module", "class_name", "config", "registered_name", "build_config", "name", "inbound_nodes"});
    const Json *config = fields.require("config");
    if (config && !config->is_object()) fields.refuse("config", "must be an object");
    const Json *build = fields.find("build_config");
    if (build && !build->is_object() && !build->is_null()) fields.refuse("build_config", "must be an object or null");
    if (!fields.ok()) return fields.error();
    Json result = *config;
    if (build && build->is_object() && !result.contains("build_config")) result["build_config"] = *build;
    return result;
}

}  // namespace

bool is_keras_config(const Json &object) {
    if (object.contains("op")) return false;
    return object.contains("filters") || (object.contains("class_name") && object.contains("config"));
}

std::string keras_config_name(const Json &object) {
    const Json &config = object.contains("class_name") && object.contains("config") ? object["config"] : object;
    const auto name = config.is_object() ? config.find("name") : config.end();
    return name == config.end() || !name->is_string() ? "" : to_identifier(name->get<std::string>());
}

Expected<Json> from_keras_config(const Json &object, Source &source) {
    Expected<Json> config = object.contains("class_name") ? unwrap(object) : Expected<Json>(object);
    if (!config) return config.error();
    if (config->contains("op")) return invalid_argument("config.op", to_text((*config)["op"]), "unknown key");
    if (config->contains("groups") && !config->contains("output_padding") && !object.contains("class_name")) {
        return invalid_argument(
            "groups", to_text((*config)["groups"]),
            "belongs to the configuration of a Conv2D; that of a Conv2DTranspose has output_padding");
    }
    const BuiltShape built = take_built_shape(*config);
    if (!source.call && !built.shape.is_null() && !config->contains("input_shape")) {
        (*config)["input_shape"] = built.shape;
        source.input_key = built.key;
    }
    const auto name = config->find("name");
    if (name != config->end() && name->is_string()) *name = to_identifier(name->get<std::string>());
    (*config)["op"] = std::string("keras.layers.") + kClasses[spatial_rank(object, *config) - 1];
    return config;
}

}  // namespace tconv
