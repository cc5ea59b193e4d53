// SPDX-License-Identifier: Apache-2.0
// tf.nn.conv2d_transpose, atrous_conv2d_transpose and conv3d_transpose: every argument form and every refusal.
#include "layer_text.h"

namespace tconv {
namespace {

// SAME, K = 3, s = 2, H = 4: legal outputs 7 and 8.
Json conv2d(const char *changes = "{}") {
    return with(json(R"({"name": "up", "op": "tf.nn.conv2d_transpose", "input_shape": [1, 4, 4, 6],
                         "filter_shape": [3, 3, 5, 6], "output_shape": [1, 8, 8, 5], "strides": 2})"),
                json(changes));
}

Json conv3d(const char *changes = "{}") {
    return with(json(R"({"name": "up", "op": "tf.nn.conv3d_transpose", "input_shape": [1, 2, 3, 4, 6],
                         "filter_shape": [2, 2, 2, 5, 6], "output_shape": [1, 4, 6, 8, 5], "strides": 2})"),
                json(changes));
}

// rate 2, K = 3: ke = 5.
Json atrous(const char *changes = "{}") {
    return with(json(R"({"name": "up", "op": "tf.nn.atrous_conv2d_transpose", "input_shape": [1, 4, 5, 6],
                         "filter_shape": [3, 3, 5, 6], "output_shape": [1, 4, 5, 5], "rate": 2,
                         "padding": "SAME"})"),
                json(changes));
}

TEST(TfConv2dTranspose, ReducesToExtentsAndChannels) {
    const Layer layer = layer_of(conv2d());
    EXPECT_EQ(layer.name, "up");
    EXPECT_EQ(layer.op, Op::kConv2dTranspose);
    EXPECT_EQ(layer.spatial_rank, 2);
    EXPECT_EQ(layer.layout, Layout::kChannelsLast);
    EXPECT_EQ(layer.axes[0], Axis{});
    EXPECT_EQ(layer.input_shape(), (Shape{1, 4, 4, 6}));
    EXPECT_EQ(layer.filter_shape(), (Shape{3, 3, 5, 6}));
    EXPECT_EQ(layer.output_shape(), (Shape{1, 8, 8, 5}));
    EXPECT_FALSE(layer.bias);
    EXPECT_EQ(layer.activation, Activation::kNone);
}

TEST(TfConv2dTranspose, CropOfSameDependsOnTheRequestedOutput) {
    EXPECT_EQ(outputs(layer_of(conv2d(R"({"output_shape": [1, 8, 7, 5]})"))), (Outputs{{8, 0}, {7, 1}}));
}

TEST(TfConv2dTranspose, CropsTheOddElementAtTheEnd) {
    const Layer layer =
        layer_of(conv2d(R"({"filter_shape": [4, 4, 5, 6], "strides": null, "output_shape": [1, 4, 4, 5]})"));
    EXPECT_EQ(outputs(layer), (Outputs{{4, 1}, {4, 1}}));
}

TEST(TfConv2dTranspose, KernelBelowStrideCropsNothing) {
    const Layer layer =
        layer_of(conv2d(R"({"filter_shape": [2, 2, 5, 6], "strides": 3, "output_shape": [1, 12, 10, 5]})"));
    EXPECT_EQ(outputs(layer), (Outputs{{12, 0}, {10, 0}}));
}

TEST(TfConv2dTranspose, ValidAcceptsFullExtentUpToStrideMinusOneMore) {
    EXPECT_EQ(outputs(layer_of(conv2d(R"({"padding": "VALID", "output_shape": [1, 9, 10, 5]})"))),
              (Outputs{{9, 0}, {10, 0}}));
    EXPECT_EQ(message_of(conv2d(R"({"padding": "VALID", "output_shape": [1, 8, 9, 5]})")),
              "output_shape = [1,8,9,5]: spatial axis 0 must be from 9 to 10 (padding VALID, input 4, effective "
              "kernel_size 3, stride 2)");
    EXPECT_NE(message_of(conv2d(R"({"padding": "VALID", "output_shape": [1, 9, 11, 5]})")), "(accepted)");
}

