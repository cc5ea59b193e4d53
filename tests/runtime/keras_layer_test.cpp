// SPDX-License-Identifier: Apache-2.0
// keras.ops.conv_transpose and keras.layers.Conv2DTranspose: every argument form and every refusal.
#include "layer_text.h"

namespace tconv {
namespace {

Json ops(const char *changes = "{}") {
    return with(json(R"({"name": "up", "op": "keras.ops.conv_transpose", "input_shape": [1, 4, 4, 6],
                         "filter_shape": [3, 3, 5, 6], "strides": 2})"),
                json(changes));
}

Json conv2d(const char *changes = "{}") {
    return with(json(R"({"name": "up", "op": "keras.layers.Conv2DTranspose", "input_shape": [1, 4, 4, 6],
                         "filters": 5, "kernel_size": 3, "strides": 2, "padding": "same"})"),
                json(changes));
}

// One axis of keras.ops.conv_transpose in 1-D.
std::vector<int64_t> keras_1d(int64_t input, int64_t kernel, int64_t stride, int64_t dilation, const char *padding,
                              const Json &output_padding) {
    const Json file = {{"name", "up"},
                       {"op", "keras.ops.conv_transpose"},
                       {"input_shape", {1, input, 2}},
                       {"filter_shape", {kernel, 3, 2}},
                       {"strides", stride},
                       {"dilation_rate", dilation},
                       {"padding", padding},
                       {"output_padding", output_padding}};
    const Layer layer = layer_of(file);
    EXPECT_EQ(layer.spatial_rank, 1);
    return outputs(layer).front();
}

using Pair = std::vector<int64_t>;

TEST(KerasPadding, SameWithoutOutputPaddingMultipliesByTheStride) {
    EXPECT_EQ(keras_1d(4, 3, 2, 1, "same", nullptr), (Pair{8, 0}));
    EXPECT_EQ(keras_1d(4, 4, 2, 1, "same", nullptr), (Pair{8, 1}));
    EXPECT_EQ(keras_1d(4, 5, 2, 1, "same", nullptr), (Pair{8, 1}));
    EXPECT_EQ(keras_1d(4, 2, 3, 1, "same", nullptr), (Pair{12, 0}));  // kernel below stride
    EXPECT_EQ(keras_1d(4, 4, 1, 1, "same", nullptr), (Pair{4, 1}));   // the odd element is cut at the end
    EXPECT_EQ(keras_1d(4, 3, 2, 3, "same", nullptr), (Pair{8, 2}));   // ke = 7
}

TEST(KerasPadding, SameWithOutputPaddingFollowsTheParityOfTheEffectiveKernel) {
    EXPECT_EQ(keras_1d(4, 3, 2, 1, "same", 0), (Pair{7, 1}));
    EXPECT_EQ(keras_1d(4, 3, 2, 1, "same", 1), (Pair{8, 0}));
    EXPECT_EQ(keras_1d(4, 4, 2, 1, "same", 1), (Pair{7, 1}));
    EXPECT_EQ(keras_1d(4, 2, 2, 2, "same", 0), (Pair{7, 1}));  // K = 2, d = 2 is odd
    EXPECT_EQ(keras_1d(4, 2, 2, 1, "same", 0), (Pair{6, 1}));  // even ke, output_padding 0
}

TEST(KerasPadding, ValidCropsNothing) {
    EXPECT_EQ(keras_1d(4, 3, 2, 1, "valid", nullptr), (Pair{9, 0}));
    EXPECT_EQ(keras_1d(4, 2, 3, 1, "valid", nullptr), (Pair{12, 0}));
    EXPECT_EQ(keras_1d(4, 3, 2, 2, "valid", nullptr), (Pair{11, 0}));
    EXPECT_EQ(keras_1d(4, 3, 2, 1, "valid", 0), (Pair{9, 0}));
    EXPECT_EQ(keras_1d(4, 3, 2, 1, "valid", 1), (Pair{10, 0}));
    EXPECT_EQ(keras_1d(4, 2, 3, 1, "valid", 2), (Pair{13, 0}));
}

TEST(KerasPadding, MayLeaveNothingOfASinglePoint) { EXPECT_EQ(keras_1d(1, 2, 2, 1, "same", 0), (Pair{0, 1})); }

