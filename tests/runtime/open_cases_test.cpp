// SPDX-License-Identifier: Apache-2.0
// What TensorFlow and Keras leave open, or decide otherwise from one backend or page to the next; docs/semantics.md has
// the decisions.
#include "operator_calls.h"

namespace tconv {
namespace {

Call line_call(const Json &changes, int64_t input, int64_t kernel) {
    Call call{with(json(R"({"op": "keras.ops.conv_transpose", "strides": 2, "padding": "same"})"), changes), {}};
    call.shapes.input = {1, input, 6};
    call.shapes.filter = {kernel, 5, 6};
    return call;
}

// TensorFlow's backend raises; the others compute (H - 1)*s.
TEST(OpenCases, KerasSameWithAnEvenKernelAndNoOutputPaddingIsComputed) {
    for (int64_t kernel : {2, 4, 6}) {
        const Layer layer = layer_of(line_call({{"output_padding", 0}}, 4, kernel));
        EXPECT_EQ(outputs(layer), (Outputs{{6, kernel / 2}})) << kernel;
    }
    const Layer dilated = layer_of(line_call({{"output_padding", 0}, {"dilation_rate", 3}}, 4, 2));  // ke = 4
    EXPECT_EQ(outputs(dilated), (Outputs{{6, 2}}));
    EXPECT_EQ(layer_of(line_call({{"output_padding", 0}}, 1, 2)).output_shape(), (Shape{1, 0, 5}));
    const Call layer = layer_call(R"({"kernel_size": 4, "output_padding": 0})");
    EXPECT_EQ(layer_of(Call{layer.arguments, {{1, 4, 4, 6}, {4, 4, 5, 6}, Shape{5}}}).output_shape(),
              (Shape{1, 6, 6, 5}));
}

// TensorFlow's backend accepts it; the page forbids it.
TEST(OpenCases, OutputPaddingOfTheStrideIsRefused) {
    EXPECT_EQ(message_of(line_call({{"output_padding", 2}}, 4, 4)),
              "output_padding = 2: must be below the stride, 2 on spatial axis 0" + kCropsElsewhere);
    EXPECT_EQ(message_of(layer_call(R"({"output_padding": 2})")),
              "output_padding = 2: must be below the stride, 2 on spatial axis 0" + kCropsElsewhere);
}

// TensorFlow's backend ignores what is too many.
TEST(OpenCases, LongListsOfOutputPaddingAreRefused) {
    EXPECT_EQ(message_of(ops_call(R"({"output_padding": [1, 1, 1]})")),
              "output_padding = [1,1,1]: must be an integer or a list of 2 integers");
    EXPECT_EQ(message_of(line_call({{"output_padding", {1, 1}}}, 4, 4)),
              "output_padding = [1,1]: must be an integer or a list of 1 integer");
    EXPECT_EQ(message_of(layer_call(R"({"output_padding": [1, 1, 1]})")),
              "output_padding = [1,1,1]: must be an integer or a list of 2 integers");
}

// TensorFlow takes them as spatial extents; the pages ask for four.
TEST(OpenCases, OutputShapesOfTwoElementsAreRefused) {
    EXPECT_EQ(message_of(conv2d_call(R"({"output_shape": [8, 8]})")),
              "output_shape = [8,8]: must be a list of 4 integers: batch, channels and the spatial extents");
    for (int rate : {1, 2}) {
        Call call = atrous_call(R"({"output_shape": [4, 5]})");
        call.arguments["rate"] = rate;
        EXPECT_EQ(message_of(call),
                  "output_shape = [4,5]: must be a list of 4 integers: batch, channels and the spatial extents");
    }
}

// Of conv2d_transpose TensorFlow takes them, although its page does not have them; the others raise. "EXPLICIT" is the
// kernel's word for them, which the function does not take.
TEST(OpenCases, ExplicitPaddingIsThatOfConv2dTransposeAlone) {
    const Layer layer = layer_of(conv2d_call(R"({"padding": [[0, 0], [1, 1], [1, 1], [0, 0]]})"));
    EXPECT_EQ(outputs(layer), (Outputs{{8, 1}, {8, 1}}));
    EXPECT_EQ(message_of(conv2d_call(R"({"padding": "EXPLICIT"})")),
              "padding = \"EXPLICIT\": must be \"SAME\" or \"VALID\", or a list of pairs" + kCropsElsewhere);
    EXPECT_EQ(message_of(atrous_call(R"({"padding": [[0, 0], [1, 1], [1, 1], [0, 0]]})")),
              "padding = [[0,0],[1,1],[1,1],[0,0]]: must be \"SAME\" or \"VALID\"" + kCropsElsewhere);
}

TEST(OpenCases, DataFormatMayBeNullEverywhere) {
    for (const Call &call : {conv2d_call(), conv3d_call(), ops_call(), layer_call()}) {
        Call open = call;
        open.arguments["data_format"] = nullptr;
        EXPECT_EQ(layer_of(open).workload(), layer_of(call).workload());
        EXPECT_EQ(layer_of(open).layout, Layout::kChannelsLast);
    }
}

// The page says None, that is 1; TensorFlow 2 asks for the argument. In conv3d_transpose it has no default.
TEST(OpenCases, StridesMayBeAbsentInTwoDimensions) {
    for (const char *strides : {R"({"strides": null, "output_shape": [1, 4, 4, 5]})",
                                R"({"strides": "remove", "output_shape": [1, 4, 4, 5]})"}) {
        EXPECT_EQ(layer_of(conv2d_call(strides)).axes[1].stride, 1);
    }
    EXPECT_EQ(message_of(conv3d_call(R"({"strides": "remove"})")),
              "strides = (missing): tf.nn.conv3d_transpose requires it");
    EXPECT_EQ(layer_of(ops_call(R"({"strides": "remove"})")).axes[2].stride, 1);
}

// TensorFlow's page says that N and C default to 0, which its code rejects.
TEST(OpenCases, StridesOfBatchAndChannelsAreOne) {
    EXPECT_EQ(message_of(conv2d_call(R"({"strides": [0, 2, 2, 0]})")), "strides = [0,2,2,0]: must not be below 1");
    EXPECT_EQ(message_of(conv2d_call(R"({"strides": [1, 2, 2, 1]})")), "(accepted)");
}

// TensorFlow answers some of them with zeros, and others with errors about its own kernels.
TEST(OpenCases, ChannelsAndFilterMayNotBeEmpty) {
    for (Call call : functional_calls()) {
        const size_t rank = call.shapes.input.size();
        Call no_channels = call;
        no_channels.shapes.input[rank - 1] = no_channels.shapes.filter[rank - 1] = 0;
        EXPECT_EQ(message_of(no_channels),
                  "input = " + Json(no_channels.shapes.input).dump() + ": the channels must not be 0");
        for (size_t d = 0; d + 1 < rank; d++) {
            Call empty = call;
            empty.shapes.filter[d] = 0;
            EXPECT_EQ(message_of(empty), "filter = " + Json(empty.shapes.filter).dump() + ": must not be below 1");
        }
        call.shapes.input[0] = 0;
        if (call.arguments.contains("output_shape")) call.arguments["output_shape"][0] = 0;
        EXPECT_EQ(layer_of(call).output_shape()[0], 0);
    }
}

// The extents that TensorFlow 2.21 accepts for an input without rows, with its own kernels (TF_ENABLE_ONEDNN_OPTS=0); with
// oneDNN's it takes any.
TEST(OpenCases, AnInputWithoutCellsHasTensorFlowsOutputs) {
    struct {
        int64_t kernel, stride;
        const char *padding;
        std::vector<int64_t> accepted;
    } const cases[] = {
        {3, 2, "SAME", {0}},        {3, 2, "VALID", {0, 1, 2}},       {3, 4, "VALID", {0, 1, 2}}, {5, 1, "VALID", {4}},
        {5, 2, "VALID", {2, 3, 4}}, {7, 3, "VALID", {2, 3, 4, 5, 6}}, {3, 3, "VALID", {0, 1, 2}},
    };
    for (const auto &[kernel, stride, padding, accepted] : cases) {
        std::vector<int64_t> taken;
        for (int64_t output = 0; output < 9; output++) {
            const int64_t columns = padding[0] == 'S' ? 4 * stride : 3 * stride + kernel;
            Call call =
                conv2d_call(Json{{"output_shape", {1, output, columns, 5}}, {"strides", stride}, {"padding", padding}}
                                .dump()
                                .c_str());
            call.shapes.input = {1, 0, 4, 6};
            call.shapes.filter = {kernel, kernel, 5, 6};
            if (message_of(call) == "(accepted)") taken.push_back(output);
        }
        EXPECT_EQ(taken, accepted) << "kernel " << kernel << ", stride " << stride << ", " << padding;
    }
}

TEST(OpenCases, AnInputWithoutCellsHasKerasOutputs) {
    const auto rows = [](int64_t kernel, const char *arguments) {
        Call call = ops_call(arguments);
        call.shapes.input = {1, 0, 4, 6};
        call.shapes.filter = {kernel, 3, 5, 6};
        return message_of(call) == "(accepted)" ? std::to_string(layer_of(call).axes[1].output) : message_of(call);
    };
    EXPECT_EQ(rows(3, R"({"strides": 2, "padding": "same"})"), "0");
    EXPECT_EQ(rows(3, R"({"strides": 2, "padding": "valid"})"), "1");
    EXPECT_EQ(rows(5, R"({"strides": 1, "padding": "valid", "output_padding": 0})"), "4");
    EXPECT_EQ(rows(3, R"({"strides": 4, "padding": "valid"})"), "0");
    EXPECT_EQ(rows(3, R"({"strides": 4, "padding": "valid", "output_padding": 3})"), "2");
    EXPECT_EQ(rows(3, R"({"strides": 4, "padding": "valid", "output_padding": 0})"),
              "output_padding = 0: would make an output of -1 cells on spatial axis 0");
    EXPECT_EQ(rows(3, R"({"strides": 4, "padding": "same", "output_padding": 2})"),
              "output_padding = 2: would make an output of -1 cells on spatial axis 0");
}

// TensorFlow's CPU kernels refuse both; its documentation, and XLA, do not.
TEST(OpenCases, DilationAndChannelsFirstAreComputed) {
    Call call = conv2d_call(R"({"dilations": [2, 3], "data_format": "NCHW", "output_shape": [1, 5, 8, 7]})");
    call.shapes.input = {1, 6, 4, 4};
    EXPECT_EQ(outputs(layer_of(call)), (Outputs{{8, 1}, {7, 3}}));
    Call solid = conv3d_call(R"({"dilations": 2, "data_format": "NCDHW", "output_shape": [1, 5, 4, 6, 8]})");
    solid.shapes.input = {1, 6, 2, 3, 4};
    EXPECT_EQ(layer_of(solid).output_shape(), (Shape{1, 5, 4, 6, 8}));
}

}  // namespace
}  // namespace tconv