// The definition of the legal outputs: the forward convolution of such a signal has the size of the input.
TEST(TfConv2dTranspose, AcceptsExactlyTheOutputsThatConvolveToTheInput) {
    const auto ceil_div = [](int64_t a, int64_t b) { return a <= 0 ? 0 : (a + b - 1) / b; };
    for (int64_t code = 0; code < 3 * 4 * 3 * 3; code++) {
        const int64_t input = 1 + code % 3, kernel = 1 + code / 3 % 4, stride = 1 + code / 12 % 3;
        const int64_t dilation = 1 + code / 36;
        const int64_t effective = (kernel - 1) * dilation + 1;
        for (int64_t output = 0; output < (input + 1) * stride + effective; output++) {
            Json file = conv2d();
            file["input_shape"] = {1, input, 1, 6};
            file["filter_shape"] = {kernel, 1, 5, 6};
            file["strides"] = {stride, 1};
            file["dilations"] = {dilation, 1};
            file["output_shape"] = {1, output, 1, 5};
            file["padding"] = "SAME";
            EXPECT_EQ(static_cast<bool>(parse(file)), ceil_div(output, stride) == input) << file;
            file["padding"] = "VALID";
            EXPECT_EQ(static_cast<bool>(parse(file)), ceil_div(output - effective + 1, stride) == input) << file;
        }
    }
}

TEST(TfConv2dTranspose, UsesTheEffectiveKernelUnderDilation) {
    // ke = 5, full = 11.
    const Layer same = layer_of(conv2d(R"({"dilations": 2, "output_shape": [1, 8, 7, 5]})"));
    EXPECT_EQ(outputs(same), (Outputs{{8, 1}, {7, 2}}));
    const Layer valid = layer_of(conv2d(R"({"dilations": 2, "padding": "VALID", "output_shape": [1, 11, 12, 5]})"));
    EXPECT_EQ(outputs(valid), (Outputs{{11, 0}, {12, 0}}));
    EXPECT_NE(message_of(conv2d(R"({"dilations": 2, "padding": "VALID", "output_shape": [1, 9, 11, 5]})")),
              "(accepted)");
}

TEST(TfConv2dTranspose, AcceptsEveryFormOfStrides) {
    for (const char *form : {"2", "[2]", "[2, 2]", "[1, 2, 2, 1]"}) {
        const Layer layer = layer_of(with(conv2d(), {{"strides", json(form)}}));
        EXPECT_EQ(layer.axes[1].stride, 2) << form;
        EXPECT_EQ(layer.axes[2].stride, 2) << form;
    }
    const Layer uneven = layer_of(conv2d(R"({"strides": [2, 3], "output_shape": [1, 8, 12, 5]})"));
    EXPECT_EQ(uneven.axes[1].stride, 2);
    EXPECT_EQ(uneven.axes[2].stride, 3);
    for (const char *absent : {R"({"strides": null, "output_shape": [1, 4, 4, 5]})",
                               R"({"strides": "remove", "output_shape": [1, 4, 4, 5]})"}) {
        EXPECT_EQ(layer_of(conv2d(absent)).axes[1].stride, 1);
    }
}

TEST(TfConv2dTranspose, AcceptsEveryFormOfDilations) {
    for (const char *form : {"3", "[3]", "[3, 3]", "[1, 3, 3, 1]"}) {
        EXPECT_EQ(layer_of(with(conv2d(), {{"dilations", json(form)}})).axes[2].dilation, 3) << form;
    }
    EXPECT_EQ(layer_of(conv2d(R"({"dilations": null})")).axes[2].dilation, 1);
}

TEST(TfConv2dTranspose, ReadsListsInTheOrderOfDataFormat) {
    const Layer layer = layer_of(conv2d(R"({"data_format": "NCHW", "input_shape": [2, 6, 4, 3],
                                            "output_shape": [2, 5, 8, 9], "strides": [1, 1, 2, 3]})"));
    EXPECT_EQ(layer.layout, Layout::kChannelsFirst);
    EXPECT_EQ(layer.axes[1].stride, 2);
    EXPECT_EQ(layer.axes[2].stride, 3);
    EXPECT_EQ(layer.input_shape(), (Shape{2, 6, 4, 3}));
    EXPECT_EQ(layer.output_shape(), (Shape{2, 5, 8, 9}));
    EXPECT_EQ(layer.filter_shape(), (Shape{3, 3, 5, 6}));
    EXPECT_EQ(layer_of(conv2d(R"({"data_format": null})")).layout, Layout::kChannelsLast);
}

