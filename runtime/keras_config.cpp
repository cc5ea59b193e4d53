// SPDX-License-Identifier: Apache-2.0
// The JSON of keras.layers.Conv2DTranspose(...).get_config(), alone or inside the object that Keras wraps round it when
// it saves a layer: {"module", "class_name", "config", "registered_name", "build_config"}.
#include "layer_reader.h"
#include "text.h"
#include "validate.h"

namespace tconv {

namespace {

// Takes out the shape of the input, batch included, from where Keras 3, Keras 2 and saved models keep it. Null where
// none is.
Json take_built_shape(Json &config) {
    Json shape;
    for (const char *key : {"batch_input_shape", "batch_shape"}) {
        const auto found = config.find(key);
        if (found == config.end()) continue;
        if (shape.is_null()) shape = *found;
        config.erase(key);
    }
    const auto build = config.find("build_config");
    if (build == config.end() || !build->is_object()) return shape;  // a wrong type is reported as an unknown key
    if (shape.is_null() && build->contains("input_shape")) shape = (*build)["input_shape"];
    config.erase("build_config");
    return shape;
}

Expected<Json> unwrap(const Json &object) {
    Fields fields(object, "a serialized layer");
    const std::string class_name = fields.string("class_name");
    if (fields.ok() && class_name != "Conv2DTranspose") {
        fields.unsupported("class_name", "only Conv2DTranspose is read from get_config(); write others as "
                                         "keras.ops.conv_transpose with bias and activation");
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

Expected<Json> from_keras_config(const Json &object, bool is_call) {
    Expected<Json> config = object.contains("class_name") ? unwrap(object) : Expected<Json>(object);
    if (!config) return config.error();
    if (config->contains("op")) return invalid_argument("config.op", to_text((*config)["op"]), "unknown key");
    if (config->contains("groups") && !config->contains("output_padding") && !object.contains("class_name")) {
        return invalid_argument("groups", to_text((*config)["groups"]),
                                "belongs to the configuration of a Conv2D; that of a Conv2DTranspose has output_padding");
    }
    const Json built_shape = take_built_shape(*config);
    if (!is_call && !built_shape.is_null() && !config->contains("input_shape")) (*config)["input_shape"] = built_shape;
    const auto name = config->find("name");
    if (name != config->end() && name->is_string()) *name = to_identifier(name->get<std::string>());
    (*config)["op"] = to_string(Op::kKerasConv2DTranspose);
    return config;
}

}  // namespace tconv
