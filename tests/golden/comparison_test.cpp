// SPDX-License-Identifier: Apache-2.0
// The bound of compare(): float32 sums stay inside, errors that kernels make do not.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/golden/zero_insertion.h"
#include "tests/support/layer_data.h"
#include "tools/oracle.h"

namespace tconv::test {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<float> to_floats(const std::vector<double> &values) { return {values.begin(), values.end()}; }

// k3 s2 over two axes: cells of 1, 2 and 4 taps.
Layer plane(int64_t in_channels) {
    Layer layer;
    layer.axes = {Axis{}, Axis{5, 3, 2, 1, 10, 0}, Axis{4, 3, 2, 1, 9, 0}};
    layer.in_channels = in_channels;
    layer.out_channels = 8;
    layer.bias = true;
    return layer;
}

float product(float a, float b, int64_t) { return a * b; }

// Keeps the 8 bits of a bfloat16 significand.
float to_bfloat16(float value) {
    int exponent = 0;
    const float significand = std::frexp(value, &exponent);
    return std::ldexp(std::nearbyint(significand * 256.0f), exponent - 8);
}

Comparison compare_products(const Layer &layer, const LayerData &data, float (*product_of)(float, float, int64_t)) {
    const OracleResult result = oracle(layer, data.input.data(), data.filter.data(), data.bias_or_null());
    return compare(layer, result, zero_insertion<float>(layer, data, product_of).data(), 1.0);
}

TEST(OracleBound, HoldsForSequentialFloatSums) {
    for (const int64_t channels : {1, 3, 16, 200, 2000}) {
        const Layer layer = plane(channels);
        LayerData data = random_layer_data(layer, static_cast<uint64_t>(channels));
        const Comparison mixed = compare_products(layer, data, product);
        EXPECT_TRUE(mixed.pass) << mixed.message;
        EXPECT_GT(mixed.max_ratio, 0.001) << "the bound is useless";
        for (float &value : data.input) value = std::fabs(value);
        for (float &value : data.filter) value = std::fabs(value);
        const Comparison positive = compare_products(layer, data, product);
        EXPECT_TRUE(positive.pass) << positive.message;
    }
}

TEST(OracleBound, ShowsOneMissingProduct) {
    for (const int64_t channels : {1, 16, 200, 2000}) {
        const Layer layer = plane(channels);
        const LayerData data = random_layer_data(layer, static_cast<uint64_t>(channels));
        const auto drop = [](float a, float b, int64_t ci) { return ci == 0 ? 0.0f : a * b; };
        EXPECT_FALSE(compare_products(layer, data, drop).pass) << channels << " channels";
    }
}

TEST(OracleBound, ShowsBfloat16Products) {
    for (const int64_t channels : {1, 16, 200, 2000}) {
        const Layer layer = plane(channels);
        const LayerData data = random_layer_data(layer, static_cast<uint64_t>(channels));
        const auto rounded = [](float a, float b, int64_t) { return to_bfloat16(a) * to_bfloat16(b); };
        EXPECT_FALSE(compare_products(layer, data, rounded).pass) << channels << " channels";
    }
}

TEST(OracleBound, ActivationScalesTheErrorOfItsArgument) {
    for (const Activation activation : {Activation::kSigmoid, Activation::kTanh, Activation::kLeakyRelu}) {
        Layer layer = plane(16);
        layer.activation = activation;
        const LayerData data = random_layer_data(layer, 3);
        const OracleResult result = oracle(layer, data.input.data(), data.filter.data(), data.bias_or_null());
        std::vector<float> output = to_floats(result.value);
        EXPECT_TRUE(compare(layer, result, output.data(), 1.0).pass);
        for (float &value : output) value *= 1.001f;
        EXPECT_FALSE(compare(layer, result, output.data(), 1.0).pass) << to_string(activation);
    }
}

TEST(OracleComparison, CellsThatNothingReachesMustBeZero) {
    const Layer layer = line({2, 1, 3, 1, 6, 0});
    const float input[] = {0.3f, 0.7f}, filter[] = {0.1f};
    const OracleResult result = oracle(layer, input, filter, nullptr);
    std::vector<float> output = to_floats(result.value);
    EXPECT_TRUE(compare(layer, result, output.data(), 1.0).pass);
    output[1] = 1e-30f;
    const Comparison comparison = compare(layer, result, output.data(), 1.0);
    EXPECT_FALSE(comparison.pass);
    EXPECT_EQ(comparison.worst, 1);
    EXPECT_TRUE(std::isinf(comparison.max_ratio));
}

TEST(OracleComparison, NonFiniteMustMeetItsLike) {
    const Layer layer = line({3, 1, 1, 1, 3, 0});
    const float input[] = {kNaN, kInf, -kInf}, filter[] = {1};
    const OracleResult result = oracle(layer, input, filter, nullptr);
    const auto passes = [&](float a, float b, float c) {
        const float output[] = {a, b, c};
        return compare(layer, result, output, 1.0).pass;
    };
    EXPECT_TRUE(passes(kNaN, kInf, -kInf));
    EXPECT_FALSE(passes(0, kInf, -kInf));
    EXPECT_FALSE(passes(kNaN, -kInf, -kInf));
    EXPECT_FALSE(passes(kNaN, kInf, kNaN));
    EXPECT_FALSE(passes(kNaN, std::numeric_limits<float>::max(), -kInf));
}

TEST(OracleComparison, NaNWhereAFiniteValueBelongsFails) {
    Layer layer = line({2, 1, 1, 1, 2, 0});
    layer.activation = Activation::kSigmoid;
    const float input[] = {kInf, 1}, filter[] = {1};
    const OracleResult result = oracle(layer, input, filter, nullptr);
    std::vector<float> output = to_floats(result.value);
    EXPECT_TRUE(compare(layer, result, output.data(), 1.0).pass);
    output[1] = kNaN;
    EXPECT_FALSE(compare(layer, result, output.data(), 1.0).pass);
    output = {0.5f, static_cast<float>(result.value[1])};
    EXPECT_FALSE(compare(layer, result, output.data(), 1.0).pass) << "the sigmoid of Inf is 1";
}

TEST(OracleComparison, ExactComparisonAcceptsNoDifference) {
    const Layer layer = plane(4);
    const LayerData data = small_integer_layer_data(layer, 5);
    const OracleResult result = oracle(layer, data.input.data(), data.filter.data(), data.bias_or_null());
    std::vector<float> output = zero_insertion<float>(layer, data, product);
    EXPECT_TRUE(compare_exactly(layer, result, output.data()).pass);
    output[17] = std::nextafter(output[17], 100.0f);
    EXPECT_FALSE(compare_exactly(layer, result, output.data()).pass);
}

TEST(OracleComparison, MessageNamesCellValueAndRule) {
    Layer layer = line({2, 1, 1, 1, 2, 0}, 1, 2);
    const float input[] = {1, 2}, filter[] = {3, 5};
    const OracleResult result = oracle(layer, input, filter, nullptr);
    std::vector<float> output = to_floats(result.value);
    EXPECT_EQ(compare_exactly(layer, result, output.data()).message, "");
    output[3] = 7;
    const Comparison comparison = compare_exactly(layer, result, output.data());
    EXPECT_EQ(comparison.message, "output[0, 1, 1] = 7: must be within 0 of 10 (1 of 4 cells are out of bounds)");
    EXPECT_EQ(comparison.max_abs_difference, 3.0);
}

}  // namespace
}  // namespace tconv::test
