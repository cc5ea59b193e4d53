// SPDX-License-Identifier: Apache-2.0
// Every rule of tf.nn.conv3d_transpose with its message, from files and from C++.
#include "operator_rules.h"

namespace tconv {
namespace {

using Conv3d = Rule<nn::Conv3dTransposeArguments>;

TEST(Conv3dRules, Shapes) {
    check_shape_rules(
        conv3d_call(), conv3d_arguments(),
        {
            {{{1, 3, 4, 6}, {2, 2, 2, 5, 6}, {}},
             "input = [1,3,4,6]: must have 5 dimensions: batch, channels and the spatial extents"},
            {{{1, 2, 3, 4, 6}, {2, 2, 5, 6}, {}},
             "filter = [2,2,5,6]: must have 5 dimensions, as many as input: the spatial extents, out channels, in "
             "channels"},
            {{{1, 2, 3, 4, 6}, {2, 2, 2, 6, 5}, {}},
             "filter = [2,2,2,6,5]: the last extent must equal the channels of input, 6"},
            {{{1, 2, 3, 0, 6}, {2, 2, 2, 5, 6}, {}},
             "output_shape = [1,4,6,8,5]: spatial axis 2 must be 0 (padding SAME, input 0, effective kernel_size 2, "
             "stride "
             "2)"},
            {{{1, 2, 3, 4, 6}, {2, 2, 0, 5, 6}, {}}, "filter = [2,2,0,5,6]: must not be below 1"},
            {{{3, 2, 3, 4, 6}, {2, 2, 2, 5, 6}, {}},
             "output_shape = [1,4,6,8,5]: the batch must equal that of input, 3"},
            {{{1, 2, 3, 4, 6}, {2, 2, 2, 1, 6}, {}},
             "output_shape = [1,4,6,8,5]: the channels must equal the out channels of filter, 1"},
        });
}

TEST(Conv3dRules, OutputShape) {
    check_rules(
        conv3d_call(), conv3d_arguments(),
        std::vector<Conv3d>{
            {R"({"output_shape": "remove"})", {}, "output_shape = (missing): tf.nn.conv3d_transpose requires it"},
            {R"({"output_shape": [4, 6, 8]})", [](auto &a) { a.output_shape = {4, 6, 8}; },
             "output_shape = [4,6,8]: must be a list of 5 integers: batch, channels and the spatial extents"},
            {R"({"output_shape": [1, 4, -6, 8, 5]})", [](auto &a) { a.output_shape = {1, 4, -6, 8, 5}; },
             "output_shape = [1,4,-6,8,5]: must not be below 0"},
            {R"({"output_shape": [0, 4, 6, 8, 5]})", [](auto &a) { a.output_shape = {0, 4, 6, 8, 5}; },
             "output_shape = [0,4,6,8,5]: the batch must equal that of input, 1"},
            {R"({"output_shape": [1, 4, 6, 8, 10]})", [](auto &a) { a.output_shape = {1, 4, 6, 8, 10}; },
             "output_shape = [1,4,6,8,10]: the channels must equal the out channels of filter, 5"},
            {R"({"output_shape": [1, 4, 4, 8, 5]})", [](auto &a) { a.output_shape = {1, 4, 4, 8, 5}; },
             "output_shape = [1,4,4,8,5]: spatial axis 1 must be from 5 to 6 (padding SAME, input 3, effective "
             "kernel_size 2, stride 2)"},
            {R"({"padding": "VALID", "dilations": [1, 1, 3]})",
             [](auto &a) {
                 a.padding = "VALID";
                 a.dilations = {1, 1, 3};
             },
             "output_shape = [1,4,6,8,5]: spatial axis 2 must be from 10 to 11 (padding VALID, input 4, effective "
             "kernel_size 4, stride 2)"},
        });
}

TEST(Conv3dRules, Arguments) {
    check_rules(
        conv3d_call(), conv3d_arguments(),
        std::vector<Conv3d>{
            {R"({"strides": "remove"})", {}, "strides = (missing): tf.nn.conv3d_transpose requires it"},
            {R"({"strides": null})", [](auto &a) { a.strides = std::nullopt; },
             "strides = null: must be an integer or a list of 1, 3 or 5 integers"},
            {R"({"strides": [2, 2]})", [](auto &a) { a.strides = {2, 2}; },
             "strides = [2,2]: must be an integer or a list of 1, 3 or 5 integers"},
            {R"({"strides": [1, 2, 2, 1]})", [](auto &a) { a.strides = {1, 2, 2, 1}; },
             "strides = [1,2,2,1]: must be an integer or a list of 1, 3 or 5 integers"},
            {R"({"strides": 0})", [](auto &a) { a.strides = 0; }, "strides = 0: must not be below 1"},
            {R"({"strides": [2, -2, 2]})", [](auto &a) { a.strides = {2, -2, 2}; },
             "strides = [2,-2,2]: must not be below 1"},
            {R"({"strides": [2, 2, 2, 2, 1]})", [](auto &a) { a.strides = {2, 2, 2, 2, 1}; },
             "strides = [2,2,2,2,1]: must be 1 for batch and channels"},
            {R"({"strides": [1, 2, 2, 2, 2]})", [](auto &a) { a.strides = {1, 2, 2, 2, 2}; },
             "strides = [1,2,2,2,2]: must be 1 for batch and channels"},
            {R"({"dilations": [1, 1]})", [](auto &a) { a.dilations = {1, 1}; },
             "dilations = [1,1]: must be an integer or a list of 1, 3 or 5 integers"},
            {R"({"dilations": [0]})", [](auto &a) { a.dilations = {0}; }, "dilations = [0]: must not be below 1"},
            {R"({"dilations": [1, 1, 1, 1, 2]})", [](auto &a) { a.dilations = {1, 1, 1, 1, 2}; },
             "dilations = [1,1,1,1,2]: must be 1 for batch and channels"},
            {R"({"padding": "valid"})", [](auto &a) { a.padding = "valid"; },
             "padding = \"valid\": must be \"SAME\" or \"VALID\"" + kCropsElsewhere},
            {R"({"padding": [[0, 0]]})", {}, "padding = [[0,0]]: must be \"SAME\" or \"VALID\"" + kCropsElsewhere},
            {R"({"data_format": "NHWC"})", [](auto &a) { a.data_format = "NHWC"; },
             "data_format = \"NHWC\": must be \"NDHWC\" or \"NCDHW\""},
            {R"({"data_format": "channels_first"})", [](auto &a) { a.data_format = "channels_first"; },
             "data_format = \"channels_first\": must be \"NDHWC\" or \"NCDHW\""},
            {R"({"rate": 2})",
             {},
             "rate = 2: unknown key; tf.nn.conv3d_transpose has name, op, input_shape, filter_shape, dtype, "
             "strict_nonfinite, max_error_growth, max_workspace_bytes, weights, output_shape, strides, padding, "
             "data_format, dilations, "
             "bias, activation"},
            {R"({"activation": "gelu_new"})", [](auto &a) { a.epilogue.activation = "gelu_new"; },
             "activation = \"gelu_new\": unknown; must be one of null, linear, relu, relu6, leaky_relu, elu, selu, "
             "celu, gelu, softplus, softsign, silu, swish, mish, sigmoid, tanh, exponential, hard_sigmoid, hard_silu, "
             "hard_swish, hard_tanh, softmax"},
        });
}

}  // namespace
}  // namespace tconv
