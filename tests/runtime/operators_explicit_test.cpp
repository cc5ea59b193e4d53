// SPDX-License-Identifier: Apache-2.0
// conv_transpose, conv1d_transpose, padding pairs and activations with parameters as C++ functions: counted by hand, and
// against the oracle on the layer of the same call of a file.
#include <cmath>

#include "operator_rules.h"
#include "tests/support/layer_data.h"
#include "tools/verify/oracle.h"

namespace tconv {
namespace {

// Of dense tensors.
template<typename Arguments>
std::vector<float> result_of(const Arguments &arguments, const Shape &input, const std::vector<float> &x,
                             const Shape &filter, const std::vector<float> &w,
                             Status (*function)(const TensorView &, const TensorView &, const Arguments &,
                                                const MutableTensorView &, const ParallelFor &),
                             Expected<Shape> (*shape)(const Shape &, const Shape &, const Arguments &)) {
    const Expected<Shape> output = shape(input, filter, arguments);
    if (!output) {
        ADD_FAILURE() << output.error().message;
        return {};
    }
    int64_t elements = 1;
    for (const int64_t extent : *output) elements *= extent;
    std::vector<float> y(static_cast<size_t>(elements), -77.0f);
    EXPECT_EQ(
        message_of(function({x.data(), input, {}}, {w.data(), filter, {}}, arguments, {y.data(), *output, {}}, {})),
        "(accepted)");
    return y;
}

std::vector<float> result_of(const ConvTransposeArguments &arguments, const Shape &input, const std::vector<float> &x,
                             const Shape &filter, const std::vector<float> &w) {
    return result_of(arguments, input, x, filter, w, conv_transpose, conv_transpose_shape);
}

using Cells = std::vector<float>;

// Full: 1 10 102 20 200.
TEST(ExplicitOperator, CropsTheCellsThatPyTorchCrops) {
    ConvTransposeArguments arguments = explicit_arguments();
    const auto cells = [&] { return result_of(arguments, {1, 1, 2}, {1, 2}, {1, 1, 3}, {1, 10, 100}); };
    EXPECT_EQ(cells(), (Cells{1, 10, 102, 20, 200}));
    arguments.padding = 1;
    EXPECT_EQ(cells(), (Cells{10, 102, 20}));
    arguments.output_padding = 1;
    EXPECT_EQ(cells(), (Cells{10, 102, 20, 200}));
    arguments.padding = {};
    arguments.pads = {0, 1};
    EXPECT_EQ(cells(), (Cells{1, 10, 102, 20, 200}));
    arguments.output_padding = 0;
    EXPECT_EQ(cells(), (Cells{1, 10, 102, 20}));
    arguments.pads = {};
    arguments.output_shape = 4;
    EXPECT_EQ(cells(), (Cells{10, 102, 20, 200}));
    arguments.auto_pad = "SAME_UPPER";
    EXPECT_EQ(cells(), (Cells{1, 10, 102, 20}));
    arguments.output_shape = 6;
    const Cells bias = {0.5f};
    arguments.epilogue.bias = TensorView{bias.data(), {1}, {}};
    EXPECT_EQ(cells(), (Cells{1.5f, 10.5f, 102.5f, 20.5f, 200.5f, 0.5f}));
}

// Two in, two out channels: the filter's first axis is the input's.
TEST(ExplicitOperator, TakesTheFilterInEitherOrder) {
    ConvTransposeArguments arguments;
    const Cells x = {1, 2};
    EXPECT_EQ(result_of(arguments, {1, 2, 1}, x, {2, 2, 2}, {1, 2, 3, 4, 10, 20, 30, 40}), (Cells{21, 42, 63, 84}));
    arguments.filter_layout = "WOI";
    EXPECT_EQ(result_of(arguments, {1, 2, 1}, x, {2, 2, 2}, {1, 10, 3, 30, 2, 20, 4, 40}), (Cells{21, 42, 63, 84}));
    arguments.data_format = "channels_last";
    EXPECT_EQ(result_of(arguments, {1, 1, 2}, x, {2, 2, 2}, {1, 10, 3, 30, 2, 20, 4, 40}), (Cells{21, 63, 42, 84}));
}

// A view of an HWOI filter as an IOHW one.
TEST(ExplicitOperator, TakesFiltersWithStrides) {
    ConvTransposeArguments arguments;
    const Cells x = {1, 2}, w = {1, 10, 3, 30, 2, 20, 4, 40};
    Cells y(4);
    const TensorView filter{w.data(), {2, 2, 2}, {1, 2, 4}};
    EXPECT_EQ(message_of(conv_transpose({x.data(), {1, 2, 1}, {}}, filter, arguments, {y.data(), {1, 2, 2}, {}})),
              "(accepted)");
    EXPECT_EQ(y, (Cells{21, 42, 63, 84}));
}

TEST(Conv1dOperator, IsTheOneOfTensorFlow) {
    nn::Conv1dTransposeArguments arguments;
    arguments.output_shape = {1, 4, 1};
    arguments.strides = 2;
    const auto cells = [&] {
        return result_of(arguments, {1, 2, 1}, {1, 2}, {3, 1, 1}, {1, 10, 100}, nn::conv1d_transpose,
                         nn::conv1d_transpose_shape);
    };
    EXPECT_EQ(cells(), (Cells{1, 10, 102, 20}));
    arguments.output_shape = {1, 3, 1};
    EXPECT_EQ(cells(), (Cells{10, 102, 20}));
    arguments.padding = "VALID";
    arguments.output_shape = {1, 6, 1};
    EXPECT_EQ(cells(), (Cells{1, 10, 102, 20, 200, 0}));
}

TEST(Conv2dOperator, TakesPaddingPairs) {
    nn::Conv2dTransposeArguments arguments;
    arguments.output_shape = {1, 1, 4, 1};
    arguments.strides = {1, 2};
    arguments.padding = {{0, 0}, {0, 0}, {1, 0}, {0, 0}};
    const auto cells = [&] {
        return result_of(arguments, {1, 1, 2, 1}, {1, 2}, {1, 3, 1, 1}, {1, 10, 100}, nn::conv2d_transpose,
                         nn::conv2d_transpose_shape);
    };
    EXPECT_EQ(cells(), (Cells{10, 102, 20, 200}));
    arguments.padding = {{0, 0}, {0, 0}, {0, 1}, {0, 0}};
    EXPECT_EQ(cells(), (Cells{1, 10, 102, 20}));
    EXPECT_EQ(arguments.padding.pairs().size(), 4u);
    arguments.padding = {{0, 0}, {1, 1}};
    EXPECT_EQ(message_of(nn::conv2d_transpose_shape({1, 1, 2, 1}, {1, 3, 1, 1}, arguments)),
              "padding = [[0,0],[1,1]]: must be \"SAME\", \"VALID\" or a list of 4 pairs of integers, one for each "
              "dimension");
    arguments.padding = std::string("VALID");
    EXPECT_FALSE(arguments.padding.is_list());
}

TEST(OperatorActivations, HaveParameters) {
    ConvTransposeArguments arguments;
    const auto cells = [&](const char *name, const std::map<std::string, double> &parameters) {
        arguments.epilogue.activation = name;
        arguments.epilogue.parameters = parameters;
        return result_of(arguments, {1, 1, 2}, {-8, 4}, {1, 2, 1}, {1, -1});
    };
    EXPECT_EQ(cells("leaky_relu", {{"negative_slope", 0.25}}), (Cells{-2, 4, 8, -1}));
    EXPECT_EQ(cells("prelu", {{"alpha", 0.5}}), (Cells{-4, 4, 8, -2}));
    EXPECT_EQ(cells("clip", {{"min", -1}, {"max", 6}}), (Cells{-1, 4, 6, -1}));
    EXPECT_EQ(cells("clip", {{"max", 5}}), (Cells{-8, 4, 5, -4}));
    EXPECT_EQ(cells("hard_tanh", {{"min_val", -2}, {"max_val", 3}}), (Cells{-2, 3, 3, -2}));
    EXPECT_EQ(cells("hard_tanh", {}), (Cells{-1, 1, 1, -1}));
    EXPECT_EQ(cells("hard_sigmoid", {{"alpha", 0.125}, {"beta", 0.25}}), (Cells{0, 0.75f, 1, 0}));
    const Cells elu = cells("elu", {{"alpha", 2}}), celu = cells("celu", {{"alpha", 4}});
    EXPECT_NEAR(elu[0], 2 * (std::exp(-8.0) - 1), 1e-6);
    EXPECT_NEAR(celu[3], 4 * (std::exp(-1.0) - 1), 1e-6);
    EXPECT_EQ(elu[1], 4);
    arguments.epilogue.alpha = Cells{0.25f, 0.5f};
    EXPECT_EQ(cells("prelu", {}), (Cells{-2, 4, 8, -2}));
    arguments.data_format = "channels_last";  // an output of [1, 2, 2]
    arguments.epilogue.bias = TensorView{arguments.epilogue.alpha->data(), {2}, {}};
    EXPECT_EQ(result_of(arguments, {1, 2, 1}, {-8, 4}, {1, 2, 1}, {1, -1}), (Cells{-1.9375f, 8.5f, 4.25f, -1.75f}));
}

TEST(OperatorActivations, AreRefusedAsInFiles) {
    ConvTransposeArguments arguments = explicit_arguments();
    const auto refusal = [&](const std::optional<std::string> &name, const std::map<std::string, double> &parameters,
                             const std::optional<Cells> &alpha = std::nullopt) {
        arguments.epilogue.activation = name;
        arguments.epilogue.parameters = parameters;
        arguments.epilogue.alpha = alpha;
        return message_of_cpp(arguments, explicit_call().shapes);
    };
    EXPECT_EQ(refusal("leaky_relu", {{"alpha", 0.1}}),
              "activation.alpha = 0.1: unknown key; an activation has name, negative_slope");
    EXPECT_EQ(refusal("leaky_relu", {{"negative_slope", std::nan("")}}),
              "activation.negative_slope = null: must be a finite number");
    EXPECT_EQ(refusal("clip", {{"min", 2}, {"max", 1}}), "activation.min = 2.0: must not be above max, 1.0");
    EXPECT_EQ(refusal("prelu", {}, Cells{1, 2}),
              "activation.alpha = 2 values: must have one for each output channel, 5, or one for all");
    EXPECT_EQ(refusal("prelu", {}, Cells{1, 2, 3, 4, INFINITY}),
              "activation.alpha = [1.0,2.0,3.0,4.0,null]: must hold finite numbers, at least one");
    EXPECT_EQ(refusal("relu", {}, Cells{1}), "activation.alpha = [1.0]: unknown key; an activation has name");
    EXPECT_EQ(refusal(std::nullopt, {{"alpha", 1}}), "activation.name = null: must be a string");
}

template<typename Arguments, typename Function>
void expect_oracle(const Call &call, const Arguments &arguments, const Function &function) {
    const Layer layer = layer_of(call);
    const test::LayerData data = test::small_integer_layer_data(layer, 1);
    Arguments with_bias = arguments;
    if (layer.bias) with_bias.epilogue.bias = TensorView{data.bias.data(), {layer.out_channels}, {}};
    Cells y(static_cast<size_t>(layer.output_elements()), -77.0f);
    const Status status =
        function({data.input.data(), layer.input_shape(), {}}, {data.filter.data(), layer.filter_shape(), {}},
                 with_bias, {y.data(), layer.output_shape(), {}}, {});
    EXPECT_EQ(message_of(status), "(accepted)");
    const OracleResult reference = oracle(layer, data.input.data(), data.filter.data(), data.bias_or_null());
    const Comparison comparison = compare_exactly(layer, reference, y.data());
    EXPECT_TRUE(comparison.pass) << call.arguments << ": " << comparison.message;
}

TEST(ExplicitOperator, ComputesWhatTheOracleComputes) {
    Call call = explicit_call(R"({"pads": [0, 1, 2, 3], "dilations": [3, 1], "output_padding": [2, 1], "bias": true,
                                  "activation": {"name": "prelu", "alpha": [0.5, 2, -1, 0, 0.25]}})");
    call.shapes = {{2, 6, 4, 3}, {6, 5, 3, 4}, Shape{5}};
    ConvTransposeArguments arguments = explicit_arguments();
    arguments.pads = {0, 1, 2, 3};
    arguments.dilations = {3, 1};
    arguments.output_padding = {2, 1};
    arguments.epilogue.activation = "prelu";
    arguments.epilogue.alpha = Cells{0.5f, 2, -1, 0, 0.25f};
    expect_oracle(call, arguments, conv_transpose);

