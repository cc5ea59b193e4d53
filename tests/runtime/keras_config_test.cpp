// SPDX-License-Identifier: Apache-2.0
// get_config() of keras.layers.Conv2DTranspose and its kin of other ranks, as Keras 3.15 writes it.
#include "layer_text.h"

namespace tconv {
namespace {

// Printed by Keras 3.15: Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu").get_config().
Json config(const char *changes = "{}") {
    return with(json(R"({"name": "conv2d_transpose", "trainable": true,
        "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"},
                  "registered_name": null},
        "filters": 8, "kernel_size": [3, 3], "strides": [2, 2], "padding": "same", "output_padding": null,
        "data_format": "channels_last", "dilation_rate": [1, 1], "activation": "relu", "use_bias": true,
        "kernel_initializer": {"module": "keras.initializers", "class_name": "GlorotUniform",
                               "config": {"seed": null, "input_axes": null, "output_axes": null},
                               "registered_name": null},
        "bias_initializer": {"module": "keras.initializers", "class_name": "Zeros", "config": {},
                             "registered_name": null},
        "kernel_regularizer": null, "bias_regularizer": null, "activity_regularizer": null,
        "kernel_constraint": null, "bias_constraint": null})"),
                json(changes));
}

// Printed by keras.saving.serialize_keras_object(layer) after build().
Json serialized(const char *changes = "{}") {
    return with({{"module", "keras.layers"},
                 {"class_name", "Conv2DTranspose"},
                 {"config", config()},
                 {"registered_name", nullptr},
                 {"build_config", {{"input_shape", {1, 4, 4, 3}}}}},
                json(changes));
}

LayerFileOptions shape_option() {
    LayerFileOptions options;
    options.input_shape = Shape{1, 4, 4, 3};
    return options;
}

TEST(KerasConfig, IsCompletedByAnInputShape) {
    const Layer layer = layer_of(config(), shape_option());
    EXPECT_EQ(layer.name, "conv2d_transpose");
    EXPECT_EQ(layer.op, Op::kKerasConv2DTranspose);
    EXPECT_EQ(layer.filter_shape(), (Shape{3, 3, 8, 3}));
    EXPECT_EQ(layer.output_shape(), (Shape{1, 8, 8, 8}));
    EXPECT_TRUE(layer.bias);
    EXPECT_EQ(layer.activation, Activation::kRelu);
}

TEST(KerasConfig, WithoutAnInputShapeSaysHowToGiveOne) {
    EXPECT_EQ(message_of(config()),
              "input_shape = (missing): a layer does not state it: add it to the file or give --input-shape");
}

TEST(KerasConfig, IsReadFromASerializedLayerToo) {
    EXPECT_EQ(layer_of(serialized()).output_shape(), (Shape{1, 8, 8, 8}));
    EXPECT_EQ(layer_of(serialized(R"({"build_config": null})"), shape_option()).output_shape(), (Shape{1, 8, 8, 8}));
    EXPECT_EQ(layer_of(serialized(R"({"name": "x", "inbound_nodes": []})")).name, "conv2d_transpose");
}

TEST(KerasConfig, UsesTheShapesThatKerasWrites) {
    EXPECT_EQ(layer_of(config(R"({"batch_input_shape": [2, 4, 4, 3]})")).batch, 2);
    EXPECT_EQ(layer_of(config(R"({"batch_shape": [2, 4, 4, 3]})")).batch, 2);
    EXPECT_EQ(layer_of(config(R"({"build_config": {"input_shape": [2, 4, 4, 3]}})")).batch, 2);
    const Json open_batch = serialized(R"({"build_config": {"input_shape": [null, 4, 4, 3]}})");
    // Messages name the key that the file has.
    const std::string rule =
        " = [null,4,4,3]: extents decided at run time are not supported yet; give a number, here or by --input-shape";
    EXPECT_EQ(message_of(open_batch), "build_config.input_shape" + rule);
    EXPECT_EQ(message_of(config(R"({"batch_input_shape": [null, 4, 4, 3]})")), "batch_input_shape" + rule);
    EXPECT_EQ(message_of(config(R"({"batch_shape": [null, 4, 4, 3]})")), "batch_shape" + rule);
    EXPECT_EQ(message_of(config(R"({"batch_input_shape": [4, 4, 3]})"))
                  .find("batch_input_shape = [4,4,3]: must be a list of 4"),
              0u);
    EXPECT_TRUE(is_unsupported(open_batch));
    EXPECT_EQ(layer_of(open_batch, shape_option()).batch, 1);
}

// The three classes share one get_config(), which says nothing of its class.
TEST(KerasConfig, TheLengthOfKernelSizeTellsTheRank) {
    LayerFileOptions options;
    options.input_shape = Shape{2, 5, 3};
    const Layer line = layer_of(config(R"({"kernel_size": [3], "strides": [2], "dilation_rate": [1]})"), options);
    EXPECT_EQ(line.op, Op::kKerasConv1DTranspose);
    EXPECT_EQ(line.filter_shape(), (Shape{3, 8, 3}));
    EXPECT_EQ(line.output_shape(), (Shape{2, 10, 8}));
    EXPECT_TRUE(line.bias);
    options.input_shape = Shape{1, 2, 3, 4, 3};
    const Layer volume = layer_of(config(R"({"kernel_size": [3, 2, 1], "strides": [2, 1, 1], "dilation_rate": 1,
                                             "padding": "valid"})"),
                                  options);
    EXPECT_EQ(volume.op, Op::kKerasConv3DTranspose);
    EXPECT_EQ(volume.output_shape(), (Shape{1, 5, 4, 4, 8}));

    EXPECT_EQ(message_of(config(R"({"kernel_size": [3], "strides": [2], "dilation_rate": [1]})"), shape_option()),
              "input_shape = [1,4,4,3]: must be a list of 3 integers: batch, channels and the spatial extents");
    EXPECT_EQ(message_of(config(R"({"kernel_size": [3]})"),
                         [] {
                             LayerFileOptions line_shape;
                             line_shape.input_shape = Shape{1, 4, 3};
                             return line_shape;
                         }()),
              "strides = [2,2]: must be an integer or a list of 1 integer");
    EXPECT_EQ(message_of(config(R"({"kernel_size": [3, 3, 3, 3]})"), shape_option()),
              "kernel_size = [3,3,3,3]: must be an integer or a list of 2 integers");
}

