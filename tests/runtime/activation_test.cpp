// SPDX-License-Identifier: Apache-2.0
// Activations by name in every operator, and the objects that get_config() writes for them.
#include "layer_text.h"

namespace tconv {
namespace {

Json ops(const Json &activation) {
    return with(json(R"({"name": "up", "op": "keras.ops.conv_transpose", "input_shape": [1, 4, 4, 6],
                         "filter_shape": [3, 3, 5, 6]})"),
                {{"activation", activation}});
}

Json conv2d(const Json &activation) {
    return with(json(R"({"name": "up", "op": "keras.layers.Conv2DTranspose", "input_shape": [1, 4, 4, 6],
                         "filters": 5, "kernel_size": 3})"),
                {{"activation", activation}});
}

const char *const kSupported =
    "null, linear, relu, relu6, leaky_relu, elu, selu, celu, gelu, softplus, softsign, silu, swish, mish, sigmoid, "
    "tanh, exponential, hard_sigmoid, hard_silu, hard_swish, hard_tanh, softmax";

TEST(Activations, AreReadByNameInFilesOfEveryKind) {
    const std::vector<std::pair<Json, Activation>> names = {
        {nullptr, Activation::kNone},
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
    for (const auto &entry : names) {
        EXPECT_EQ(layer_of(conv2d(entry.first)).activation, entry.second) << entry.first;
        EXPECT_EQ(layer_of(ops(entry.first)).activation, entry.second) << entry.first;
    }
    EXPECT_EQ(layer_of(ops("none")).activation, Activation::kNone);  // a word of our own for the functional operators
}

TEST(Activations, OthersOfKerasAreRefusedByName) {
    for (const char *name : {"glu", "hard_shrink", "log_sigmoid", "log_softmax", "soft_shrink", "sparse_plus",
                             "sparse_sigmoid", "sparsemax", "squareplus", "tanh_shrink", "threshold"}) {
        EXPECT_TRUE(is_unsupported(conv2d(name))) << name;
        EXPECT_EQ(message_of(conv2d(name)),
                  std::string("activation = \"") + name + "\": not supported; supported are " + kSupported);
    }
}

TEST(Activations, UnknownNamesAreInvalid) {
    for (const auto &[name, meant] : std::vector<std::pair<std::string, std::string>>{{"ReLU", "relu"},
                                                                                      {"Relu", "relu"},
                                                                                      {"GELU", "gelu"},
                                                                                      {"gelu ", "gelu"},
                                                                                      {"leakyrelu", "leaky_relu"},
                                                                                      {"", ""},
                                                                                      {"none", ""}}) {
        EXPECT_EQ(message_of(conv2d(name.c_str())), "activation = \"" + name + "\": unknown; must be one of " +
                                                        kSupported +
                                                        (meant.empty() ? "" : "; did you mean " + meant + "?"));
        EXPECT_FALSE(is_unsupported(conv2d(name.c_str()))) << name;
    }
    for (const char *value : {"1", "true", "[\"relu\"]"}) {
        EXPECT_EQ(message_of(conv2d(json(value))),
                  std::string("activation = ") + value + ": must be a name, an object with a name or null");
    }
    EXPECT_EQ(message_of(ops(json(R"({"class_name": "ReLU"})"))),
              "activation = {\"class_name\":\"ReLU\"}: must be a name, an object with a name or null");
}

Activation of_object(const char *text) { return layer_of(conv2d(json(text))).activation; }

TEST(ActivationObjects, FunctionsAndActivationLayersCarryAName) {
    EXPECT_EQ(of_object(R"({"module": "builtins", "class_name": "function", "config": "relu6",
                            "registered_name": "function"})"),
              Activation::kRelu6);
    EXPECT_EQ(of_object(R"({"class_name": "function", "config": "gelu"})"), Activation::kGelu);
    EXPECT_EQ(of_object(R"({"class_name": "Activation", "config": {"activation": "tanh"}})"), Activation::kTanh);
    EXPECT_EQ(of_object(R"({"class_name": "Activation", "config": {"activation": null}})"), Activation::kNone);
    EXPECT_EQ(of_object(R"({"class_name": "Activation",
                            "config": {"activation": {"class_name": "function", "config": "mish"}}})"),
              Activation::kMish);
    EXPECT_EQ(of_object(R"({"class_name": "Identity", "config": {"name": "identity"}})"), Activation::kNone);
}