TEST(TfConv2dTranspose, RefusesBadStridesAndDilations) {
    EXPECT_EQ(message_of(conv2d(R"({"strides": [2, 2, 2]})")),
              "strides = [2,2,2]: must be an integer or a list of 1, 2 or 4 integers");
    EXPECT_EQ(message_of(conv2d(R"({"strides": []})")),
              "strides = []: must be an integer or a list of 1, 2 or 4 integers");
    EXPECT_EQ(message_of(conv2d(R"({"strides": [2, 2, 2, 1]})")),
              "strides = [2,2,2,1]: must be 1 for batch and channels");
    EXPECT_EQ(message_of(conv2d(R"({"strides": [0, 2, 2, 0]})")), "strides = [0,2,2,0]: must not be below 1");
    EXPECT_EQ(message_of(conv2d(R"({"strides": 0})")), "strides = 0: must not be below 1");
    EXPECT_EQ(message_of(conv2d(R"({"strides": -2})")), "strides = -2: must not be below 1");
    EXPECT_EQ(message_of(conv2d(R"({"strides": [2, 2.0]})")),
              "strides = [2,2.0]: must be an integer or a list of 1, 2 or 4 integers");
    EXPECT_EQ(message_of(conv2d(R"({"strides": true})")),
              "strides = true: must be an integer or a list of 1, 2 or 4 integers");
    EXPECT_EQ(message_of(conv2d(R"({"dilations": [1, 1, 1, 2]})")),
              "dilations = [1,1,1,2]: must be 1 for batch and channels");
    EXPECT_EQ(message_of(conv2d(R"({"dilations": [0]})")), "dilations = [0]: must not be below 1");
}

TEST(TfConv2dTranspose, RefusesBadOutputShapes) {
    EXPECT_EQ(message_of(conv2d(R"({"output_shape": "remove"})")),
              "output_shape = (missing): tf.nn.conv2d_transpose requires it");
    EXPECT_EQ(message_of(conv2d(R"({"output_shape": [8, 8]})")),
              "output_shape = [8,8]: must be a list of 4 integers: batch, channels and the spatial extents");
    EXPECT_EQ(message_of(conv2d(R"({"output_shape": [1, -8, 8, 5]})")),
              "output_shape = [1,-8,8,5]: must not be below 0");
    EXPECT_EQ(message_of(conv2d(R"({"output_shape": [2, 8, 8, 5]})")),
              "output_shape = [2,8,8,5]: the batch must equal that of input_shape, 1");
    EXPECT_EQ(message_of(conv2d(R"({"output_shape": [1, 8, 8, 10]})")),
              "output_shape = [1,8,8,10]: the channels must equal the out channels of filter_shape, 5");
    EXPECT_EQ(message_of(conv2d(R"({"output_shape": [1, 8, 6, 5]})")),
              "output_shape = [1,8,6,5]: spatial axis 1 must be from 7 to 8 (padding SAME, input 4, effective "
              "kernel_size 3, stride 2)");
    EXPECT_NE(message_of(conv2d(R"({"output_shape": [1, 9, 8, 5]})")), "(accepted)");
    EXPECT_TRUE(is_unsupported(conv2d(R"({"output_shape": [1, null, 8, 5]})")));
}

TEST(TfConv2dTranspose, RefusesOtherPaddingsAndFormats) {
    for (const char *padding : {R"("same")", R"("Valid")", R"("CAUSAL")", R"("")"}) {
        EXPECT_EQ(message_of(with(conv2d(), {{"padding", json(padding)}})),
                  std::string("padding = ") + padding + ": must be \"SAME\" or \"VALID\", or a list of pairs" +
                      kCropsElsewhere);
    }
    for (const char *format : {R"("channels_last")", R"("nhwc")", R"("NDHWC")", "1"}) {
        EXPECT_EQ(message_of(with(conv2d(), {{"data_format", json(format)}})),
                  std::string("data_format = ") + format + ": must be \"NHWC\" or \"NCHW\"");
    }
}

TEST(TfConv2dTranspose, RefusesShapesThatDoNotFit) {
    EXPECT_EQ(message_of(conv2d(R"({"input_shape": [4, 4, 6]})")),
              "input_shape = [4,4,6]: must be a list of 4 integers: batch, channels and the spatial extents");
    EXPECT_EQ(message_of(conv2d(R"({"filter_shape": [3, 5, 6]})")),
              "filter_shape = [3,5,6]: must be a list of 4 integers, as many as input_shape: the spatial extents, out "
              "channels, in channels");
    EXPECT_EQ(message_of(conv2d(R"({"filter_shape": [3, 3, 6, 5]})")),
              "filter_shape = [3,3,6,5]: the last extent must equal the channels of input_shape, 6");
    EXPECT_EQ(message_of(conv2d(R"({"filter_shape": [0, 3, 5, 6]})")), "filter_shape = [0,3,5,6]: must not be below 1");
    EXPECT_EQ(message_of(conv2d(R"({"input_shape": [1, 0, 4, 6]})")),
              "output_shape = [1,8,8,5]: spatial axis 0 must be 0 (padding SAME, input 0, effective kernel_size 3, "
              "stride 2)");
    EXPECT_EQ(message_of(conv2d(R"({"input_shape": [1, 4, 4, 0], "filter_shape": [3, 3, 5, 0]})")),
              "input_shape = [1,4,4,0]: the channels must not be 0");
}

