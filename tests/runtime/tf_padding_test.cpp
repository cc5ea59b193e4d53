// SPDX-License-Identifier: Apache-2.0
// Explicit padding of tf.nn.conv2d_transpose: pairs of cells that the forward convolution pads its input by, one for each
// dimension in the order of data_format.
#include "layer_text.h"

namespace tconv {
namespace {

// K = 3, s = 2, H = 4: a full output of 9 cells.
Json padded(const char *changes = "{}") {
    return with(json(R"({"name": "up", "op": "tf.nn.conv2d_transpose", "input_shape": [1, 4, 4, 6],
                         "filter_shape": [3, 3, 5, 6], "strides": 2, "output_shape": [1, 7, 8, 5],
                         "padding": [[0, 0], [1, 1], [1, 0], [0, 0]]})"),
                json(changes));
}

// The kernel pads by the first of a pair in front; what it crops behind follows from the output's extent.
TEST(TfPaddingPairs, CropTheFirstOfAPairBefore) {
    EXPECT_EQ(outputs(layer_of(padded())), (Outputs{{7, 1}, {8, 1}}));
    EXPECT_EQ(outputs(layer_of(padded(R"({"output_shape": [1, 8, 9, 5]})"))), (Outputs{{8, 1}, {9, 1}}));
    EXPECT_EQ(
        outputs(layer_of(padded(R"({"padding": [[0, 0], [0, 2], [2, 1], [0, 0]], "output_shape": [1, 7, 6, 5]})"))),
        (Outputs{{7, 0}, {6, 2}}));
    // Pairs of 0 are VALID.
    const char *pairs = R"({"padding": [[0, 0], [0, 0], [0, 0], [0, 0]], "output_shape": [1, 9, 10, 5]})";
    const char *valid = R"({"padding": "VALID", "output_shape": [1, 9, 10, 5]})";
    EXPECT_EQ(layer_of(padded(pairs)).workload(), layer_of(padded(valid)).workload());
}

TEST(TfPaddingPairs, FollowDataFormat) {
    const Layer first = layer_of(padded(R"({"data_format": "NCHW", "input_shape": [1, 6, 4, 4],
                                            "padding": [[0, 0], [0, 0], [1, 1], [1, 0]],
                                            "output_shape": [1, 5, 7, 8]})"));
    EXPECT_EQ(outputs(first), (Outputs{{7, 1}, {8, 1}}));
    EXPECT_EQ(message_of(padded(R"({"data_format": "NCHW", "input_shape": [1, 6, 4, 4],
                                    "output_shape": [1, 5, 7, 8]})")),
              "padding = [[0,0],[1,1],[1,0],[0,0]]: must be [0, 0] for batch and channels");
}

// The definition: the forward convolution of such a signal, padded so, has the size of the input.
TEST(TfPaddingPairs, AcceptExactlyTheOutputsThatConvolveToTheInput) {
    for (int64_t code = 0; code < 3 * 4 * 3 * 3 * 3 * 3; code++) {
        const int64_t input = 1 + code % 3, kernel = 1 + code / 3 % 4, stride = 1 + code / 12 % 3;
        const int64_t dilation = 1 + code / 36 % 3, before = code / 108 % 3, after = code / 324;
        const int64_t effective = (kernel - 1) * dilation + 1;
        for (int64_t output = 0; output < (input + 1) * stride + effective; output++) {
            const Json file = with(padded(), {{"input_shape", {1, input, 1, 6}},
                                              {"filter_shape", {kernel, 1, 5, 6}},
                                              {"strides", {stride, 1}},
                                              {"dilations", {dilation, 1}},
                                              {"output_shape", {1, output, 1, 5}},
                                              {"padding", {{0, 0}, {before, after}, {0, 0}, {0, 0}}}});
            const int64_t last = output + before + after - effective;  // where a window can begin
            EXPECT_EQ(static_cast<bool>(parse(file)), last >= 0 && last / stride + 1 == input) << file;
        }
    }
}

TEST(TfPaddingPairs, AreRefusedByName) {
    const std::string form = "a list of 4 pairs of integers, one for each dimension";
    const struct {
        const char *padding;
        std::string rule;
    } rules[] = {
        {"[]", "must be \"SAME\", \"VALID\" or " + form},
        {"[[1,1],[1,1]]", "must be \"SAME\", \"VALID\" or " + form},
        {"[[0,0],[1,1],[1,1],[0,0],[0,0]]", "must be \"SAME\", \"VALID\" or " + form},
        {"[0,1,1,0]", "must be " + form},
        {"[[0,0],[1],[1,1],[0,0]]", "must be " + form},
        {"[[0,0],[1,1,1],[1,1],[0,0]]", "must be " + form},
        {"[[0,0],[1,1.0],[1,1],[0,0]]", "must be " + form},
        {"[[0,0],[1,null],[1,1],[0,0]]", "must be " + form},
        {"[[0,0],[-1,1],[1,1],[0,0]]", "must not be below 0"},
        {"[[0,0],[1,2147483648],[1,1],[0,0]]", "must not exceed 2147483647"},
        {"[[1,0],[1,1],[1,0],[0,0]]", "must be [0, 0] for batch and channels"},
        {"[[0,0],[1,1],[1,0],[0,1]]", "must be [0, 0] for batch and channels"},
    };
    for (const auto &rule : rules) {
        EXPECT_EQ(message_of(with(padded(), {{"padding", json(rule.padding)}})),
                  std::string("padding = ") + rule.padding + ": " + rule.rule);
    }
}

TEST(TfPaddingPairs, SayWhichOutputsTheyAllow) {
    EXPECT_EQ(message_of(padded(R"({"output_shape": [1, 9, 8, 5]})")),
              "output_shape = [1,9,8,5]: spatial axis 0 must be from 7 to 8 (padding [1, 1], input 4, effective "
              "kernel_size 3, stride 2)");
    EXPECT_EQ(message_of(padded(R"({"output_shape": [1, 7, 7, 5]})")),
              "output_shape = [1,7,7,5]: spatial axis 1 must be from 8 to 9 (padding [1, 0], input 4, effective "
              "kernel_size 3, stride 2)");
    EXPECT_EQ(message_of(padded(R"({"strides": 1, "output_shape": [1, 5, 5, 5]})")),
              "output_shape = [1,5,5,5]: spatial axis 0 must be 4 (padding [1, 1], input 4, effective kernel_size 3, "
              "stride 1)");
    EXPECT_EQ(message_of(padded(R"({"padding": [[0, 0], [6, 5], [1, 0], [0, 0]]})")),
              "output_shape = [1,7,8,5]: spatial axis 0 must be none: the padding leaves no cell (padding [6, 5], "
              "input 4, effective kernel_size 3, stride 2)");
}

}  // namespace
}  // namespace tconv
