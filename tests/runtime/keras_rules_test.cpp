// SPDX-License-Identifier: Apache-2.0
// Every rule of keras.ops.conv_transpose and keras.layers.Conv2DTranspose with its message, from files and from C++.
#include "operator_rules.h"

namespace tconv {
namespace {

using Ops = Rule<keras::ops::ConvTransposeArguments>;
using LayerRule = Rule<keras::layers::Conv2DTransposeArguments>;

TEST(KerasOpsRules, Shapes) {
    check_shape_rules(
        ops_call(), ops_arguments(),
        {
            {{{4, 6}, {5, 6}, {}},
             "input = [4,6]: must have 3, 4 or 5 dimensions: batch, channels and the spatial extents"},
            {{{1, 2, 2, 2, 2, 6}, {2, 2, 2, 2, 5, 6}, {}},
             "input = [1,2,2,2,2,6]: must have 3, 4 or 5 dimensions: batch, channels and the spatial extents"},
            {{{1, 4, 6}, {3, 3, 5, 6}, {}},
             "input = [1,4,6]: must have 4 dimensions, as many as filter = [3,3,5,6]: batch, channels and the spatial "
             "extents; is the batch missing?"},
            {{{1, 2, 2, 2, 6}, {3, 3, 3, 3, 5, 6}, {}},
             "filter = [3,3,3,3,5,6]: must have 5 dimensions, as many as input: the spatial extents, out channels, in "
             "channels"},
            {{{1, 4, 4, 6}, {3, 3, 6, 5}, {}},
             "filter = [3,3,6,5]: the last extent must equal the channels of input, 6"},
            {{{1, 4, 4, 0}, {3, 3, 5, 0}, {}}, "input = [1,4,4,0]: the channels must not be 0"},
            {{{1, 4, 4, 6}, {3, 3, 0, 6}, {}}, "filter = [3,3,0,6]: must not be below 1"},
        });
}

TEST(KerasOpsRules, Arguments) {
    check_rules(
        ops_call(), ops_arguments(),
        std::vector<Ops>{
            {R"({"padding": "causal"})", [](auto &a) { a.padding = "causal"; },
             "padding = \"causal\": must be \"valid\" or \"same\"" + kCropsElsewhere},
            {R"({"padding": ""})", [](auto &a) { a.padding = ""; },
             "padding = \"\": must be \"valid\" or \"same\"" + kCropsElsewhere},
            {R"({"padding": [1, 1]})", {}, "padding = [1,1]: must be \"valid\" or \"same\"" + kCropsElsewhere},
            {R"({"strides": null})", [](auto &a) { a.strides = {}; },
             "strides = null: must be an integer or a list of 2 integers"},
            {R"({"strides": [2]})", [](auto &a) { a.strides = {2}; },
             "strides = [2]: must be an integer or a list of 2 integers"},
            {R"({"strides": [1, 2, 2, 1]})", [](auto &a) { a.strides = {1, 2, 2, 1}; },
             "strides = [1,2,2,1]: must be an integer or a list of 2 integers"},
            {R"({"strides": 0})", [](auto &a) { a.strides = 0; }, "strides = 0: must not be below 1"},
            {R"({"strides": [2, -1]})", [](auto &a) { a.strides = {2, -1}; }, "strides = [2,-1]: must not be below 1"},
            {R"({"strides": true})", {}, "strides = true: must be an integer or a list of 2 integers"},
            {R"({"strides": 2.0})", {}, "strides = 2.0: must be an integer or a list of 2 integers"},
            {R"({"dilation_rate": [1]})", [](auto &a) { a.dilation_rate = {1}; },
             "dilation_rate = [1]: must be an integer or a list of 2 integers"},
            {R"({"dilation_rate": [2, 0]})", [](auto &a) { a.dilation_rate = {2, 0}; },
             "dilation_rate = [2,0]: must not be below 1"},
            {R"({"dilation_rate": null})", [](auto &a) { a.dilation_rate = std::nullopt; },
             "dilation_rate = null: must be an integer or a list of 2 integers"},
            {R"({"data_format": "NHWC"})", [](auto &a) { a.data_format = "NHWC"; },
             "data_format = \"NHWC\": must be \"channels_last\", \"channels_first\" or null"},
            {R"({"data_format": 1})", {}, "data_format = 1: must be \"channels_last\", \"channels_first\" or null"},
            {R"({"output_padding": -1})", [](auto &a) { a.output_padding = -1; },
             "output_padding = -1: must not be below 0"},
            {R"({"output_padding": 2})", [](auto &a) { a.output_padding = 2; },
             "output_padding = 2: must be below the stride, 2 on spatial axis 0" + kCropsElsewhere},
            {R"({"strides": [3, 2], "output_padding": [2, 2]})",
             [](auto &a) {
                 a.strides = {3, 2};
                 a.output_padding = {2, 2};
             },
             "output_padding = [2,2]: must be below the stride, 2 on spatial axis 1" + kCropsElsewhere},
            {R"({"output_padding": [1]})", [](auto &a) { a.output_padding = {1}; },
             "output_padding = [1]: must be an integer or a list of 2 integers"},
            {R"({"output_padding": "1"})", {}, "output_padding = \"1\": must be an integer or a list of 2 integers"},
            {R"({"output_shape": [1, 9, 9, 5]})",
             {},
             "output_shape = [1,9,9,5]: unknown key; keras.ops.conv_transpose has name, op, input_shape, filter_shape, "
             "dtype, strict_nonfinite, max_error_growth, max_workspace_bytes, weights, strides, padding, "
             "output_padding, data_format, "
             "dilation_rate, bias, activation"},
        });
}

TEST(KerasLayerRules, Shapes) {
    check_shape_rules(layer_call(), layer_arguments(),
                      {
                          {{{4, 4, 6}, {3, 3, 5, 6}, Shape{5}},
                           "input = [4,4,6]: must have 4 dimensions: batch, channels and the spatial extents"},
                          {{{1, 4, 4, 4, 6}, {3, 3, 5, 6}, Shape{5}},
                           "input = [1,4,4,4,6]: must have 4 dimensions: batch, channels and the spatial extents"},
                          {{{1, 4, 4, 0}, {3, 3, 5, 0}, Shape{5}}, "input = [1,4,4,0]: the channels must not be 0"},
                          {{{1, 4, 4, 6}, {3, 3, 6, 5}, Shape{5}},
                           "filter = [3,3,6,5]: must be kernel_size + [filters, in channels], [3, 3, 5, 6]"},
                          {{{1, 4, 4, 6}, {3, 2, 5, 6}, Shape{5}},
                           "filter = [3,2,5,6]: must be kernel_size + [filters, in channels], [3, 3, 5, 6]"},
                          {{{1, 4, 4, 7}, {3, 3, 5, 6}, Shape{5}},
                           "filter = [3,3,5,6]: must be kernel_size + [filters, in channels], [3, 3, 5, 7]"},
                          {{{1, 4, 4, 6}, {3, 3, 5}, Shape{5}},
                           "filter = [3,3,5]: must be kernel_size + [filters, in channels], [3, 3, 5, 6]"},
                          {{{1, 4, 4, 6}, {3, 3, 0, 6}, Shape{5}},
                           "filter = [3,3,0,6]: must be kernel_size + [filters, in channels], [3, 3, 5, 6]"},
                          {{{1, 4, 4, 6}, {3, 3, 5, 6}, Shape{6}},
                           "bias = [6]: must have the shape [5], one value for each of filters"},
                          {{{1, 4, 4, 6}, {3, 3, 5, 6}, Shape{1, 5}},
                           "bias = [1, 5]: must have the shape [5], one value for each of filters"},
                          {{{1, 4, 4, 6}, {3, 3, 5, 6}, {}},
                           "bias = (missing): use_bias is true, so a tensor of shape [5] is required"},
                      });
}

TEST(KerasLayerRules, FiltersAndKernelSize) {
    check_rules(
        layer_call(), layer_arguments(),
        std::vector<LayerRule>{
            {R"({"filters": "remove"})", {}, "filters = (missing): keras.layers.Conv2DTranspose requires it"},
            {R"({"filters": null})", [](auto &a) { a.filters = std::nullopt; }, "filters = null: must be an integer"},
            {R"({"filters": 0})", [](auto &a) { a.filters = 0; }, "filters = 0: must not be below 1"},
            {R"({"filters": -3})", [](auto &a) { a.filters = -3; }, "filters = -3: must not be below 1"},
            {R"({"filters": true})", {}, "filters = true: must be an integer"},
            {R"({"filters": 5.0})", {}, "filters = 5.0: must be an integer"},
            {R"({"kernel_size": "remove"})", {}, "kernel_size = (missing): keras.layers.Conv2DTranspose requires it"},
            {R"({"kernel_size": null})", [](auto &a) { a.kernel_size = {}; },
             "kernel_size = null: must be an integer or a list of 2 integers"},
            {R"({"kernel_size": [3]})", [](auto &a) { a.kernel_size = {3}; },
             "kernel_size = [3]: must be an integer or a list of 2 integers"},
            {R"({"kernel_size": [3, 3, 3]})", [](auto &a) { a.kernel_size = {3, 3, 3}; },
             "kernel_size = [3,3,3]: must be an integer or a list of 2 integers"},
            {R"({"kernel_size": 0})", [](auto &a) { a.kernel_size = 0; }, "kernel_size = 0: must not be below 1"},
            {R"({"kernel_size": [3, -1]})", [](auto &a) { a.kernel_size = {3, -1}; },
             "kernel_size = [3,-1]: must not be below 1"},
        });
}

TEST(KerasLayerRules, Arguments) {
    check_rules(
        layer_call(), layer_arguments(),
        std::vector<LayerRule>{
            {R"({"strides": [2]})", [](auto &a) { a.strides = {2}; },
             "strides = [2]: must be an integer or a list of 2 integers"},
            {R"({"strides": [2, 0]})", [](auto &a) { a.strides = {2, 0}; }, "strides = [2,0]: must not be below 1"},
            {R"({"dilation_rate": [1, 1, 1]})", [](auto &a) { a.dilation_rate = {1, 1, 1}; },
             "dilation_rate = [1,1,1]: must be an integer or a list of 2 integers"},
            {R"({"dilation_rate": -1})", [](auto &a) { a.dilation_rate = -1; },
             "dilation_rate = -1: must not be below 1"},
            {R"({"dilation_rate": 2})", [](auto &a) { a.dilation_rate = 2; },
             "dilation_rate = 2: strides > 1 is not supported in conjunction with dilation_rate > 1, on whichever "
             "axes: strides = 2"},
            {R"({"strides": [2, 1], "dilation_rate": [1, 2]})",
             [](auto &a) {
                 a.strides = {2, 1};
                 a.dilation_rate = {1, 2};
             },
             "dilation_rate = [1,2]: strides > 1 is not supported in conjunction with dilation_rate > 1, on whichever "
             "axes: strides = [2,1]"},
            {R"({"padding": "causal"})", [](auto &a) { a.padding = "causal"; },
             "padding = \"causal\": must be \"valid\" or \"same\"" + kCropsElsewhere},
            {R"({"data_format": "NCHW"})", [](auto &a) { a.data_format = "NCHW"; },
             "data_format = \"NCHW\": must be \"channels_last\", \"channels_first\" or null"},
            {R"({"output_padding": [0, 2]})", [](auto &a) { a.output_padding = {0, 2}; },
             "output_padding = [0,2]: must be below the stride, 2 on spatial axis 1" + kCropsElsewhere},
            {R"({"output_padding": [0]})", [](auto &a) { a.output_padding = {0}; },
             "output_padding = [0]: must be an integer or a list of 2 integers"},
            {R"({"output_padding": -1})", [](auto &a) { a.output_padding = -1; },
             "output_padding = -1: must not be below 0"},
            {R"({"activation": "Relu"})", [](auto &a) { a.activation = "Relu"; },
             "activation = \"Relu\": unknown; must be one of null, linear, relu, relu6, leaky_relu, elu, selu, celu, "
             "gelu, softplus, softsign, silu, swish, mish, sigmoid, tanh, exponential, hard_sigmoid, hard_silu, "
             "hard_swish, hard_tanh, softmax; did you mean relu?"},
            {R"({"use_bias": false})", [](auto &a) { a.use_bias = false; },
             "bias = [5]: the layer has no bias: use_bias is false"},
            {R"({"use_bias": 1})", {}, "use_bias = 1: must be true or false"},
            {R"({"dtype": "float16"})", [](auto &a) { a.dtype = "float16"; },
             "dtype = \"float16\": only float32 is supported yet"},
            {R"({"groups": 2})", {}, "groups = 2: must be 1; grouped layers do not exist in Keras"},
            {R"({"kernel_initializer": 3})", {}, "kernel_initializer = 3: must be a name, an object or null"},
        });
}

TEST(KerasLayerRules, ArgumentsOfOthers) {
    for (const char *key : {"output_shape", "dilations", "rate", "bias"}) {
        Call call = layer_call();
        call.arguments[key] = 1;
        const std::string message = message_of(call);
        EXPECT_EQ(message.find(std::string(key) + " = 1: unknown key; keras.layers.Conv2DTranspose has name, op, "), 0u)
            << message;
    }
}

}  // namespace
}  // namespace tconv