TEST(ActivationObjects, LayersStandForTheFunctionsThatTheyAre) {
    EXPECT_EQ(of_object(R"({"class_name": "ReLU", "config": {"max_value": null, "negative_slope": 0.0,
                                                             "threshold": 0.0}})"),
              Activation::kRelu);
    EXPECT_EQ(of_object(R"({"class_name": "ReLU", "config": {"max_value": 6, "negative_slope": 0.0,
                                                             "threshold": 0.0}})"),
              Activation::kRelu6);
    EXPECT_EQ(of_object(R"({"class_name": "ReLU", "config": {"max_value": null, "negative_slope": 0.2}})"),
              Activation::kLeakyRelu);
    EXPECT_EQ(of_object(R"({"class_name": "LeakyReLU", "config": {"negative_slope": 0.2}})"), Activation::kLeakyRelu);
    EXPECT_EQ(of_object(R"({"class_name": "LeakyReLU", "config": {"alpha": 0.20000000298023224}})"),
              Activation::kLeakyRelu);
    EXPECT_EQ(of_object(R"({"class_name": "ELU", "config": {"name": "elu", "alpha": 1.0}})"), Activation::kElu);
    for (const char *axis : {"-1", "3", "[-1]", "[3]"}) {
        const Json softmax = {{"class_name", "Softmax"}, {"config", {{"axis", json(axis)}}}};
        EXPECT_EQ(layer_of(conv2d(softmax)).activation, Activation::kSoftmax) << axis;
    }
    EXPECT_EQ(of_object(R"({"class_name": "Softmax", "config": {}})"), Activation::kSoftmax);
}

TEST(ActivationObjects, WhatIsNotExactlyOneOfOursIsRefused) {
    for (const char *text : {
             R"({"class_name":"LeakyReLU","config":{"negative_slope":"0.3"}})",
             R"({"class_name":"LeakyReLU","config":{"negative_slope":1e39}})",  // no number of float's range
             R"({"class_name":"ReLU","config":{"max_value":4,"negative_slope":0.1}})",
             R"({"class_name":"ReLU","config":{"max_value":6,"negative_slope":0.1}})",
             R"({"class_name":"ReLU","config":{"max_value":"6"}})",
             R"({"class_name":"ReLU","config":{"max_value":-1}})",  // Keras raises
             R"({"class_name":"ReLU","config":{"max_value":1e39}})",
             R"({"class_name":"ELU","config":{"alpha":-1e39}})",
             R"({"class_name":"ReLU","config":{"threshold":1.0}})",
             R"({"class_name":"ReLU","config":{"threshold":"0"}})",
             R"({"class_name":"ELU","config":{"alpha":"1"}})",
             R"({"class_name":"Softmax","config":{"axis":1}})",
             R"({"class_name":"Softmax","config":{"axis":[-1,-2]}})",
             R"({"class_name":"PReLU","config":{"shared_axes":null}})",
             R"({"class_name":"Lambda","config":"relu"})",
         }) {
        EXPECT_TRUE(is_unsupported(conv2d(json(text)))) << text;
        EXPECT_EQ(message_of(conv2d(json(text))).find("activation = {\"class_name\":"), 0u) << text;
    }
    EXPECT_NE(message_of(conv2d(json(R"({"class_name": "function", "config": "me>act"})"))).find("unknown"),
              std::string::npos);
    EXPECT_EQ(message_of(conv2d(json(R"({"config": 1})"))),
              "activation = {\"config\":1}: an activation object must have a name, or Keras' class_name and config");
}

}  // namespace
}  // namespace tconv
