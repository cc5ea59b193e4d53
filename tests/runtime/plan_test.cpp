// SPDX-License-Identifier: Apache-2.0
// What a plan takes and refuses beside the layer itself.
#include <gtest/gtest.h>

#include <limits>

#include "tconv/layer_file.h"
#include "tconv/plan.h"

namespace tconv::test {
namespace {

Layer layer_of(const std::string &text) {
    const auto layers = parse_layer_text(text, "");
    EXPECT_TRUE(layers) << layers.error().message;
    return layers ? layers->front() : Layer();
}

// Along a dimension of one element there is nothing to step over, so its stride may be anything.
TEST(Plan, IgnoresStridesOfDimensionsWithOneElement) {
    const Layer layer = layer_of(R"({"name": "p", "op": "keras.ops.conv_transpose", "input_shape": [1, 1, 1],
                                     "filter_shape": [3, 1, 1], "strides": 4, "dilation_rate": 3, "padding": "valid"})");
    const float input = 2, filter[3] = {3, 5, 7};
    const auto plan = Plan::create(layer, filter, nullptr);
    ASSERT_TRUE(plan) << plan.error().message;
    constexpr int64_t least = std::numeric_limits<int64_t>::min(), most = std::numeric_limits<int64_t>::max();
    std::vector<float> output(static_cast<size_t>(layer.output_elements()), -1);
    const Status status =
        plan->run({&input, {1, 1, 1}, {least, most / 2, 1}}, {output.data(), layer.output_shape(), {most, 1, least}});
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(output, (std::vector<float>{6, 0, 0, 10, 0, 0, 14}));
}

// An input without columns has no memory either; its output is the bias, in every cell.
TEST(Plan, ComputesTheBiasOfAnInputWithoutCells) {
    const Layer layer = layer_of(R"({"name": "p", "op": "keras.ops.conv_transpose", "input_shape": [2, 3, 0, 1],
                                     "filter_shape": [2, 4, 2, 1], "strides": 2, "bias": true, "activation": "relu"})");
    ASSERT_EQ(layer.output_shape(), (std::vector<int64_t>{2, 6, 2, 2}));
    const std::vector<float> filter(16, 1.0f), bias = {7, -3};
    const auto plan = Plan::create(layer, filter.data(), bias.data());
    ASSERT_TRUE(plan) << plan.error().message;
    std::vector<float> output(static_cast<size_t>(layer.output_elements()), -1), expected;
    for (size_t cell = 0; cell < output.size() / 2; cell++) expected.insert(expected.end(), {7, 0});
    const Status status = plan->run({nullptr, layer.input_shape(), {}}, {output.data(), layer.output_shape(), {}});
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(output, expected);
}

TEST(Plan, RefusesOtherElementTypes) {
    Layer layer = layer_of(R"({"name": "p", "op": "keras.ops.conv_transpose", "input_shape": [1, 2, 1],
                               "filter_shape": [1, 1, 1]})");
    layer.types.output = DataType::kFloat16;
    const float filter = 1;
    const auto plan = Plan::create(layer, &filter, nullptr);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, StatusCode::kUnsupported);
    EXPECT_EQ(plan.error().message, "dtype = \"float32:float32:float32:float16\": only float32 is supported yet");
}

TEST(Plan, RefusesStridesThatItCannotFollow) {
    const Layer layer = layer_of(R"({"name": "p", "op": "keras.ops.conv_transpose", "input_shape": [1, 2, 1],
                                     "filter_shape": [1, 1, 1]})");
    const float input[2] = {1, 2}, filter = 1;
    float output[2];
    const auto plan = Plan::create(layer, &filter, nullptr);
    ASSERT_TRUE(plan) << plan.error().message;
    const auto message = [&](const std::vector<int64_t> &input_strides, const std::vector<int64_t> &output_strides) {
        const Status status = plan->run({input, {1, 2, 1}, input_strides}, {output, {1, 2, 1}, output_strides});
        return status ? "" : status.error().message;
    };
    EXPECT_EQ(message({}, {}), "");
    EXPECT_EQ(message({2, 0, 1}, {}), "");
    EXPECT_EQ(message({}, {2, 0, 1}), "output.strides = [2, 0, 1]: 0 would put several outputs into one place");
    EXPECT_EQ(message({2, 1}, {}), "input.strides = [2, 1]: must have one stride for each dimension of the shape");
    const int64_t least = std::numeric_limits<int64_t>::min();
    EXPECT_EQ(message({1, least, 1}, {}),
              "input.strides = [1, -9223372036854775808, 1]: a tensor that spans more than "
              "2147483647 elements is not supported");
}

TEST(Plan, RefusesTheSameFiltersForEveryInstructionSet) {
    const Layer layer = layer_of(R"({"name": "p", "op": "keras.ops.conv_transpose", "input_shape": [1, 1, 65536],
                                     "filter_shape": [1024, 1, 65536]})");
    const float nothing = 0;
    for (Isa isa : built_isas()) {
        if (!is_available(isa)) continue;
        PlanOptions options;
        options.isa = isa;
        const auto plan = Plan::create(layer, &nothing, nullptr, options);
        ASSERT_FALSE(plan);
        EXPECT_EQ(plan.error().message,
                  "filter = [1024, 1, 65536]: more than 67108863 elements for one output channel are "
                  "not supported");
    }
}

}  // namespace
}  // namespace tconv::test
