// SPDX-License-Identifier: Apache-2.0
// One call of an operator on tensors at hand: what its file may leave out, and how it fits the tensors.
#include <fstream>

#include "operator_calls.h"
#include "temporary_folder.h"

namespace tconv {
namespace {

TEST(Call, TakesItsExtentsFromTheTensors) {
    const Layer layer = layer_of(conv2d_call());
    EXPECT_EQ(layer.op, Op::kConv2dTranspose);
    EXPECT_EQ(layer.input_shape(), (Shape{1, 4, 4, 6}));
    EXPECT_EQ(layer.filter_shape(), (Shape{3, 3, 5, 6}));
    EXPECT_EQ(layer.output_shape(), (Shape{1, 8, 8, 5}));
    EXPECT_FALSE(layer.weights);
}

TEST(Call, ServesEveryOperator) {
    EXPECT_EQ(layer_of(atrous_call()).output_shape(), (Shape{1, 4, 5, 5}));
    EXPECT_EQ(layer_of(conv3d_call()).output_shape(), (Shape{1, 4, 6, 8, 5}));
    EXPECT_EQ(layer_of(ops_call()).output_shape(), (Shape{1, 9, 9, 5}));
    EXPECT_EQ(layer_of(layer_call()).output_shape(), (Shape{1, 8, 8, 5}));
    Call line = ops_call();
    line.shapes = {{2, 4, 6}, {3, 5, 6}, std::nullopt};
    EXPECT_EQ(layer_of(line).output_shape(), (Shape{2, 9, 5}));
}

TEST(Call, ReadsListsInTheOrderOfDataFormat) {
    Call call = conv2d_call(R"({"data_format": "NCHW", "output_shape": [1, 5, 8, 12], "strides": [1, 1, 2, 3]})");
    call.shapes.input = {1, 6, 4, 4};
    EXPECT_EQ(layer_of(call).output_shape(), (Shape{1, 5, 8, 12}));
    EXPECT_EQ(layer_of(call).filter_shape(), (Shape{3, 3, 5, 6}));
}

TEST(Call, AcceptsABatchOfNone) {
    Call call = ops_call();
    call.shapes.input = {0, 4, 4, 6};
    EXPECT_EQ(layer_of(call).output_shape(), (Shape{0, 9, 9, 5}));
}

TEST(Call, TakesAnyName) {
    EXPECT_EQ(layer_of(conv2d_call()).name, "call");
    for (const char *name : {R"({"name": null})", R"({"name": ""})"}) {
        EXPECT_EQ(layer_of(conv2d_call(name)).name, "call") << name;
    }
    EXPECT_EQ(layer_of(conv2d_call(R"({"name": "decoder/up-1"})")).name, "decoder_up_1");
    EXPECT_EQ(layer_of(conv2d_call(R"({"name": "double"})")).name, "layer_double");
    EXPECT_EQ(message_of(conv2d_call(R"({"name": 3})")), "name = 3: must be a string");
}

TEST(Call, ShapesOfTheFileMustBeThoseOfTheTensors) {
    EXPECT_EQ(message_of(conv2d_call(R"({"input_shape": [1, 4, 4, 6], "filter_shape": [3, 3, 5, 6]})")), "(accepted)");
    EXPECT_EQ(message_of(conv2d_call(R"({"input_shape": [null, null, 4, null]})")), "(accepted)");
    EXPECT_EQ(message_of(conv2d_call(R"({"input_shape": [1, 5, 4, 6]})")),
              "input_shape = [1,5,4,6]: must be the shape of the given tensor, [1, 4, 4, 6]");
    EXPECT_EQ(message_of(conv2d_call(R"({"input_shape": [1, 4, 4]})")),
              "input_shape = [1,4,4]: must be the shape of the given tensor, [1, 4, 4, 6]");
    EXPECT_EQ(message_of(conv2d_call(R"({"input_shape": [1.0, 4, 4, 6]})")),
              "input_shape = [1.0,4,4,6]: must be the shape of the given tensor, [1, 4, 4, 6]");
    EXPECT_EQ(message_of(conv2d_call(R"({"filter_shape": null})")),
              "filter_shape = null: must be the shape of the given tensor, [3, 3, 5, 6]");
    EXPECT_EQ(message_of(layer_call(R"({"filter_shape": [3, 3, 6, 5]})")),
              "filter_shape = [3,3,6,5]: must be the shape of the given tensor, [3, 3, 5, 6]");
}

TEST(Call, BiasComesExactlyWhenTheLayerHasOne) {
    EXPECT_TRUE(layer_of(layer_call()).bias);
    EXPECT_FALSE(layer_of(without_bias(layer_call(R"({"use_bias": false})"))).bias);
    EXPECT_TRUE(layer_of(with_bias(conv2d_call(R"({"bias": true})"), {5})).bias);

    EXPECT_EQ(message_of(without_bias(layer_call())),
              "bias = (missing): use_bias is true, so a tensor of shape [5] is required");
    EXPECT_EQ(message_of(layer_call(R"({"use_bias": false})")), "bias = [5]: the layer has no bias: use_bias is false");
    for (const Call &call : functional_calls()) {
        Call biased = call;
        biased.arguments["bias"] = true;
        EXPECT_EQ(message_of(biased), "bias = (missing): \"bias\" is true, so a tensor of shape [5] is required");
        EXPECT_EQ(message_of(with_bias(biased, {5, 1})),
                  "bias = [5, 1]: must have the shape [5], one value for each out channel");
        EXPECT_EQ(message_of(with_bias(call, {5})), "bias = [5]: the layer has no bias: \"bias\" is not true");
    }
}

TEST(Call, WeightsOfTheFileAreCheckedAndNotUsed) {
    EXPECT_FALSE(layer_of(conv2d_call(R"({"weights": {"filter": "missing.npy"}})")).weights);
    EXPECT_EQ(message_of(conv2d_call(R"({"weights": {"kernel": "w.npy"}})")),
              "weights.kernel = \"w.npy\": unknown key; weights has filter, bias");
}

TEST(Call, TensorsAreNoArgumentsOfAFile) {
    for (const char *key : {"input", "value", "inputs"}) {
        for (Call call : functional_calls()) {
            call.arguments[key] = "x.npy";
            EXPECT_EQ(message_of(call), std::string(key) +
                                            " = \"x.npy\": is a tensor, which a file does not hold: give its shape as "
                                            "input_shape, and to 'tconv run' the tensor as --input");
        }
    }
    for (const char *key : {"filter", "filters", "kernel"}) {
        EXPECT_EQ(message_of(conv2d_call((R"({")" + std::string(key) + R"(": "w.npy"})").c_str())),
                  std::string(key) +
                      " = \"w.npy\": is a tensor, which a file does not hold: give its shape as filter_shape, and to "
                      "'tconv run' the tensor as --filter");
    }
    EXPECT_EQ(message_of(layer_call(R"({"kernel": 1})")).find("kernel = 1: is a tensor"), 0u);
}

// The shape that a saved layer was built with is no rule about what it is called on.
TEST(Call, TakesTheConfigOfALayer) {
    const Json config = {{"name", "up/1"},
                         {"filters", 5},
                         {"kernel_size", {3, 3}},
                         {"strides", {2, 2}},
                         {"padding", "same"},
                         {"build_config", {{"input_shape", {nullptr, 64, 64, 6}}}},
                         {"batch_input_shape", {1, 64, 64, 6}}};
    Call call = layer_call();
    call.arguments = config;
    EXPECT_EQ(layer_of(call).output_shape(), (Shape{1, 8, 8, 5}));
    call.arguments = {{"class_name", "Conv2DTranspose"}, {"config", config}};
    EXPECT_EQ(layer_of(call).output_shape(), (Shape{1, 8, 8, 5}));
    EXPECT_EQ(layer_of(call).name, "up_1");
}

TEST(Call, IsOneObject) {
    const CallShapes shapes = conv2d_call().shapes;
    EXPECT_EQ(message_of(parse_call("[]", "", shapes)),
              "the file = []: must hold one operator and its arguments (an "
              "object)");
    EXPECT_EQ(message_of(parse_call("", "", shapes)), "not valid JSON: the text is empty");
    EXPECT_EQ(message_of(parse_call("{}", "", shapes)).find("op = (missing): must be one of tf.nn.conv1d_transpose"),
              0u);
}

TEST(Call, ErrorsOfAFileBeginWithItsName) {
    const TemporaryFolder folder;
    const std::string path = folder.file("case.json");
    std::ofstream(path) << conv2d_call(R"({"strides": 0})").arguments;
    EXPECT_EQ(message_of(read_call(path, conv2d_call().shapes)), path + ": strides = 0: must not be below 1");
    std::ofstream(path) << conv2d_call().arguments;
    EXPECT_EQ(message_of(read_call(path, conv2d_call().shapes)), "(accepted)");
    EXPECT_EQ(message_of(read_call(folder.file("none.json"), conv2d_call().shapes)).find(folder.file("none.json")), 0u);
}

}  // namespace
}  // namespace tconv