    call = explicit_call(R"({"data_format": "channels_last", "output_shape": [4, 5, 7], "auto_pad": "SAME_UPPER"})");
    call.shapes = {{2, 2, 3, 4, 17}, {17, 33, 3, 2, 2}, std::nullopt};
    arguments = explicit_arguments();
    arguments.data_format = "channels_last";
    arguments.output_shape = {4, 5, 7};
    arguments.auto_pad = "SAME_UPPER";
    expect_oracle(call, arguments, conv_transpose);
}

TEST(Conv1dOperator, ComputesWhatTheOracleComputes) {
    Call call = conv1d_call(R"({"data_format": "NCW", "output_shape": [2, 5, 12], "dilations": [1, 1, 3],
                                "padding": "VALID", "activation": "relu", "bias": true})");
    call.shapes = {{2, 6, 4}, {2, 5, 6}, Shape{5}};
    nn::Conv1dTransposeArguments arguments = conv1d_arguments();
    arguments.data_format = "NCW";
    arguments.output_shape = {2, 5, 12};
    arguments.dilations = {1, 1, 3};
    arguments.padding = "VALID";
    arguments.epilogue.activation = "relu";
    // full = 6 + 3 + 1 = 10, or one cell more.
    EXPECT_EQ(message_of(call).find("output_shape = [2,5,12]: spatial axis 0 must be from 10 to 11"), 0u);
    call.arguments["output_shape"] = arguments.output_shape = {2, 5, 11};
    expect_oracle(call, arguments, nn::conv1d_transpose);
}

}  // namespace
}  // namespace tconv
