// SPDX-License-Identifier: Apache-2.0
// conv_transpose in layer files: every spelling of its attributes, and the extents and crops that they mean. The numbers
// are counted by hand from full = (I - 1)*S + (K - 1)*D + 1, O = full + output_padding - pads.
#include "layer_text.h"

namespace tconv {
namespace {

// K = 3, s = 2, H = 4: 9 cells.
Json plane(const char *changes = "{}") {
    return with(json(R"({"name": "up", "op": "conv_transpose", "input_shape": [1, 6, 4, 4],
                         "filter_shape": [6, 5, 3, 3], "strides": 2})"),
                json(changes));
}

struct Line {
    int64_t input, kernel;
    const char *attributes;
    int64_t output, crop;
};

Json line(int64_t input, int64_t kernel, const char *attributes) {
    return with(json(R"({"name": "up", "op": "conv_transpose"})"),
                with({{"input_shape", {1, 6, input}}, {"filter_shape", {6, 5, kernel}}}, json(attributes)));
}

void expect_lines(const std::vector<Line> &lines) {
    for (const Line &one : lines) {
        EXPECT_EQ(outputs(layer_of(line(one.input, one.kernel, one.attributes))), (Outputs{{one.output, one.crop}}))
            << one.input << " " << one.kernel << " " << one.attributes;
    }
}

TEST(ExplicitLayer, IsOfPyTorchAndOnnxByDefault) {
    const Layer layer = layer_of(plane());
    EXPECT_EQ(layer.op, Op::kConvTranspose);
    EXPECT_STREQ(to_string(layer.op), "conv_transpose");
    EXPECT_EQ(layer.layout, Layout::kChannelsFirst);
    EXPECT_EQ(layer.filter_order, "IOHW");
    EXPECT_EQ(layer.filter_axes(), "in channels, out channels, the spatial extents");
    EXPECT_EQ(layer.in_channels, 6);
    EXPECT_EQ(layer.out_channels, 5);
    EXPECT_EQ(layer.input_shape(), (Shape{1, 6, 4, 4}));
    EXPECT_EQ(layer.filter_shape(), (Shape{6, 5, 3, 3}));
    EXPECT_EQ(layer.output_shape(), (Shape{1, 5, 9, 9}));
    EXPECT_FALSE(layer.bias);
    EXPECT_EQ(layer.activation, Activation::kNone);
    EXPECT_EQ(layer_of(plane(R"({"strides": "remove"})")).output_shape(), (Shape{1, 5, 6, 6}));
}

TEST(ExplicitLayer, CropsWhatPadsSay) {
    expect_lines({
        // The commonest layer of all, whose output is twice its input: Keras' nearest one begins a cell earlier.
        {4, 3, R"({"strides": 2, "padding": 1, "output_padding": 1})", 8, 1},
        {10, 3, R"({"strides": 2, "padding": 1, "output_padding": 1})", 20, 1},
        {4, 3, R"({"strides": 2, "padding": 1})", 7, 1},
        {4, 5, R"({"strides": 2, "padding": 1})", 9, 1},
        {4, 4, R"({"strides": 2, "padding": 1})", 8, 1},
        {4, 5, R"({"strides": 2, "padding": 2, "output_padding": 1})", 8, 2},
        {4, 7, R"({"padding": 3})", 4, 3},
        {1, 4, "{}", 4, 0},
        // Unequal ones: those before are cropped before.
        {4, 3, R"({"strides": 2, "pads": [0, 2]})", 7, 0},
        {4, 3, R"({"strides": 2, "pads": [2, 0]})", 7, 2},
        {4, 3, R"({"strides": 2, "pads": [2, 6]})", 1, 2},
        // Causal: nothing before, k - s behind.
        {4, 5, R"({"strides": 2, "pads": [0, 3]})", 8, 0},
        {4, 2, R"({"strides": 2, "pads": [0, 0]})", 8, 0},
        // k < s leaves holes, which are cells too.
        {4, 2, R"({"strides": 3})", 11, 0},
        {4, 2, R"({"strides": 3, "output_padding": 2, "pads": [1, 0]})", 12, 1},
        // ke = 7 of k = 3 with dilation 3; of strides, too.
        {4, 3, R"({"dilations": 3})", 10, 0},
        {4, 3, R"({"strides": 2, "dilations": 3})", 13, 0},
        {4, 3, R"({"strides": 2, "dilations": 3, "padding": 2})", 9, 2},
        {4, 3, R"({"strides": 3, "dilations": 2, "pads": [1, 2], "output_padding": 1})", 12, 1},
    });
}

// PyTorch computes it below max(stride, dilation); ONNX' text allows what onnxruntime refuses.
TEST(ExplicitLayer, TakesOutputPaddingFromTheStrideOnUnderDilation) {
    expect_lines({
        {4, 3, R"({"strides": 2, "dilations": 4, "output_padding": 2})", 17, 0},
        {4, 3, R"({"strides": 2, "dilations": 4, "output_padding": 3, "padding": 1})", 16, 1},
        {4, 3, R"({"dilations": 2, "output_padding": 1})", 9, 0},
        {4, 3, R"({"strides": 4, "dilations": 2, "output_padding": 3})", 20, 0},
    });
}

// total = full + output_padding - O is cropped, the larger half before, with SAME_UPPER the larger half behind.
TEST(ExplicitLayer, CropsWhatOutputShapeLeaves) {
    expect_lines({
        {4, 3, R"({"strides": 2, "output_shape": 9})", 9, 0},
        {4, 3, R"({"strides": 2, "output_shape": [8]})", 8, 1},
        {4, 3, R"({"strides": 2, "output_shape": 8, "auto_pad": "NOTSET"})", 8, 1},
        {4, 3, R"({"strides": 2, "output_shape": 8, "auto_pad": "SAME_UPPER"})", 8, 0},
        {4, 3, R"({"strides": 2, "output_shape": 8, "auto_pad": "SAME_LOWER"})", 8, 1},
        {4, 3, R"({"strides": 2, "output_shape": 8, "auto_pad": "VALID"})", 8, 1},
        {4, 3, R"({"strides": 2, "output_shape": 6})", 6, 2},
        {4, 3, R"({"strides": 2, "output_shape": 6, "auto_pad": "SAME_UPPER"})", 6, 1},
        {4, 3, R"({"strides": 2, "output_shape": 5, "auto_pad": "SAME_UPPER"})", 5, 2},
        {4, 3, R"({"strides": 2, "output_shape": 8, "output_padding": 1})", 8, 1},
        {4, 3, R"({"strides": 2, "output_shape": 8, "output_padding": 1, "auto_pad": "SAME_UPPER"})", 8, 1},
        {4, 3, R"({"strides": 2, "output_shape": 1})", 1, 4},
        // Beyond full nothing is cropped.
        {4, 3, R"({"strides": 2, "output_shape": 10})", 10, 0},
        {4, 3, R"({"strides": 2, "output_shape": 10, "output_padding": 1, "auto_pad": "SAME_UPPER"})", 10, 0},
        {4, 3, R"({"strides": 2, "output_shape": 9, "output_padding": 1})", 9, 1},
    });
}

TEST(ExplicitLayer, PadsByItself) {
    expect_lines({
        {4, 3, R"({"strides": 2, "auto_pad": "SAME_UPPER"})", 8, 0},
        {4, 3, R"({"strides": 2, "auto_pad": "SAME_LOWER"})", 8, 1},
        {4, 5, R"({"strides": 2, "auto_pad": "SAME_UPPER"})", 8, 1},
        {4, 5, R"({"strides": 2, "auto_pad": "SAME_LOWER"})", 8, 2},
        {4, 4, R"({"strides": 2, "auto_pad": "SAME_UPPER"})", 8, 1},
        {4, 4, R"({"strides": 2, "auto_pad": "SAME_LOWER"})", 8, 1},
        {4, 3, R"({"auto_pad": "SAME_UPPER"})", 4, 1},
        {4, 3, R"({"strides": 2, "dilations": 2, "auto_pad": "SAME_UPPER"})", 8, 1},
        {4, 3, R"({"strides": 2, "dilations": 2, "auto_pad": "SAME_LOWER"})", 8, 2},
        {4, 2, R"({"strides": 3, "output_padding": 1, "auto_pad": "SAME_LOWER"})", 12, 0},
        {4, 3, R"({"strides": 2, "output_padding": 1, "auto_pad": "SAME_UPPER"})", 8, 1},
        {4, 3, R"({"strides": 2, "auto_pad": "VALID"})", 9, 0},
        {4, 3, R"({"strides": 2, "auto_pad": "VALID", "output_padding": 1})", 10, 0},
        {4, 3, R"({"strides": 2, "auto_pad": "VALID", "pads": 0})", 9, 0},
        {4, 3, R"({"strides": 2, "auto_pad": "SAME_UPPER", "padding": [0]})", 8, 0},
    });
}

TEST(ExplicitLayer, AttributesHaveEverySpelling) {
    const struct {
        const char *plainest;
        std::vector<const char *> forms;
    } groups[] = {
        {R"({"strides": 2})",
         {R"({"strides": [2, 2]})", R"({"strides": "remove", "stride": 2})",
          R"({"strides": "remove", "stride": [2, 2]})",
          R"({"dilations": 1, "pads": 0, "output_padding": 0, "group": 1, "auto_pad": "NOTSET"})",
          R"({"dilation": [1, 1], "padding": [0, 0], "output_padding": [0, 0], "groups": 1})",
          R"({"pads": [0, 0, 0, 0], "kernel_shape": [3, 3], "data_format": "channels_first", "filter_layout": "IOHW"})",
          R"({"kernel_size": 3, "bias": false, "activation": null, "dtype": "float32"})",
          R"({"kernel_size": [3, 3], "activation": "none"})", R"({"kernel_shape": 3, "activation": "linear"})"}},
        {R"({"dilations": [3, 3]})", {R"({"dilations": 3})", R"({"dilation": 3})", R"({"dilation": [3, 3]})"}},
        {R"({"pads": [1, 1, 1, 1]})",
         {R"({"pads": 1})", R"({"pads": [1, 1]})", R"({"padding": 1})", R"({"padding": [1, 1]})"}},
        {R"({"pads": [1, 2, 1, 2]})", {R"({"pads": [1, 2]})", R"({"padding": [1, 2]})"}},
        {R"({"output_shape": [8, 8]})",
         {R"({"output_shape": 8})", R"({"auto_pad": "SAME_LOWER"})", R"({"pads": [1, 1, 0, 0]})"}},
    };
    for (const auto &group : groups) {
        const std::string workload = layer_of(plane(group.plainest)).workload();
        for (const char *form : group.forms) EXPECT_EQ(layer_of(plane(form)).workload(), workload) << form;
    }
}

TEST(ExplicitLayer, ListsHaveTheOuterAxisFirst) {
    const Layer layer = layer_of(plane(R"({"filter_shape": [6, 5, 3, 4], "kernel_shape": [3, 4], "strides": [2, 3],
                                           "dilations": [2, 1], "output_padding": [1, 2]})"));
    EXPECT_EQ(outputs(layer), (Outputs{{12, 0}, {15, 0}}));
    // All begins, then all ends, as in ONNX.
    EXPECT_EQ(outputs(layer_of(plane(R"({"pads": [0, 1, 2, 3]})"))), (Outputs{{7, 0}, {5, 1}}));
    EXPECT_EQ(outputs(layer_of(plane(R"({"output_shape": [8, 10]})"))), (Outputs{{8, 1}, {10, 0}}));
}

TEST(ExplicitLayer, HasOneToThreeAxes) {
    const Layer one = layer_of(line(4, 3, R"({"stride": [2], "pads": [1, 0], "filter_layout": "IOW"})"));
    EXPECT_EQ(one.spatial_rank, 1);
    EXPECT_EQ(one.filter_order, "IOW");
    EXPECT_EQ(one.output_shape(), (Shape{1, 5, 8}));
    const Layer three =
        layer_of(plane(R"({"input_shape": [2, 6, 2, 3, 4], "filter_shape": [6, 5, 3, 1, 2], "strides": [2, 1, 2],
                           "filter_layout": "IODHW", "pads": [0, 0, 1, 1, 0, 0], "output_padding": [0, 0, 1]})"));
    EXPECT_EQ(three.spatial_rank, 3);
    EXPECT_EQ(three.filter_order, "IODHW");
    EXPECT_EQ(three.filter_shape(), (Shape{6, 5, 3, 1, 2}));
    EXPECT_EQ(outputs(three), (Outputs{{4, 0}, {3, 0}, {8, 1}}));
    EXPECT_EQ(three.output_shape(), (Shape{2, 5, 4, 3, 8}));
}

TEST(ExplicitLayer, HasTheOtherFormatsToo) {
    const Layer last = layer_of(plane(R"({"data_format": "channels_last", "input_shape": [1, 4, 4, 6]})"));
    EXPECT_EQ(last.layout, Layout::kChannelsLast);
    EXPECT_EQ(last.filter_shape(), (Shape{6, 5, 3, 3}));
    EXPECT_EQ(last.output_shape(), (Shape{1, 9, 9, 5}));
    const Layer hwoi = layer_of(plane(R"({"filter_layout": "HWOI", "filter_shape": [2, 3, 5, 6]})"));
    EXPECT_EQ(hwoi.layout, Layout::kChannelsFirst);
    EXPECT_EQ(hwoi.filter_order, "");
    EXPECT_EQ(hwoi.filter_shape(), (Shape{2, 3, 5, 6}));
    EXPECT_EQ(hwoi.axes[kY].kernel, 2);
    EXPECT_EQ(hwoi.out_channels, 5);
    const Json woi = with(line(4, 3, R"({"filter_layout": "WOI"})"), {{"filter_shape", {3, 5, 6}}});
    EXPECT_EQ(layer_of(woi).workload(), layer_of(line(4, 3, "{}")).workload());
    const Layer volume = layer_of(plane(R"({"input_shape": [1, 6, 2, 2, 2], "filter_shape": [1, 2, 3, 5, 6],
                                            "filter_layout": "DHWOI"})"));
    EXPECT_EQ(volume.axes[kX].kernel, 3);
}

TEST(ExplicitLayer, BatchesAndAxesMayBeEmpty) {
    EXPECT_EQ(layer_of(plane(R"({"input_shape": [0, 6, 4, 4]})")).output_shape(), (Shape{0, 5, 9, 9}));
    // full = -2 + 3: one cell, which holds the bias.
    EXPECT_EQ(layer_of(plane(R"({"input_shape": [1, 6, 0, 4]})")).output_shape(), (Shape{1, 5, 1, 9}));
}

TEST(ExplicitLayer, KeepsItsArgumentsAsStated) {
    const Layer layer = layer_of(plane(R"({"pads": [0, 1, 2, 3], "auto_pad": "NOTSET"})"));
    ASSERT_EQ(layer.arguments.size(), 3u);
    EXPECT_EQ(layer.arguments[0].key + " " + layer.arguments[0].value, "auto_pad \"NOTSET\"");
    EXPECT_EQ(layer.arguments[1].key + " " + layer.arguments[1].value, "pads [0,1,2,3]");
    EXPECT_EQ(layer.arguments[2].key + " " + layer.arguments[2].value, "strides 2");
}

}  // namespace
}  // namespace tconv
