// SPDX-License-Identifier: Apache-2.0
// Every rule of tf.nn.conv1d_transpose with its message, from files and from C++.
#include "operator_rules.h"

namespace tconv {
namespace {

using Conv1d = Rule<nn::Conv1dTransposeArguments>;

TEST(Conv1dRules, Shapes) {
    check_shape_rules(
        conv1d_call(), conv1d_arguments(),
        {
            {{{1, 4, 4, 6}, {3, 5, 6}, {}},
             "input = [1,4,4,6]: must have 3 dimensions: batch, channels and the spatial extents"},
            {{{1, 4, 6}, {3, 3, 5, 6}, {}},
             "filter = [3,3,5,6]: must have 3 dimensions, as many as input: the spatial extents, out channels, in "
             "channels"},
            {{{1, 4, 6}, {3, 6, 5}, {}}, "filter = [3,6,5]: the last extent must equal the channels of input, 6"},
            {{{2, 4, 6}, {3, 5, 6}, {}}, "output_shape = [1,8,5]: the batch must equal that of input, 2"},
            {{{1, 4, 6}, {3, 1, 6}, {}},
             "output_shape = [1,8,5]: the channels must equal the out channels of filter, 1"},
            {{{1, 5, 6}, {3, 5, 6}, {}},
             "output_shape = [1,8,5]: spatial axis 0 must be from 9 to 10 (padding SAME, input 5, effective "
             "kernel_size 3, stride 2)"},
        });
}

TEST(Conv1dRules, Arguments) {
    check_rules(
        conv1d_call(), conv1d_arguments(),
        std::vector<Conv1d>{
            {R"({"output_shape": "remove"})", {}, "output_shape = (missing): tf.nn.conv1d_transpose requires it"},
            {R"({"output_shape": [1, 8, 8, 5]})", [](auto &a) { a.output_shape = {1, 8, 8, 5}; },
             "output_shape = [1,8,8,5]: must be a list of 3 integers: batch, channels and the spatial extents"},
            {R"({"strides": [2, 2]})", [](auto &a) { a.strides = {2, 2}; },
             "strides = [2,2]: must be an integer or a list of 1 or 3 integers"},
            {R"({"strides": [1, 2, 2]})", [](auto &a) { a.strides = {1, 2, 2}; },
             "strides = [1,2,2]: must be 1 for batch and channels"},
            {R"({"strides": 0})", [](auto &a) { a.strides = 0; }, "strides = 0: must not be below 1"},
            {R"({"strides": "2"})", {}, "strides = \"2\": must be an integer or a list of 1 or 3 integers"},
            {R"({"dilations": []})", [](auto &a) { a.dilations = Shape(); },
             "dilations = []: must be an integer or a list of 1 or 3 integers"},
            {R"({"padding": "same"})", [](auto &a) { a.padding = "same"; },
             "padding = \"same\": must be \"SAME\" or \"VALID\"" + kCropsElsewhere},
            // Of conv2d_transpose alone.
            {R"({"padding": [[0, 0], [1, 1], [0, 0]]})",
             {},
             "padding = [[0,0],[1,1],[0,0]]: must be \"SAME\" or \"VALID\"" + kCropsElsewhere},
            {R"({"data_format": "NHWC"})", [](auto &a) { a.data_format = "NHWC"; },
             "data_format = \"NHWC\": must be \"NWC\" or \"NCW\""},
            {R"({"rate": 2})",
             {},
             "rate = 2: unknown key; tf.nn.conv1d_transpose has name, op, input_shape, filter_shape, dtype, "
             "strict_nonfinite, max_error_growth, max_workspace_bytes, weights, output_shape, strides, padding, "
             "data_format, dilations, bias, activation"},
            {R"({"activation": "prelu"})", [](auto &a) { a.epilogue.activation = "prelu"; },
             "activation = \"prelu\": has parameters: state {\"name\": \"prelu\", \"alpha\": \"alpha.npy\"}"},
        });
}

}  // namespace
}  // namespace tconv
