// SPDX-License-Identifier: Apache-2.0
// Every rule of tf.nn.atrous_conv2d_transpose with its message, from files and from C++.
#include "operator_rules.h"

namespace tconv {
namespace {

using Atrous = Rule<nn::AtrousConv2dTransposeArguments>;

TEST(AtrousRules, Shapes) {
    check_shape_rules(
        atrous_call(), atrous_arguments(),
        {
            {{{4, 5, 6}, {3, 3, 5, 6}, {}},
             "input = [4,5,6]: must have 4 dimensions: batch, channels and the spatial extents"},
            {{{1, 4, 5, 6}, {3, 5, 6}, {}},
             "filter = [3,5,6]: must have 4 dimensions, as many as input: the spatial extents, out channels, in "
             "channels"},
            {{{1, 4, 5, 6}, {3, 3, 5, 7}, {}},
             "filter = [3,3,5,7]: the last extent must equal the channels of input, 6"},
            {{{2, 4, 5, 6}, {3, 3, 5, 6}, {}}, "output_shape = [1,4,5,5]: the batch must equal that of input, 2"},
            {{{1, 4, 5, 6}, {3, 3, 1, 6}, {}},
             "output_shape = [1,4,5,5]: the channels must equal the out channels of filter, 1"},
        });
}

TEST(AtrousRules, Arguments) {
    check_rules(
        atrous_call(), atrous_arguments(),
        std::vector<Atrous>{
            {R"({"output_shape": "remove"})",
             {},
             "output_shape = (missing): tf.nn.atrous_conv2d_transpose requires it"},
            {R"({"output_shape": [4, 5]})", [](auto &a) { a.output_shape = {4, 5}; },
             "output_shape = [4,5]: must be a list of 4 integers: batch, channels and the spatial extents"},
            {R"({"output_shape": [1, 4, -5, 5]})", [](auto &a) { a.output_shape = {1, 4, -5, 5}; },
             "output_shape = [1,4,-5,5]: must not be below 0"},
            {R"({"output_shape": [1, 5, 5, 5]})", [](auto &a) { a.output_shape = {1, 5, 5, 5}; },
             "output_shape = [1,5,5,5]: spatial axis 0 must be 4 (padding SAME, input 4, effective kernel_size 5, "
             "stride 1)"},
            {R"({"padding": "VALID", "output_shape": [1, 8, 7, 5]})",
             [](auto &a) {
                 a.padding = "VALID";
                 a.output_shape = {1, 8, 7, 5};
             },
             "output_shape = [1,8,7,5]: spatial axis 1 must be 9 (padding VALID, input 5, effective kernel_size 5, "
             "stride 1)"},
            {R"({"rate": "remove"})", {}, "rate = (missing): tf.nn.atrous_conv2d_transpose requires it"},
            {R"({"rate": null})", [](auto &a) { a.rate = std::nullopt; }, "rate = null: must be an integer"},
            {R"({"rate": 0})", [](auto &a) { a.rate = 0; }, "rate = 0: must not be below 1"},
            {R"({"rate": -1})", [](auto &a) { a.rate = -1; }, "rate = -1: must not be below 1"},
            {R"({"rate": [2, 2]})", {}, "rate = [2,2]: must be an integer"},
            {R"({"rate": true})", {}, "rate = true: must be an integer"},
            {R"({"padding": "remove"})", {}, "padding = (missing): tf.nn.atrous_conv2d_transpose requires it"},
            {R"({"padding": null})", [](auto &a) { a.padding = std::nullopt; },
             "padding = null: must be \"SAME\" or \"VALID\"" + kCropsElsewhere},
            {R"({"padding": "same"})", [](auto &a) { a.padding = "same"; },
             "padding = \"same\": must be \"SAME\" or \"VALID\"" + kCropsElsewhere},
        });
    for (const char *key : {"strides", "dilations", "data_format", "output_padding"}) {
        Call call = atrous_call();
        call.arguments[key] = 1;
        EXPECT_EQ(message_of(call),
                  std::string(key) +
                      " = 1: unknown key; tf.nn.atrous_conv2d_transpose has name, op, input_shape, "
                      "filter_shape, dtype, strict_nonfinite, max_error_growth, max_workspace_bytes, weights, "
                      "output_shape, rate, padding, bias, activation");
    }
}

}  // namespace
}  // namespace tconv