TEST(KerasConvTranspose, TakesOneToThreeAxesFromTheInput) {
    EXPECT_EQ(layer_of(ops(R"({"input_shape": [1, 4, 6], "filter_shape": [3, 5, 6]})")).output_shape(),
              (Shape{1, 9, 5}));
    EXPECT_EQ(layer_of(ops()).output_shape(), (Shape{1, 9, 9, 5}));
    EXPECT_EQ(layer_of(ops(R"({"input_shape": [1, 4, 3, 2, 6], "filter_shape": [3, 2, 1, 5, 6]})")).output_shape(),
              (Shape{1, 9, 6, 4, 5}));
    EXPECT_EQ(message_of(ops(R"({"input_shape": [1, 6]})")),
              "input_shape = [1,6]: must be a list of 3, 4 or 5 integers: batch, channels and the spatial extents");
    EXPECT_EQ(message_of(ops(R"({"input_shape": [1, 2, 2, 2, 2, 6]})")),
              "input_shape = [1,2,2,2,2,6]: must be a list of 3, 4 or 5 integers: batch, channels and the spatial "
              "extents");
    EXPECT_NE(message_of(ops(R"({"filter_shape": [3, 5, 6]})")).find("as many as input_shape"), std::string::npos);
}

TEST(KerasConvTranspose, DefaultsToStrideOneAndValid) {
    EXPECT_EQ(layer_of(ops(R"({"strides": "remove"})")).output_shape(), (Shape{1, 6, 6, 5}));
}

TEST(KerasConvTranspose, AllowsStrideWithDilation) {
    const Layer layer = layer_of(ops(R"({"strides": [2, 3], "dilation_rate": [3, 2]})"));
    EXPECT_EQ(outputs(layer), (Outputs{{13, 0}, {14, 0}}));
}

TEST(KerasConvTranspose, ReadsPaddingAndFormatInAnyCase) {
    const Layer layer = layer_of(ops(R"({"padding": "SAME", "data_format": "Channels_First",
                                         "input_shape": [1, 6, 4, 4]})"));
    EXPECT_EQ(layer.layout, Layout::kChannelsFirst);
    EXPECT_EQ(layer.output_shape(), (Shape{1, 5, 8, 8}));
    EXPECT_EQ(layer_of(ops(R"({"data_format": null})")).layout, Layout::kChannelsLast);
}

TEST(KerasConvTranspose, RefusesBadArguments) {
    EXPECT_EQ(message_of(ops(R"({"strides": [2]})")), "strides = [2]: must be an integer or a list of 2 integers");
    EXPECT_EQ(message_of(ops(R"({"strides": null})")), "strides = null: must be an integer or a list of 2 integers");
    EXPECT_EQ(message_of(ops(R"({"strides": [1, 2, 2, 1]})")),
              "strides = [1,2,2,1]: must be an integer or a list of 2 integers");
    EXPECT_EQ(message_of(ops(R"({"strides": [2, 0]})")), "strides = [2,0]: must not be below 1");
    EXPECT_EQ(message_of(ops(R"({"dilation_rate": 0})")), "dilation_rate = 0: must not be below 1");
    EXPECT_EQ(message_of(ops(R"({"dilation_rate": [1, 1, 1]})")),
              "dilation_rate = [1,1,1]: must be an integer or a list of 2 integers");
    EXPECT_EQ(message_of(ops(R"({"padding": "causal"})")),
              "padding = \"causal\": must be \"valid\" or \"same\"" + kCropsElsewhere);
    EXPECT_EQ(message_of(ops(R"({"padding": null})")),
              "padding = null: must be \"valid\" or \"same\"" + kCropsElsewhere);
    EXPECT_EQ(message_of(ops(R"({"data_format": "NHWC"})")),
              "data_format = \"NHWC\": must be \"channels_last\", \"channels_first\" or null");
    EXPECT_EQ(message_of(ops(R"({"output_padding": -1})")), "output_padding = -1: must not be below 0");
    EXPECT_EQ(message_of(ops(R"({"output_padding": 2})")),
              "output_padding = 2: must be below the stride, 2 on spatial axis 0" + kCropsElsewhere);
    EXPECT_EQ(message_of(ops(R"({"strides": [3, 2], "output_padding": [2, 2]})")),
              "output_padding = [2,2]: must be below the stride, 2 on spatial axis 1" + kCropsElsewhere);
    EXPECT_EQ(message_of(ops(R"({"output_padding": [1, 1, 1]})")),
              "output_padding = [1,1,1]: must be an integer or a list of 2 integers");
    // Even effective kernel, same, output_padding = stride: accepted by one backend, forbidden by the page.
    EXPECT_NE(message_of(ops(R"({"padding": "same", "filter_shape": [4, 4, 5, 6], "output_padding": 2})")),
              "(accepted)");
    EXPECT_NE(message_of(ops(R"({"use_bias": true})")).find("use_bias = true: unknown key"), std::string::npos);
    EXPECT_NE(message_of(ops(R"({"dilations": 1})")).find("dilations = 1: unknown key"), std::string::npos);
}

