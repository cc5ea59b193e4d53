// SPDX-License-Identifier: Apache-2.0
// The matrices of the variant `winograd`: the identity that makes an algorithm of them, and what its speed and accuracy
// rely on.
#include <gtest/gtest.h>

#include <cmath>
#include <ostream>

#include "generators/variants/winograd/toom_cook.h"

namespace tconv::test {
namespace {

// What output k takes from input l by way of tap j. A correlation takes 1 where l = k + j, and nothing elsewhere: an
// algorithm that does so for unit vectors does for all.
double coefficient(const ToomCook &matrices, int64_t k, int64_t j, int64_t l) {
    double sum = 0;
    for (int64_t p = 0; p < matrices.points(); p++) {
        sum += matrices.output[k][p] * matrices.filter[p][j] * matrices.input[p][l];
    }
    return sum;
}

double largest_deviation(const ToomCook &matrices) {
    double largest = 0;
    for (int64_t k = 0; k < matrices.outputs; k++) {
        for (int64_t j = 0; j < matrices.taps; j++) {
            for (int64_t l = 0; l < matrices.points(); l++) {
                largest = std::max(largest, std::fabs(coefficient(matrices, k, j, l) - (l == k + j ? 1 : 0)));
            }
        }
    }
    return largest;
}

struct Size {
    int64_t outputs, taps;
};

void PrintTo(const Size &size, std::ostream *stream) { *stream << "F(" << size.outputs << ", " << size.taps << ")"; }

std::vector<Size> sizes() {
    std::vector<Size> all;
    for (int64_t outputs = 1; outputs <= kMostPoints; outputs++) {
        for (int64_t taps = 1; outputs + taps - 1 <= kMostPoints; taps++) {
            all.push_back({outputs, taps});
        }
    }
    return all;
}

class ToomCookMatrices : public testing::TestWithParam<Size> {};

TEST_P(ToomCookMatrices, Correlate) {
    const auto [outputs, taps] = GetParam();
    const ToomCook matrices = toom_cook(outputs, taps);
    ASSERT_EQ(static_cast<int64_t>(matrices.input.size()), matrices.points());
    ASSERT_EQ(static_cast<int64_t>(matrices.filter.size()), matrices.points());
    ASSERT_EQ(static_cast<int64_t>(matrices.output.size()), outputs);
    // Up to four points every entry is a binary fraction, and so is every sum; beyond, thirds are rounded.
    EXPECT_LE(largest_deviation(matrices), matrices.points() <= 4 ? 0 : 1e-14);
}

TEST_P(ToomCookMatrices, MultiplyTheFilterAlone) {
    const auto [outputs, taps] = GetParam();
    const ToomCook matrices = toom_cook(outputs, taps);
    const auto largest = [](const Matrix &matrix) {
        double entry = 0;
        for (const auto &row : matrix) {
            for (double value : row) {
                entry = std::max(entry, std::fabs(value));
            }
        }
        return entry;
    };
    if (matrices.points() <= 4) {
        for (const Matrix &matrix : {matrices.input, matrices.output}) {
            for (const auto &row : matrix) {
                for (double value : row) {
                    EXPECT_TRUE(value == 0 || std::fabs(value) == 1) << value;
                }
            }
        }
    }
    EXPECT_LE(largest(matrices.input), 2.5);
}

TEST_P(ToomCookMatrices, ArePlainSumsWithoutAGain) {
    const auto [outputs, taps] = GetParam();
    if (outputs > 1 && taps > 1) {
        EXPECT_GT(error_growth(outputs, taps), 1);
        return;
    }
    const ToomCook matrices = toom_cook(outputs, taps);
    for (int64_t p = 0; p < matrices.points(); p++) {
        for (int64_t l = 0; l < matrices.points(); l++) {
            EXPECT_EQ(matrices.input[p][l], p == l ? 1 : 0);
        }
    }
    EXPECT_EQ(error_growth(outputs, taps), 1);
}

// What the bound of a cell rests on, from the definition: every path from an input through a point to an output.
TEST_P(ToomCookMatrices, StateTheirGains) {
    const auto [outputs, taps] = GetParam();
    const ToomCook matrices = toom_cook(outputs, taps);
    const TransformGains gains = transform_gains(matrices);
    const int64_t n = matrices.points();
    double growth = 0, sum = 0;
    for (int64_t k = 0; k < outputs; k++) {
        double all_taps = 0;
        for (int64_t j = 0; j < taps; j++) {
            double paths = 0;
            for (int64_t p = 0; p < n; p++) {
                for (int64_t i = 0; i < n; i++) {
                    paths += std::fabs(matrices.output[k][p] * matrices.filter[p][j] * matrices.input[p][i]);
                }
            }
            growth = std::max(growth, paths);
            all_taps += paths;
        }
        sum = std::max(sum, all_taps);
    }
    EXPECT_NEAR(gains.growth, growth, 1e-12 * growth);
    EXPECT_NEAR(gains.sum, sum, 1e-12 * sum);
    EXPECT_LE(gains.sum, taps * gains.growth);
    constexpr double kGrowth[] = {0, 1, 1, 3, 4, 43.0 / 3, 254.0 / 15};  // by the number of points
    EXPECT_NEAR(gains.growth, outputs == 1 || taps == 1 ? 1 : kGrowth[n], 1e-12);
    if (outputs == 1 || taps == 1) {
        EXPECT_EQ(gains.input, 1);
        EXPECT_EQ(gains.filter, 1);
        EXPECT_EQ(gains.sum, taps);
        EXPECT_EQ(gains.terms, 1 + taps);  // a window's cell as it is, and a sum over the taps
    }
}

INSTANTIATE_TEST_SUITE_P(UpToMostPoints, ToomCookMatrices, testing::ValuesIn(sizes()));

TEST(ToomCookIdentity, SeesAWrongEntry) {
    ToomCook matrices = toom_cook(3, 2);
    matrices.output[2][1] = -matrices.output[2][1];
    EXPECT_GE(largest_deviation(matrices), 0.5);
}

}  // namespace
}  // namespace tconv::test
