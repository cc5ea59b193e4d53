// SPDX-License-Identifier: Apache-2.0
// Every rule of tf.nn.conv2d_transpose with its message, from files and from C++.
#include "operator_rules.h"

namespace tconv {
namespace {

using Conv2d = Rule<nn::Conv2dTransposeArguments>;

TEST(Conv2dRules, Shapes) {
    check_shape_rules(
        conv2d_call(), conv2d_arguments(),
        {
            {{{4, 4, 6}, {3, 3, 5, 6}, {}},
             "input = [4,4,6]: must have 4 dimensions: batch, channels and the spatial extents"},
            {{{1, 1, 4, 4, 6}, {3, 3, 5, 6}, {}},
             "input = [1,1,4,4,6]: must have 4 dimensions: batch, channels and the spatial extents"},
            {{{}, {3, 3, 5, 6}, {}}, "input = []: must have 4 dimensions: batch, channels and the spatial extents"},
            {{{1, 4, 4, 6}, {3, 5, 6}, {}},
             "filter = [3,5,6]: must have 4 dimensions, as many as input: the spatial extents, out channels, in "
             "channels"},
            {{{1, 4, 4, 6}, {3, 3, 3, 5, 6}, {}},
             "filter = [3,3,3,5,6]: must have 4 dimensions, as many as input: the spatial extents, out channels, in "
             "channels"},
            {{{1, 4, 4, 6}, {3, 3, 6, 5}, {}},
             "filter = [3,3,6,5]: the last extent must equal the channels of input, 6"},
            {{{1, 4, 4, 6}, {3, 3, 5, 3}, {}},
             "filter = [3,3,5,3]: the last extent must equal the channels of input, 6"},
            {{{1, 0, 4, 6}, {3, 3, 5, 6}, {}},
             "output_shape = [1,8,8,5]: spatial axis 0 must be 0 (padding SAME, input 0, effective kernel_size 3, "
             "stride "
             "2)"},
            {{{1, 4, 4, 0}, {3, 3, 5, 0}, {}}, "input = [1,4,4,0]: the channels must not be 0"},
            {{{1, -4, 4, 6}, {3, 3, 5, 6}, {}}, "input = [1,-4,4,6]: must not be below 0"},
            {{{1, 4, 4, 6}, {0, 3, 5, 6}, {}}, "filter = [0,3,5,6]: must not be below 1"},
            {{{1, 4, 4, 6}, {3, 3, 0, 6}, {}}, "filter = [3,3,0,6]: must not be below 1"},
            {{{2, 4, 4, 6}, {3, 3, 5, 6}, {}}, "output_shape = [1,8,8,5]: the batch must equal that of input, 2"},
            {{{1, 4, 4, 6}, {3, 3, 10, 6}, {}},
             "output_shape = [1,8,8,5]: the channels must equal the out channels of filter, 10"},
            {{{1, 5, 4, 6}, {3, 3, 5, 6}, {}},
             "output_shape = [1,8,8,5]: spatial axis 0 must be from 9 to 10 (padding SAME, input 5, effective "
             "kernel_size 3, stride 2)"},
        });
}

TEST(Conv2dRules, OutputShape) {
    check_rules(
        conv2d_call(), conv2d_arguments(),
        std::vector<Conv2d>{
            {R"({"output_shape": "remove"})", {}, "output_shape = (missing): tf.nn.conv2d_transpose requires it"},
            {R"({"output_shape": null})",
             {},
             "output_shape = null: must be a list of 4 integers: batch, channels and the spatial extents"},
            {R"({"output_shape": []})", [](auto &a) { a.output_shape = {}; },
             "output_shape = []: must be a list of 4 integers: batch, channels and the spatial extents"},
            {R"({"output_shape": [1, 8, 8]})", [](auto &a) { a.output_shape = {1, 8, 8}; },
             "output_shape = [1,8,8]: must be a list of 4 integers: batch, channels and the spatial extents"},
            {R"({"output_shape": [1, 8, 8, 5, 1]})", [](auto &a) { a.output_shape = {1, 8, 8, 5, 1}; },
             "output_shape = [1,8,8,5,1]: must be a list of 4 integers: batch, channels and the spatial extents"},
            {R"({"output_shape": [1, 8, -8, 5]})", [](auto &a) { a.output_shape = {1, 8, -8, 5}; },
             "output_shape = [1,8,-8,5]: must not be below 0"},
            {R"({"output_shape": [1, 8, 8.0, 5]})", {}, "output_shape = [1,8,8.0,5]: must be a list of integers"},
            {R"({"output_shape": [true, 8, 8, 5]})", {}, "output_shape = [true,8,8,5]: must be a list of integers"},
            {R"({"output_shape": [2, 8, 8, 5]})", [](auto &a) { a.output_shape = {2, 8, 8, 5}; },
             "output_shape = [2,8,8,5]: the batch must equal that of input, 1"},
            {R"({"output_shape": [1, 8, 8, 10]})", [](auto &a) { a.output_shape = {1, 8, 8, 10}; },
             "output_shape = [1,8,8,10]: the channels must equal the out channels of filter, 5"},
            {R"({"output_shape": [1, 6, 8, 5]})", [](auto &a) { a.output_shape = {1, 6, 8, 5}; },
             "output_shape = [1,6,8,5]: spatial axis 0 must be from 7 to 8 (padding SAME, input 4, effective "
             "kernel_size 3, stride 2)"},
            {R"({"output_shape": [1, 8, 9, 5]})", [](auto &a) { a.output_shape = {1, 8, 9, 5}; },
             "output_shape = [1,8,9,5]: spatial axis 1 must be from 7 to 8 (padding SAME, input 4, effective "
             "kernel_size 3, stride 2)"},
            {R"({"padding": "VALID"})", [](auto &a) { a.padding = "VALID"; },
             "output_shape = [1,8,8,5]: spatial axis 0 must be from 9 to 10 (padding VALID, input 4, effective "
             "kernel_size 3, stride 2)"},
            {R"({"padding": "VALID", "dilations": 2})",
             [](auto &a) {
                 a.padding = "VALID";
                 a.dilations = 2;
             },
             "output_shape = [1,8,8,5]: spatial axis 0 must be from 11 to 12 (padding VALID, input 4, effective "
             "kernel_size 5, stride 2)"},
            {R"({"output_shape": [1, 9223372036854775807, 8, 5]})",
             [](auto &a) { a.output_shape = {1, 9223372036854775807, 8, 5}; },
             "output_shape = [1,9223372036854775807,8,5]: must not exceed 2147483647"},
        });
}

TEST(Conv2dRules, StridesAndDilations) {
    check_rules(
        conv2d_call(), conv2d_arguments(),
        std::vector<Conv2d>{
            {R"({"strides": []})", [](auto &a) { a.strides = Shape(); },
             "strides = []: must be an integer or a list of 1, 2 or 4 integers"},
            {R"({"strides": [2, 2, 2]})", [](auto &a) { a.strides = {2, 2, 2}; },
             "strides = [2,2,2]: must be an integer or a list of 1, 2 or 4 integers"},
            {R"({"strides": [1, 2, 2, 1, 1]})", [](auto &a) { a.strides = {1, 2, 2, 1, 1}; },
             "strides = [1,2,2,1,1]: must be an integer or a list of 1, 2 or 4 integers"},
            {R"({"strides": 0})", [](auto &a) { a.strides = 0; }, "strides = 0: must not be below 1"},
            {R"({"strides": -2})", [](auto &a) { a.strides = -2; }, "strides = -2: must not be below 1"},
            {R"({"strides": [2, 0]})", [](auto &a) { a.strides = {2, 0}; }, "strides = [2,0]: must not be below 1"},
            {R"({"strides": [2, 2, 2, 1]})", [](auto &a) { a.strides = {2, 2, 2, 1}; },
             "strides = [2,2,2,1]: must be 1 for batch and channels"},
            {R"({"strides": [1, 2, 2, 2]})", [](auto &a) { a.strides = {1, 2, 2, 2}; },
             "strides = [1,2,2,2]: must be 1 for batch and channels"},
            {R"({"strides": [0, 2, 2, 0]})", [](auto &a) { a.strides = {0, 2, 2, 0}; },
             "strides = [0,2,2,0]: must not be below 1"},
            {R"({"strides": true})", {}, "strides = true: must be an integer or a list of 1, 2 or 4 integers"},
            {R"({"strides": 2.0})", {}, "strides = 2.0: must be an integer or a list of 1, 2 or 4 integers"},
            {R"({"strides": "2"})", {}, "strides = \"2\": must be an integer or a list of 1, 2 or 4 integers"},
            {R"({"strides": [[2], 2]})", {}, "strides = [[2],2]: must be an integer or a list of 1, 2 or 4 integers"},
            {R"({"strides": 2147483648})", [](auto &a) { a.strides = 2147483648; },
             "strides = 2147483648: must not exceed 2147483647"},
            {R"({"strides": 18446744073709551615})", {}, "strides = 18446744073709551615: must not exceed 2147483647"},
            {R"({"strides": 36893488147419103232})",
             {},
             "strides = 3.6893488147419103e+19: must be an integer or a list of 1, 2 or 4 integers"},
            {R"({"strides": 65537})", [](auto &a) { a.strides = 65537; },
             "stride of spatial axis 0 = 65537: more than 65536 is not supported"},
            {R"({"dilations": []})", [](auto &a) { a.dilations = Shape(); },
             "dilations = []: must be an integer or a list of 1, 2 or 4 integers"},
            {R"({"dilations": [2, 2, 2]})", [](auto &a) { a.dilations = {2, 2, 2}; },
             "dilations = [2,2,2]: must be an integer or a list of 1, 2 or 4 integers"},
            {R"({"dilations": 0})", [](auto &a) { a.dilations = 0; }, "dilations = 0: must not be below 1"},
            {R"({"dilations": [1, -1]})", [](auto &a) { a.dilations = {1, -1}; },
             "dilations = [1,-1]: must not be below 1"},
            {R"({"dilations": [1, 1, 1, 2]})", [](auto &a) { a.dilations = {1, 1, 1, 2}; },
             "dilations = [1,1,1,2]: must be 1 for batch and channels"},
            {R"({"dilations": false})", {}, "dilations = false: must be an integer or a list of 1, 2 or 4 integers"},
            {R"({"dilations": 2147483647})", [](auto &a) { a.dilations = 2147483647; },
             "(input - 1)*stride + (kernel_size - 1)*dilation + 1 of spatial axis 0 = 4294967301: an uncropped output "
             "of more than 2147483647 is not supported"},
        });
}

TEST(Conv2dRules, FullLengthListsFollowDataFormat) {
    Call call = conv2d_call(R"({"data_format": "NCHW", "output_shape": [1, 5, 8, 8]})");
    call.shapes.input = {1, 6, 4, 4};
    nn::Conv2dTransposeArguments arguments = conv2d_arguments();
    arguments.data_format = "NCHW";
    arguments.output_shape = {1, 5, 8, 8};
    check_rules(call, arguments,
                std::vector<Conv2d>{
                    {R"({"strides": [1, 2, 2, 1]})", [](auto &a) { a.strides = {1, 2, 2, 1}; },
                     "strides = [1,2,2,1]: must be 1 for batch and channels"},
                    {R"({"dilations": [1, 2, 1, 1]})", [](auto &a) { a.dilations = {1, 2, 1, 1}; },
                     "dilations = [1,2,1,1]: must be 1 for batch and channels"},
                    {R"({"output_shape": [1, 8, 8, 5]})", [](auto &a) { a.output_shape = {1, 8, 8, 5}; },
                     "output_shape = [1,8,8,5]: the channels must equal the out channels of filter, 5"},
                });
}

TEST(Conv2dRules, PaddingAndDataFormat) {
    for (const char *padding : {"same", "Valid", "CAUSAL", "EXPLICIT", ""}) {
        Call call = conv2d_call();
        call.arguments["padding"] = padding;
        nn::Conv2dTransposeArguments arguments = conv2d_arguments();
        arguments.padding = padding;
        const std::string message = std::string("padding = \"") + padding +
                                    "\": must be \"SAME\" or \"VALID\", or a list of pairs" + kCropsElsewhere;
        EXPECT_EQ(message_of(call), message);
        EXPECT_EQ(message_of_cpp(arguments, call.shapes), message);
    }
    for (const char *padding : {"null", "1"}) {
        EXPECT_EQ(message_of(conv2d_call((std::string(R"({"padding": )") + padding + "}").c_str())),
                  std::string("padding = ") + padding + ": must be \"SAME\" or \"VALID\", or a list of pairs" +
                      kCropsElsewhere);
    }
    for (const char *format : {"channels_last", "channels_first", "nhwc", "NDHWC", "NCDHW", ""}) {
        Call call = conv2d_call();
        call.arguments["data_format"] = format;
        nn::Conv2dTransposeArguments arguments = conv2d_arguments();
        arguments.data_format = format;
        const std::string message = std::string("data_format = \"") + format + "\": must be \"NHWC\" or \"NCHW\"";
        EXPECT_EQ(message_of(call), message);
        EXPECT_EQ(message_of_cpp(arguments, call.shapes), message);
    }
}

const char *const kConv2dHas =
    ": unknown key; tf.nn.conv2d_transpose has name, op, input_shape, filter_shape, dtype, strict_nonfinite, "
    "max_error_growth, max_workspace_bytes, weights, output_shape, strides, padding, data_format, dilations, bias, "
    "activation";

TEST(Conv2dRules, ArgumentsOfOthers) {
    for (const char *key :
         {"rate", "output_padding", "dilation_rate", "kernel_size", "use_bias", "explicit_paddings"}) {
        Call call = conv2d_call();
        call.arguments[key] = 1;
        EXPECT_EQ(message_of(call), std::string(key) + " = 1" + kConv2dHas);
    }
}

}  // namespace
}  // namespace tconv