TEST(KerasConv2DTranspose, DerivesTheFilterFromItsArguments) {
    const Layer layer = layer_of(conv2d(R"({"kernel_size": [4, 2]})"));
    EXPECT_EQ(layer.op, Op::kKerasConv2DTranspose);
    EXPECT_EQ(layer.filter_shape(), (Shape{4, 2, 5, 6}));
    EXPECT_EQ(layer.output_shape(), (Shape{1, 8, 8, 5}));
    EXPECT_TRUE(layer.bias);
    EXPECT_EQ(layer.activation, Activation::kNone);
    EXPECT_EQ(layer_of(conv2d(R"({"filter_shape": [3, 3, 5, 6]})")).filter_shape(), (Shape{3, 3, 5, 6}));
    EXPECT_EQ(message_of(conv2d(R"({"filter_shape": [3, 3, 6, 5]})")),
              "filter_shape = [3,3,6,5]: must be kernel_size + [filters, in channels], [3, 3, 5, 6]");
}

TEST(KerasConv2DTranspose, DefaultsAreThoseOfKeras) {
    const Layer layer = layer_of(conv2d(R"({"strides": "remove", "padding": "remove"})"));
    EXPECT_EQ(layer.output_shape(), (Shape{1, 6, 6, 5}));
    EXPECT_EQ(layer.layout, Layout::kChannelsLast);
}

TEST(KerasConv2DTranspose, HasItsOwnEpilogue) {
    const Layer layer = layer_of(conv2d(R"({"use_bias": false, "activation": "relu6"})"));
    EXPECT_FALSE(layer.bias);
    EXPECT_EQ(layer.activation, Activation::kRelu6);
    EXPECT_NE(message_of(conv2d(R"({"bias": true})")).find("bias = true: unknown key"), std::string::npos);
    EXPECT_EQ(message_of(conv2d(R"({"use_bias": 1})")), "use_bias = 1: must be true or false");
}

TEST(KerasConv2DTranspose, RefusesStrideWithDilationEvenOnDifferentAxes) {
    EXPECT_EQ(
        message_of(conv2d(R"({"strides": [2, 1], "dilation_rate": [1, 2]})")),
        "dilation_rate = [1,2]: strides > 1 is not supported in conjunction with dilation_rate > 1, on whichever axes: "
        "strides = [2,1]");
    EXPECT_EQ(layer_of(conv2d(R"({"strides": 1, "dilation_rate": [1, 2]})")).axes[2].dilation, 2);
}

TEST(KerasConv2DTranspose, RefusesBadArguments) {
    EXPECT_EQ(message_of(conv2d(R"({"filters": "remove"})")),
              "filters = (missing): keras.layers.Conv2DTranspose requires it");
    EXPECT_EQ(message_of(conv2d(R"({"filters": 0})")), "filters = 0: must not be below 1");
    EXPECT_EQ(message_of(conv2d(R"({"filters": 5.0})")), "filters = 5.0: must be an integer");
    EXPECT_EQ(message_of(conv2d(R"({"filters": true})")), "filters = true: must be an integer");
    EXPECT_EQ(message_of(conv2d(R"({"kernel_size": "remove"})")),
              "kernel_size = (missing): keras.layers.Conv2DTranspose requires it");
    EXPECT_EQ(message_of(conv2d(R"({"kernel_size": [3]})")),
              "kernel_size = [3]: must be an integer or a list of 2 integers");
    EXPECT_EQ(message_of(conv2d(R"({"kernel_size": [3, 0]})")), "kernel_size = [3,0]: must not be below 1");
    EXPECT_EQ(message_of(conv2d(R"({"groups": 2})")).find("groups = 2: must be 1"), 0u);
    EXPECT_EQ(message_of(conv2d(R"({"input_shape": [4, 4, 6]})")),
              "input_shape = [4,4,6]: must be a list of 4 integers: batch, channels and the spatial extents");
    EXPECT_EQ(message_of(conv2d(R"({"kernel_initializer": 3})")),
              "kernel_initializer = 3: must be a name, an object or null");
    EXPECT_EQ(message_of(conv2d(R"({"trainable": "yes"})")), "trainable = \"yes\": must be true or false");
}

}  // namespace
}  // namespace tconv
