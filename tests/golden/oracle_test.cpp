// SPDX-License-Identifier: Apache-2.0
// The oracle against results worked out by hand and against a second formulation.
#include "tools/verify/oracle.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/golden/zero_insertion.h"
#include "tests/support/layer_data.h"
#include "tests/support/special_values.h"

namespace tconv::test {
namespace {

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
    const double slope = 0.2f;  // parameters are floats, as in the frameworks
    EXPECT_EQ(activated(Activation::kLeakyRelu), (std::vector<double>{-2 * slope, -slope / 2, 0, 1, 8}));
    EXPECT_DOUBLE_EQ(activated(Activation::kSigmoid)[1], 0.37754066879814541);
    EXPECT_DOUBLE_EQ(activated(Activation::kTanh)[3], 0.76159415595576485);
}

struct KerasValues {
    Activation activation;
    std::vector<double> values;  // of -2, -0.5, 0, 1, 8
};

// Keras 3.15 on TensorFlow 2.21, in float64. Keras has the root of 2 in a gelu as a float32, hence the tolerance.
const std::vector<KerasValues> &keras_values() {
    static const std::vector<KerasValues> table = {
        {Activation::kElu, {-0.8646647167633873, -0.3934693402873666, 0, 1, 8}},
        {Activation::kCelu, {-0.8646647167633873, -0.3934693402873666, 0, 1, 8}},
        {Activation::kSelu, {-1.520166468595695, -0.6917581878028713, 0, 1.0507009873554805, 8.405607898843844}},
        {Activation::kGelu, {-0.04550026759242268, -0.1542687708693288, 0, 0.8413447419273903, 7.999999999999995}},
        {Activation::kSoftplus,
         {0.1269280110429725, 0.4740769841801067, 0.6931471805599453, 1.3132616875182228, 8.000335406372896}},
        {Activation::kSoftsign, {-0.6666666666666666, -0.3333333333333333, 0, 0.5, 0.8888888888888888}},
        {Activation::kSilu, {-0.2384058440442351, -0.18877033439907273, 0, 0.7310585786300049, 7.997317198956268}},
        {Activation::kMish, {-0.2525014826957089, -0.22074377465173, 0, 0.8650983882673102, 7.999998200644843}},
        {Activation::kExponential, {0.1353352832366127, 0.6065306597126334, 1, 2.7182818284590455, 2980.9579870417283}},
        {Activation::kHardSigmoid, {0.16666666666666666, 0.4166666666666667, 0.5, 0.6666666666666666, 1}},
        {Activation::kHardSilu, {-0.3333333333333333, -0.20833333333333334, 0, 0.6666666666666666, 8}},
    };
    return table;
}

TEST(Oracle, FurtherActivationsAreThoseOfKeras) {
    Layer layer = line({5, 1, 1, 1, 5, 0});
    for (const KerasValues &row : keras_values()) {
        layer.activation = row.activation;
        const std::vector<double> y = values(layer, {-2, -0.5, 0, 1, 8}, {1});
        for (size_t i = 0; i < y.size(); i++)
            EXPECT_NEAR(y[i], row.values[i], 1e-7 * std::fabs(row.values[i])) << to_string(row.activation) << " " << i;
    }
}

// What is lost where 1 + erf or 1 + e^v are formed as they are written.
TEST(Oracle, ActivationsKeepTheirDigitsFarBelowZero) {
    Layer layer = line({1, 1, 1, 1, 1, 0});
    const auto activated = [&](Activation activation, float v) {
        layer.activation = activation;
        return values(layer, {v}, {1})[0];
    };
    EXPECT_NEAR(activated(Activation::kGelu, -10) / -7.61985302416052609e-23, 1, 1e-12);
    EXPECT_NEAR(activated(Activation::kSoftplus, -80) / 1.80485138784541726e-35, 1, 1e-12);
    EXPECT_NEAR(activated(Activation::kMish, -80) / -1.44388111027633376e-33, 1, 1e-12);
    EXPECT_NEAR(activated(Activation::kElu, -0x1p-40f) / -0x1p-40, 1, 1e-12);
}

// As in IEEE arithmetic, and in TensorFlow: 0 * Inf and Inf / Inf are NaN.
TEST(Oracle, ActivationsOfInfinityAreThoseOfTheirFormulas) {
    Layer layer = line({2, 1, 1, 1, 2, 0});
    const auto activated = [&](Activation activation) {
        layer.activation = activation;
        return values(layer, {kInf, -kInf}, {1});
    };
    for (const Activation a : {Activation::kGelu, Activation::kSilu, Activation::kMish, Activation::kHardSilu}) {
        EXPECT_EQ(activated(a)[0], kInf) << to_string(a);
        EXPECT_TRUE(std::isnan(activated(a)[1])) << to_string(a);
    }
    EXPECT_TRUE(std::isnan(activated(Activation::kSoftsign)[0]) && std::isnan(activated(Activation::kSoftsign)[1]));
    EXPECT_EQ(activated(Activation::kElu), (std::vector<double>{kInf, -1}));
    EXPECT_EQ(activated(Activation::kSoftplus), (std::vector<double>{kInf, 0}));
    EXPECT_EQ(activated(Activation::kExponential), (std::vector<double>{kInf, 0}));
    EXPECT_EQ(activated(Activation::kHardSigmoid), (std::vector<double>{1, 0}));
}

TEST(Oracle, SoftmaxRunsOverTheLastAxis) {
    Layer layer = line({2, 1, 1, 1, 2, 0}, 1, 3);
    layer.activation = Activation::kSoftmax;
    const std::vector<float> filter = {0, 1, 2};
    const auto power_share = [](double v, std::initializer_list<double> row) {
        double sum = 0;
        for (const double w : row) sum += std::exp(w);
        return std::exp(v) / sum;
    };
    const std::vector<double> over_channels = values(layer, {1, -2}, filter);
    layer.layout = Layout::kChannelsFirst;
    const std::vector<double> over_width = values(layer, {1, -2}, filter);
    for (int x = 0; x < 2; x++)
        for (int c = 0; c < 3; c++) {
            const double v[] = {1.0 * c, -2.0 * c};
            const double k = x == 0 ? 1 : -2;
            EXPECT_DOUBLE_EQ(over_channels[static_cast<size_t>(x * 3 + c)], power_share(v[x], {0, k, 2 * k}));
            EXPECT_DOUBLE_EQ(over_width[static_cast<size_t>(c * 2 + x)], power_share(v[x], {v[0], v[1]}));
        }
}

TEST(Oracle, SoftmaxOfHugeNumbersIsFinite) {
    Layer layer = line({1, 1, 1, 1, 1, 0}, 1, 3);
    layer.activation = Activation::kSoftmax;
    EXPECT_EQ(values(layer, {1e38f}, {1, 1, -1}), (std::vector<double>{0.5, 0.5, 0}));
    for (const float v : values(layer, {kInf}, {1, -1, -1})) EXPECT_TRUE(std::isnan(v));
    for (const float v : values(layer, {1}, {-kInf, -kInf, -kInf})) EXPECT_TRUE(std::isnan(v));
    EXPECT_EQ(values(layer, {1}, {2, 2, -kInf}), (std::vector<double>{0.5, 0.5, 0}));
}

// Sums that are rounded as far as they may be are within the bounds, whatever the activation makes of them; those that
// are off by some ten times what that and the activation's own rounding come to are not.
TEST(Oracle, BoundsFollowTheActivation) {
    Layer layer = line({6, 1, 1, 1, 6, 0}, 1, 3);
    const std::vector<float> input = {-20, -3, -1.25f, 0.5f, 3, 7}, filter = {1, 0.5f, -1.125f};
    for (int a = 0; a <= static_cast<int>(Activation::kSoftmax); a++) {
        layer.activation = static_cast<Activation::Kind>(a);
        if (layer.activation == Activation::kPrelu) layer.slopes = {0.25f, -0.5f, 2.0f};
        if (layer.activation == Activation::kLinearHardSigmoid)
            layer.activation = {Activation::kLinearHardSigmoid, 0.2f, 0.5f};
        if (layer.activation == Activation::kClip) layer.activation = {Activation::kClip, -1, 2};
        const OracleResult result = oracle(layer, input.data(), filter.data(), nullptr);
        const auto passes_off_by = [&](double roundings) {
            std::vector<float> moved = input;
            for (float &v : moved) v = static_cast<float>(v * (1 + roundings * 0x1p-24));
            const std::vector<double> exact = values(layer, moved, filter);
            const std::vector<float> output(exact.begin(), exact.end());
            return compare(layer, result, output.data(), 8.0).pass;
        };
        EXPECT_TRUE(passes_off_by(6)) << to_string(layer.activation);
        EXPECT_FALSE(passes_off_by(500)) << to_string(layer.activation);
    }
}

TEST(Oracle, NonFiniteValuesReachTheirTapsAndNoOthers) {
    Layer layer = line({3, 2, 2, 1, 7, 0});
    for (const Activation activation : {Activation::kNone, Activation::kRelu, Activation::kRelu6, Activation::kElu,
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

double exact_product(double a, double b, int64_t) { return a * b; }

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
        ASSERT_EQ(result.value, zero_insertion<double>(layer, data, exact_product)) << "trial " << trial;
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
