// SPDX-License-Identifier: Apache-2.0
#include "tconv/weights.h"

#include <gtest/gtest.h>

#include <limits>

#include "tconv/npy.h"
#include "temporary_folder.h"

namespace tconv {
namespace {

const std::vector<float> kFilterValues = {1, 2, 3, 4, 5, -0.5f};

class WeightsOfALayer : public ::testing::Test {
protected:
    WeightsOfALayer() {
        layer_.name = "up";
        layer_.spatial_rank = 1;
        layer_.in_channels = 2;
        layer_.out_channels = 1;
        layer_.axes[2].kernel = 3;
        layer_.bias = true;
        layer_.weights = WeightFiles{folder_.file("w.npy"), folder_.file("b.npy")};
        EXPECT_TRUE(write_npy(layer_.weights->filter, {{3, 1, 2}, kFilterValues}));
        EXPECT_TRUE(write_npy(layer_.weights->bias, {{1}, {9}}));
    }

    // The same before they are read.
    std::string refusal() const {
        const auto weights = read_weights(layer_);
        const Status checked = check_weights(layer_);
        if (layer_.weights) {
            EXPECT_EQ(checked ? "(accepted)" : checked.error().message,
                      weights ? "(accepted)" : weights.error().message);
        } else {
            EXPECT_TRUE(checked);
        }
        return weights ? "(accepted)" : weights.error().message;
    }

    TemporaryFolder folder_;
    Layer layer_;
};

TEST_F(WeightsOfALayer, AreRead) {
    const auto weights = read_weights(layer_);
    ASSERT_TRUE(weights);
    EXPECT_EQ(weights->filter, kFilterValues);
    EXPECT_EQ(weights->bias, std::vector<float>{9});
    EXPECT_EQ(refusal(), "(accepted)");
}

TEST_F(WeightsOfALayer, HaveNoBiasWhereTheLayerHasNone) {
    layer_.bias = false;
    layer_.weights->bias.clear();
    const auto weights = read_weights(layer_);
    ASSERT_TRUE(weights);
    EXPECT_TRUE(weights->bias.empty());
}

TEST_F(WeightsOfALayer, MustHaveTheShapesOfTheLayer) {
    ASSERT_TRUE(write_npy(layer_.weights->filter, {{3, 2, 1}, kFilterValues}));
    EXPECT_EQ(refusal(), "up: weights.filter = " + layer_.weights->filter +
                             ": the array has shape [3, 2, 1], must have [3, 1, 2], the layer's filter_shape");
    ASSERT_TRUE(write_npy(layer_.weights->filter, {{3, 1, 2}, kFilterValues}));
    ASSERT_TRUE(write_npy(layer_.weights->bias, {{2}, {1, 2}}));
    EXPECT_EQ(refusal(), "up: weights.bias = " + layer_.weights->bias +
                             ": the array has shape [2], must have [1], one value an output channel");
}

TEST_F(WeightsOfALayer, AreRefusedInOtherTypesThanFloat32) {
    layer_.types.filter = DataType::kFloat16;
    EXPECT_EQ(refusal(),
              "up: weights.filter = " + layer_.weights->filter + ": dtype = float16: only float32 is supported yet");
    layer_.types = {};
    layer_.types.accumulate = DataType::kFloat16;
    EXPECT_EQ(refusal(),
              "up: weights.bias = " + layer_.weights->bias + ": dtype = float16: only float32 is supported yet");
}

TEST_F(WeightsOfALayer, MayBeNonFinite) {
    constexpr float kNaN = std::numeric_limits<float>::quiet_NaN(), kInf = std::numeric_limits<float>::infinity();
    layer_.out_channels = 2;
    const float filter[] = {1, 2, 3, 4, 5, 6, -kInf, 8, 9, kNaN, 11, 12};  // [3, 2, 2]
    const Nonfinite found = find_nonfinite_weights(layer_, filter, nullptr);
    EXPECT_EQ(found.text(), "2 of 12 are NaN or Inf, the first filter[1, 1, 0] = -inf");
    EXPECT_EQ(nonfinite_channels(layer_, filter, nullptr), (std::vector<char>{1, 1}));
    const float finite[12] = {}, bias[] = {0, kInf};
    EXPECT_EQ(find_nonfinite_weights(layer_, finite, bias).text(), "1 of 14 is NaN or Inf, the first bias[1] = inf");
    EXPECT_EQ(nonfinite_channels(layer_, finite, bias), (std::vector<char>{0, 1}));
    EXPECT_EQ(find_nonfinite_weights(layer_, filter, bias).count, 3);
    EXPECT_EQ(find_nonfinite_weights(layer_, finite, nullptr).count, 0);
}

TEST_F(WeightsOfALayer, MustExist) {
    layer_.weights->filter = folder_.file("none.npy");
    EXPECT_EQ(refusal(), "up: weights.filter = " + layer_.weights->filter + ": No such file or directory");
    layer_.weights->filter = folder_.file("w.npy");
    layer_.weights->bias = folder_.path();
    EXPECT_EQ(refusal(), "up: weights.bias = " + folder_.path() + ": not a regular file");
    layer_.weights.reset();
    EXPECT_EQ(refusal(), "weights = none: layer up names no weight files");
}

}  // namespace
}  // namespace tconv
