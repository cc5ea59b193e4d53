// SPDX-License-Identifier: Apache-2.0
// The bound of compare(): float32 sums stay inside, errors that kernels make do not.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tests/golden/zero_insertion.h"
#include "tests/support/layer_data.h"
#include "tests/support/special_values.h"
#include "tools/verify/oracle.h"

namespace tconv::test {
namespace {

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

// The definition, from the side of the output: every tap reads the largest input around its place, beside the image
// too.
double window_magnitude(const Layer &layer, const LayerData &data, const std::array<int64_t, 3> &reach, int64_t oy,
                        int64_t ox, int64_t co) {
    const auto &[z, y, x] = layer.axes;
    const auto place = [](const Axis &axis, int64_t o, int64_t k, int64_t far) {
        const int64_t full = o + axis.pad_before - axis.dilation * k + far * axis.stride;
        const bool exists = full >= 0 && full % axis.stride == 0 && full / axis.stride < axis.input + 2 * far;
        return exists ? full / axis.stride - far : int64_t{-1000};
    };
    double sum = 0;
    for (int64_t ky = 0; ky < y.kernel; ky++)
        for (int64_t kx = 0; kx < x.kernel; kx++)
            for (int64_t ci = 0; ci < layer.in_channels; ci++) {
                const int64_t iy = place(y, oy, ky, reach[1]), ix = place(x, ox, kx, reach[2]);
                if (iy == -1000 || ix == -1000) continue;
                float largest = 0;
                for (int64_t v = std::max<int64_t>(iy - reach[1], 0); v <= std::min(iy + reach[1], y.input - 1); v++)
                    for (int64_t u = std::max<int64_t>(ix - reach[2], 0); u <= std::min(ix + reach[2], x.input - 1);
                         u++)
                        largest = std::max(
                            largest,
                            std::fabs(data.input[static_cast<size_t>((v * x.input + u) * layer.in_channels + ci)]));
                const int64_t tap = ((ky * x.kernel + kx) * layer.out_channels + co) * layer.in_channels + ci;
                sum += static_cast<double>(largest) * std::fabs(data.filter[static_cast<size_t>(tap)]);
            }
    return sum;
}

TEST(OracleWindows, HaveTheLargestInputsAroundEachTap) {
    Layer layer = plane(3);
    layer.axes[2].dilation = 2;
    LayerData data = random_layer_data(layer, 8);
    for (const std::array<int64_t, 3> &reach : {std::array<int64_t, 3>{0, 0, 0}, {0, 0, 2}, {0, 3, 1}, {0, 9, 9}}) {
        const std::vector<double> magnitudes = window_magnitudes(layer, data.input.data(), data.filter.data(), reach);
        ASSERT_EQ(static_cast<int64_t>(magnitudes.size()), layer.output_elements());
        size_t cell = 0;
        for (int64_t oy = 0; oy < layer.axes[1].output; oy++)
            for (int64_t ox = 0; ox < layer.axes[2].output; ox++)
                for (int64_t co = 0; co < layer.out_channels; co++, cell++)
                    ASSERT_NEAR(magnitudes[cell], window_magnitude(layer, data, reach, oy, ox, co), 1e-9)
                        << "cell " << cell;
    }
}

TEST(OracleWindows, BoundIsRelativeToTheWindow) {
    const Layer layer = line({6, 1, 1, 1, 6, 0});
    const std::vector<float> input = {1, 1, 1, 1, 1, 1e6f}, filter = {1};
    const OracleResult result = oracle(layer, input.data(), filter.data(), nullptr);
    const WindowRounding rounding{3, 4, {0, 0, 2}};
    const auto ratio = [&](size_t cell, float error) {
        std::vector<float> output = to_floats(result.value);
        output[cell] += error;
        const auto windows = window_magnitudes(layer, input.data(), filter.data(), rounding.reach);
        return compare_in_windows(layer, result, output.data(), windows, nullptr, rounding).max_ratio;
    };
    const double unit = 0x1p-24 * (1 + 2 + 4) * 3;
    const float error = 0x1p-10f;  // exact beside 1 and 1e6
    EXPECT_NEAR(ratio(0, error), error / unit, 1e-6 / unit);
    EXPECT_NEAR(ratio(3, error), error / (1e6 * unit), 1e-12 / unit);
    EXPECT_GT(ratio(2, 0.5f), 1);
    EXPECT_LT(ratio(3, 0.5f), 1);
}

TEST(OracleWindows, LeaveOutWhatANonFiniteNumberReaches) {
    const Layer layer = line({6, 1, 1, 1, 6, 0});
    const std::vector<float> filter = {0};
    for (const float value : {kNaN, kInf, -kInf}) {
        const std::vector<float> input = {1, 1, 1, 1, 1, value};
        const OracleResult result = oracle(layer, input.data(), filter.data(), nullptr);
        const WindowRounding rounding{3, 4, {0, 0, 2}};
        std::vector<float> output(6, kNaN);
        std::fill_n(output.begin(), 3, 0.0f);
        const auto windows = window_magnitudes(layer, input.data(), filter.data(), rounding.reach);
        const auto judge = [&] { return compare_in_windows(layer, result, output.data(), windows, nullptr, rounding); };
        EXPECT_TRUE(judge().pass) << judge().message;
        EXPECT_EQ(judge().compared, 3);
        output[2] = kNaN;
        EXPECT_FALSE(judge().pass);
    }
}

TEST(OracleComparison, KnowsWhatLiesNearANonFiniteInput) {
    const Layer layer = line({4, 2, 3, 1, 12, 0}, 2, 2);  // taps reach cells 3 and 4, and 5 is a hole
    std::vector<float> input(8, 0.0f);
    EXPECT_EQ(cells_near_nonfinite(layer, input.data()), std::vector<char>(24, 0));
    input[3] = kNaN;  // pixel 1
    std::vector<char> near(24, 0), farther(24, 0);
    std::fill(near.begin() + 2 * 1, near.begin() + 2 * 7, 1);
    std::fill(farther.begin(), farther.begin() + 2 * 10, 1);
    EXPECT_EQ(cells_near_nonfinite(layer, input.data()), near);
    EXPECT_EQ(cells_near_nonfinite(layer, input.data(), {0, 0, 1}), farther);
}

TEST(OracleComparison, LeavesOutChannels) {
    Layer layer = line({2, 1, 1, 1, 2, 0}, 1, 2);
    const float input[] = {1, 2}, filter[] = {3, 5};
    const OracleResult result = oracle(layer, input, filter, nullptr);
    std::vector<float> output = to_floats(result.value);
    output[1] = 7;
    const auto omitted = [&](std::vector<char> channels) {
        return compare(layer, result, output.data(), 1.0, cells_of_channels(layer, channels));
    };
    EXPECT_FALSE(omitted({1, 0}).pass);
    EXPECT_TRUE(omitted({0, 1}).pass);
    EXPECT_EQ(omitted({0, 1}).compared, 2);
    layer.layout = Layout::kChannelsFirst;
    EXPECT_EQ(cells_of_channels(layer, {0, 1}), (std::vector<char>{0, 0, 1, 1}));
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
