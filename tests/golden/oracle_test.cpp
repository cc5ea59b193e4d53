// SPDX-License-Identifier: Apache-2.0
// The oracle against results worked out by hand and against a second formulation.
#include "tools/oracle.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "tests/golden/zero_insertion.h"
#include "tests/support/layer_data.h"

namespace tconv::test {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<double> values(const Layer &layer, const std::vector<float> &input, const std::vector<float> &filter,
                           const std::vector<float> &bias = {}) {
    return oracle(layer, input.data(), filter.data(), bias.empty() ? nullptr : bias.data()).value;
}

TEST(Oracle, OverlappingTapsAdd) {
    const Layer layer = line({3, 3, 2, 1, 7, 0});
    EXPECT_EQ(values(layer, {1, 2, 3}, {1, 10, 100}), (std::vector<double>{1, 10, 102, 20, 203, 30, 300}));
}

TEST(Oracle, CropCutsTheBeginAndOutputCutsTheEnd) {
    const Layer layer = line({3, 3, 2, 1, 5, 1});
    EXPECT_EQ(values(layer, {1, 2, 3}, {1, 10, 100}), (std::vector<double>{10, 102, 20, 203, 30}));
}

TEST(Oracle, CellsWithoutTapHoldTheBias) {
    const Layer layer = line({2, 1, 3, 1, 7, 0});
    EXPECT_EQ(values(layer, {4, 5}, {2}, {1}), (std::vector<double>{9, 1, 1, 11, 1, 1, 1}));
}

TEST(Oracle, DilationSpreadsTheTaps) {
    const Layer layer = line({2, 2, 1, 3, 5, 0});
    EXPECT_EQ(values(layer, {1, 2}, {1, 10}), (std::vector<double>{1, 2, 0, 10, 20}));
}

TEST(Oracle, FilterIsTapThenOutputThenInputChannel) {
    const Layer layer = line({1, 2, 2, 1, 2, 0}, 2, 2);
    const std::vector<float> filter = {1, 2, 3, 4, 5, 6, 7, 8};
    EXPECT_EQ(values(layer, {1, 10}, filter), (std::vector<double>{21, 43, 65, 87}));
}

TEST(Oracle, ChannelsFirstIsTheSameTransposed) {
    Layer layer = line({2, 2, 2, 1, 4, 0}, 2, 2);
    const std::vector<float> filter = {1, 2, 3, 4, 5, 6, 7, 8};
    EXPECT_EQ(values(layer, {1, 10, 2, 20}, filter), (std::vector<double>{21, 43, 65, 87, 42, 86, 130, 174}));
    layer.layout = Layout::kChannelsFirst;
    EXPECT_EQ(values(layer, {1, 2, 10, 20}, filter), (std::vector<double>{21, 65, 42, 130, 43, 87, 86, 174}));
}

TEST(Oracle, MagnitudeSumsAbsoluteProductsAndBias) {
    Layer layer = line({2, 2, 1, 1, 3, 0});
    layer.activation = Activation::kRelu;
    const float input[] = {3, -2}, filter[] = {1, -4}, bias[] = {-5};
    const OracleResult result = oracle(layer, input, filter, bias);
    EXPECT_EQ(result.value, (std::vector<double>{0, 0, 3}));
    EXPECT_EQ(result.magnitude, (std::vector<double>{8, 19, 13}));
}

TEST(Oracle, ActivationsAreThoseOfKeras) {
    Layer layer = line({5, 1, 1, 1, 5, 0});
    const std::vector<float> input = {-2, -0.5, 0, 1, 8};
    const auto activated = [&](Activation activation) {
        layer.activation = activation;
        return values(layer, input, {1});
    };
    EXPECT_EQ(activated(Activation::kRelu), (std::vector<double>{0, 0, 0, 1, 8}));
    EXPECT_EQ(activated(Activation::kRelu6), (std::vector<double>{0, 0, 0, 1, 6}));
    EXPECT_EQ(activated(Activation::kLeakyRelu), (std::vector<double>{-0.4, -0.1, 0, 1, 8}));
    EXPECT_DOUBLE_EQ(activated(Activation::kSigmoid)[1], 0.37754066879814541);
    EXPECT_DOUBLE_EQ(activated(Activation::kTanh)[3], 0.76159415595576485);
}

TEST(Oracle, NonFiniteValuesReachTheirTapsAndNoOthers) {
    Layer layer = line({3, 2, 2, 1, 7, 0});
    for (const Activation activation : {Activation::kNone, Activation::kRelu, Activation::kRelu6,
                                        Activation::kLeakyRelu, Activation::kSigmoid, Activation::kTanh}) {
        layer.activation = activation;
        const std::vector<double> y = values(layer, {1, kNaN, kInf}, {1, 0});
        EXPECT_TRUE(std::isfinite(y[0]) && std::isfinite(y[1]) && std::isfinite(y[6])) << to_string(activation);
        EXPECT_TRUE(std::isnan(y[2]) && std::isnan(y[3])) << to_string(activation);
        EXPECT_TRUE(std::isnan(y[5])) << "0 * Inf, " << to_string(activation);
        EXPECT_FALSE(std::isnan(y[4])) << to_string(activation);
    }
}

TEST(Oracle, EmptyBatchGivesAnEmptyResult) {
    Layer layer = line({3, 2, 2, 1, 6, 0});
    layer.batch = 0;
    const float filter[] = {1, 2};
    const OracleResult result = oracle(layer, nullptr, filter, nullptr);
    EXPECT_TRUE(result.value.empty() && result.magnitude.empty());
    EXPECT_TRUE(compare(layer, result, nullptr, 1.0).pass);
}

// ---- A second formulation ----

Axis random_axis(Random &random) {
    Axis axis;
    axis.input = random.between(1, 5);
    axis.kernel = random.between(1, 5);
    axis.stride = random.between(1, 4);
    axis.dilation = random.between(1, 4);
    axis.pad_before = random.between(0, axis.full_extent() - 1);
    axis.output = random.between(1, axis.full_extent() - axis.pad_before + axis.stride);
    return axis;
}

double product(double a, double b, int64_t) { return a * b; }

TEST(Oracle, AgreesWithZeroInsertionOnRandomLayers) {
    Random random(1);
    for (int trial = 0; trial < 300; trial++) {
        Layer layer;
        layer.spatial_rank = 3;
        layer.batch = random.between(1, 2);
        layer.in_channels = random.between(1, 19);
        layer.out_channels = random.between(1, 5);
        layer.bias = random.between(0, 1) == 1;
        layer.axes = {trial % 3 == 2 ? random_axis(random) : Axis{}, trial % 3 >= 1 ? random_axis(random) : Axis{},
                      random_axis(random)};
        const LayerData data = small_integer_layer_data(layer, static_cast<uint64_t>(trial));
        const OracleResult result = oracle(layer, data.input.data(), data.filter.data(), data.bias_or_null());
        ASSERT_EQ(result.value, zero_insertion<double>(layer, data, product)) << "trial " << trial;
    }
}

// Large enough for the oracle to use threads: the sum of all cells follows from the sums of input and filter.
TEST(Oracle, LargeLayerDistributesEveryProductOnce) {
    Layer layer = line({160, 8, 4, 1, 644, 0}, 128, 131);
    const LayerData data = small_integer_layer_data(layer, 7);
    const OracleResult result = oracle(layer, data.input.data(), data.filter.data(), nullptr);
    double expected = 0.0;
    for (int64_t ci = 0; ci < layer.in_channels; ci++) {
        double inputs = 0.0, weights = 0.0;
        for (size_t i = static_cast<size_t>(ci); i < data.input.size(); i += 128) inputs += data.input[i];
        for (size_t i = static_cast<size_t>(ci); i < data.filter.size(); i += 128) weights += data.filter[i];
        expected += inputs * weights;
    }
    EXPECT_EQ(std::accumulate(result.value.begin(), result.value.end(), 0.0), expected);
}

}  // namespace
}  // namespace tconv::test
