// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/paired_comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tconv {
namespace {

// 1 - p from its definition: of all ways to set the signs, the share whose sum of ranks of slower pairs is not below the
// one at hand.
double confidence_by_counting(const std::vector<double> &ratios) {
    const size_t n = ratios.size();
    std::vector<double> ranks(n);
    double slower = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            const double a = std::fabs(std::log(ratios[i])), b = std::fabs(std::log(ratios[j]));
            ranks[i] += b < a ? 1 : b == a ? 0.5 : 0;
        }
        ranks[i] += 0.5;
        slower += ratios[i] > 1 ? ranks[i] : 0;
    }
    int at_most = 0;
    for (size_t signs = 0; signs < size_t{1} << n; signs++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++) sum += signs >> i & 1 ? ranks[i] : 0;
        at_most += sum <= slower;
    }
    return 1 - at_most / std::pow(2.0, static_cast<double>(n));
}

PairedComparison compare_ratios(const std::vector<double> &ratios) {
    return compare_paired(ratios, std::vector<double>(ratios.size(), 1.0));
}

TEST(PairedComparisons, AreCertainOfWhatAlwaysHolds) {
    const PairedComparison comparison = compare_ratios({0.9, 0.91, 0.89, 0.905, 0.895});
    EXPECT_NEAR(comparison.ratio, 0.9, 0.005);
    EXPECT_DOUBLE_EQ(comparison.confidence, 1 - 1.0 / 32);
    EXPECT_EQ(comparison.pairs, 5);
}

TEST(PairedComparisons, FollowTheTestsDefinition) {
    std::mt19937 random(1);
    for (int round = 0; round < 40; round++) {
        std::vector<double> ratios;
        for (int i = 0; i < 2 + round % 9; i++) ratios.push_back(0.85 + 0.01 * static_cast<double>(random() % 14));
        EXPECT_NEAR(compare_ratios(ratios).confidence, confidence_by_counting(ratios), 1e-12);
    }
}

TEST(PairedComparisons, CancelWhatHitsBoth) {
    std::vector<double> first, second;
    for (const double disturbance : {1.0, 3.0, 1.5, 10.0, 1.2, 2.0, 7.0}) {
        first.push_back(0.8 * disturbance);
        second.push_back(disturbance);
    }
    const PairedComparison comparison = compare_paired(first, second);
    EXPECT_NEAR(comparison.ratio, 0.8, 1e-9);
    EXPECT_GT(comparison.confidence, 0.99);
}

TEST(PairedComparisons, AreNotMovedFarByOneBadRound) {
    EXPECT_NEAR(compare_ratios({0.9, 0.91, 0.89, 0.905, 0.895, 0.9, 0.9, 0.9, 5.0}).ratio, 0.9, 0.01);
}

TEST(PairedComparisons, KnowNothingOfEqualTimes) {
    EXPECT_EQ(compare_ratios({1, 1, 1}).confidence, 0.5);
    EXPECT_EQ(compare_ratios({1, 1, 1}).ratio, 1);
    EXPECT_EQ(compare_paired({}, {}).pairs, 0);
}

TEST(PairedComparisons, TakeManyPairs) {
    std::vector<double> ratios(200, 0.99);
    for (size_t i = 0; i < ratios.size(); i += 4) ratios[i] = 1.02;
    const PairedComparison comparison = compare_ratios(ratios);
    EXPECT_GE(comparison.confidence, 0);
    EXPECT_LE(comparison.confidence, 1);
    EXPECT_LT(comparison.ratio, 1);
}

TEST(Median, IsTheMiddleOne) {
    EXPECT_EQ(median({3, 1, 2}), 2);
    EXPECT_EQ(median({4, 1, 2, 3}), 2.5);
}

}  // namespace
}  // namespace tconv