TEST(TfConv2dTranspose, RefusesArgumentsThatItDoesNotHave) {
    const std::string message = message_of(conv2d(R"({"output_padding": 1})"));
    EXPECT_EQ(message.find("output_padding = 1: unknown key; tf.nn.conv2d_transpose has name, op, "), 0u) << message;
    EXPECT_NE(message_of(conv2d(R"({"rate": 2})")).find("rate = 2: unknown key"), std::string::npos);
}

TEST(TfConv3dTranspose, HasThreeAxes) {
    const Layer layer = layer_of(conv3d(R"({"output_shape": [1, 4, 6, 7, 5]})"));
    EXPECT_EQ(layer.spatial_rank, 3);
    EXPECT_EQ(outputs(layer), (Outputs{{4, 0}, {6, 0}, {7, 0}}));
    EXPECT_EQ(layer.output_shape(), (Shape{1, 4, 6, 7, 5}));
}

TEST(TfConv3dTranspose, AcceptsItsForms) {
    for (const char *form : {"2", "[2]", "[2, 2, 2]", "[1, 2, 2, 2, 1]"}) {
        EXPECT_EQ(layer_of(with(conv3d(), {{"strides", json(form)}})).axes[0].stride, 2) << form;
    }
    const Layer first = layer_of(conv3d(R"({"data_format": "NCDHW", "input_shape": [1, 6, 2, 3, 4],
                                            "output_shape": [1, 5, 4, 6, 8], "strides": [1, 1, 2, 2, 2]})"));
    EXPECT_EQ(first.output_shape(), (Shape{1, 5, 4, 6, 8}));
}

TEST(TfConv3dTranspose, RequiresStrides) {
    EXPECT_EQ(message_of(conv3d(R"({"strides": "remove"})")),
              "strides = (missing): tf.nn.conv3d_transpose requires it");
    EXPECT_EQ(message_of(conv3d(R"({"strides": null})")),
              "strides = null: must be an integer or a list of 1, 3 or 5 integers");
    EXPECT_EQ(message_of(conv3d(R"({"strides": [2, 2]})")),
              "strides = [2,2]: must be an integer or a list of 1, 3 or 5 integers");
    EXPECT_EQ(message_of(conv3d(R"({"data_format": "NHWC"})")),
              "data_format = \"NHWC\": must be \"NDHWC\" or \"NCDHW\"");
}

TEST(TfAtrousConv2dTranspose, SameKeepsTheExtentAndValidAddsTheKernel) {
    EXPECT_EQ(outputs(layer_of(atrous())), (Outputs{{4, 2}, {5, 2}}));
    const Layer valid = layer_of(atrous(R"({"padding": "VALID", "output_shape": [1, 8, 9, 5]})"));
    EXPECT_EQ(outputs(valid), (Outputs{{8, 0}, {9, 0}}));
    // An even effective kernel: K = 2, rate 3, ke = 4, 1 cropped at the beginning and 2 at the end.
    const Layer even = layer_of(atrous(R"({"filter_shape": [2, 2, 5, 6], "rate": 3})"));
    EXPECT_EQ(outputs(even), (Outputs{{4, 1}, {5, 1}}));
    EXPECT_EQ(even.axes[1].stride, 1);
    EXPECT_EQ(even.axes[1].dilation, 3);
}

TEST(TfAtrousConv2dTranspose, RefusesWhatItDoesNotHave) {
    EXPECT_EQ(message_of(atrous(R"({"output_shape": [1, 5, 5, 5]})")),
              "output_shape = [1,5,5,5]: spatial axis 0 must be 4 (padding SAME, input 4, effective kernel_size 5, "
              "stride 1)");
    EXPECT_EQ(message_of(atrous(R"({"rate": "remove"})")),
              "rate = (missing): tf.nn.atrous_conv2d_transpose requires it");
    EXPECT_EQ(message_of(atrous(R"({"rate": 0})")), "rate = 0: must not be below 1");
    EXPECT_EQ(message_of(atrous(R"({"rate": [2, 2]})")), "rate = [2,2]: must be an integer");
    EXPECT_EQ(message_of(atrous(R"({"padding": "remove"})")),
              "padding = (missing): tf.nn.atrous_conv2d_transpose requires it");
    EXPECT_EQ(message_of(atrous(R"({"rate": 1, "output_shape": [4, 5]})")),
              "output_shape = [4,5]: must be a list of 4 integers: batch, channels and the spatial extents");
    for (const char *key : {"strides", "dilations", "data_format"}) {
        EXPECT_NE(message_of(with(atrous(), {{key, 1}})).find("unknown key"), std::string::npos) << key;
    }
}

}  // namespace
}  // namespace tconv