TEST(KerasConfig, AClassTellsTheRankToo) {
    const Json line = config(R"({"kernel_size": 4, "strides": 2, "dilation_rate": 1})");
    const Json object = {
        {"class_name", "Conv1DTranspose"}, {"config", line}, {"build_config", {{"input_shape", {1, 6, 3}}}}};
    EXPECT_EQ(layer_of(object).op, Op::kKerasConv1DTranspose);
    EXPECT_EQ(layer_of(object).output_shape(), (Shape{1, 12, 8}));
    EXPECT_EQ(message_of(serialized(R"({"class_name": "Conv3DTranspose"})"))
                  .find("build_config.input_shape = [1,4,4,3]: must be a list of 5"),
              0u);
    // As an operator of our own form.
    const Layer own =
        layer_of(json(R"({"name": "up", "op": "keras.layers.Conv3DTranspose", "input_shape": [1, 2, 2, 2, 3],
        "filters": 4, "kernel_size": 2, "strides": 2, "activation": {"class_name": "Softmax", "config": {"axis": 4}}})"));
    EXPECT_EQ(own.output_shape(), (Shape{1, 4, 4, 4, 4}));
    EXPECT_EQ(own.activation, Activation::kSoftmax);
    EXPECT_STREQ(to_string(own.op), "keras.layers.Conv3DTranspose");
}

TEST(KerasConfig, NamesBecomeIdentifiers) {
    EXPECT_EQ(layer_of(config(R"({"name": "decoder/up-1.conv"})"), shape_option()).name, "decoder_up_1_conv");
    EXPECT_EQ(layer_of(config(R"({"name": "3rd"})"), shape_option()).name, "layer_3rd");
    EXPECT_EQ(layer_of(config(R"({"name": "double"})"), shape_option()).name, "layer_double");
    LayerFileOptions options = shape_option();
    options.name = "mine";
    EXPECT_EQ(layer_of(config(), options).name, "mine");
    options.name = "not mine";
    EXPECT_EQ(message_of(config(), options),
              "name = \"not mine\": must be a C identifier: letters, digits and '_', no digit first");
}

TEST(KerasConfig, ReadsDtypesAsNamesAndPolicies) {
    EXPECT_EQ(layer_of(config(R"({"dtype": "float32"})"), shape_option()).types, ElementTypes::all(DataType::kFloat32));
    EXPECT_EQ(layer_of(config(R"({"dtype": null})"), shape_option()).types, ElementTypes::all(DataType::kFloat32));
    EXPECT_EQ(message_of(config(R"({"dtype": "mixed_float16"})"), shape_option()),
              "dtype = \"mixed_float16\": only float32 is supported yet");
    EXPECT_NE(message_of(config(R"({"dtype": {"class_name": "DTypePolicy", "config": {"name": "bfloat16"}}})"),
                         shape_option())
                  .find("only float32 is supported yet"),
              std::string::npos);
    EXPECT_NE(message_of(config(R"({"dtype": {"class_name": "DTypePolicy"}})"), shape_option()).find("dtype = {"),
              std::string::npos);
}

TEST(KerasConfig, RefusesOtherLayersAndUnknownKeys) {
    const std::string other = message_of(serialized(R"({"class_name": "DepthwiseConv2D"})"));
    EXPECT_EQ(other.find("class_name = \"DepthwiseConv2D\": only Conv1DTranspose, Conv2DTranspose and Conv3DTranspose"),
              0u)
        << other;
    EXPECT_EQ(message_of(json(R"({"class_name": "Sequential", "config": {}, "compile_config": {}})"))
                  .find("class_name = \"Sequential\": only"),
              0u);
    EXPECT_NE(message_of(serialized(R"({"wieghts": 1})")).find("wieghts = 1: unknown key"), std::string::npos);
    EXPECT_NE(message_of(config(R"({"depth_multiplier": 1})"), shape_option()).find("depth_multiplier = 1: unknown"),
              std::string::npos);
    EXPECT_EQ(message_of(serialized(R"({"config": []})")), "config = []: must be an object");
    EXPECT_EQ(message_of(with(serialized(), {{"config", config(R"({"op": "x"})")}})), "config.op = \"x\": unknown key");
    // What get_config() of a Conv2D has, and that of a Conv2DTranspose has not.
    EXPECT_EQ(message_of(json(R"({"filters": 2, "kernel_size": [3, 3], "groups": 1})"), shape_option()),
              "groups = 1: belongs to the configuration of a Conv2D; that of a Conv2DTranspose has output_padding");
    EXPECT_NE(message_of(config(R"({"build_config": 1})"), shape_option()).find("build_config = 1: unknown key"),
              std::string::npos);
}

}  // namespace
}  // namespace tconv
