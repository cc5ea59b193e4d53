// SPDX-License-Identifier: Apache-2.0
#include "tconv/geometry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <set>
#include <utility>

namespace tconv {
namespace {

// The taps of a phase as {k, i - q}.
std::vector<std::pair<int64_t, int64_t>> taps_of(const Phase &phase) {
    std::vector<std::pair<int64_t, int64_t>> taps;
    for (int64_t t = 0; t < phase.taps; t++) {
        taps.emplace_back(phase.first_tap + t * phase.tap_step, phase.input_offset - t * phase.input_step);
    }
    return taps;
}

using Taps = std::vector<std::vector<std::pair<int64_t, int64_t>>>;

Taps taps_of_phases(int64_t kernel, int64_t stride, int64_t dilation) {
    Axis axis;
    axis.kernel = kernel;
    axis.stride = stride;
    axis.dilation = dilation;
    Taps taps;
    for (const Phase &phase : phases(axis)) taps.push_back(taps_of(phase));
    return taps;
}

TEST(Phases, KernelThreeStrideTwoHasTwoTapsAndOne) {
    EXPECT_EQ(taps_of_phases(3, 2, 1), (Taps{{{0, 0}, {2, -1}}, {{1, 0}}}));
}

TEST(Phases, KernelFourStrideTwoHasTwoTapsEach) {
    EXPECT_EQ(taps_of_phases(4, 2, 1), (Taps{{{0, 0}, {2, -1}}, {{1, 0}, {3, -1}}}));
}

TEST(Phases, KernelTwoStrideThreeHasOneEmptyPhase) {
    EXPECT_EQ(taps_of_phases(2, 3, 1), (Taps{{{0, 0}}, {{1, 0}}, {}}));
}

TEST(Phases, EqualStrideAndDilationLeaveHoles) {
    EXPECT_EQ(taps_of_phases(3, 2, 2), (Taps{{{0, 0}, {1, -1}, {2, -2}}, {}}));
}

TEST(Phases, CoprimeStrideAndDilationPermuteTheTaps) {
    EXPECT_EQ(taps_of_phases(3, 3, 2), (Taps{{{0, 0}}, {{2, -1}}, {{1, 0}}}));
}

TEST(Phases, StrideAndDilationWithACommonFactorMixBoth) {
    EXPECT_EQ(taps_of_phases(3, 4, 6), (Taps{{{0, 0}, {2, -3}}, {}, {{1, -1}}, {}}));
}

TEST(Phases, StartAtTheCrop) {
    Axis axis;
    axis.input = 4;
    axis.kernel = 3;
    axis.stride = 2;
    axis.output = 7;
    axis.pad_before = 1;
    const std::vector<Phase> both = phases(axis);
    EXPECT_EQ(both[0].first_output, 1);
    EXPECT_EQ(both[0].first_q, 1);
    EXPECT_EQ(both[0].outputs, 3);
    EXPECT_EQ(both[1].first_output, 0);
    EXPECT_EQ(both[1].first_q, 0);
    EXPECT_EQ(both[1].outputs, 4);
}

// The definition: for each output x, the pairs (k, i) with stride*i + dilation*k = x + pad_before.
using Pairs = std::set<std::pair<int64_t, int64_t>>;

std::vector<Pairs> scatter(const Axis &axis) {
    std::vector<Pairs> outputs(static_cast<size_t>(axis.output));
    for (int64_t i = 0; i < axis.input; i++) {
        for (int64_t k = 0; k < axis.kernel; k++) {
            const int64_t x = axis.stride * i + axis.dilation * k - axis.pad_before;
            if (x >= 0 && x < axis.output) outputs[static_cast<size_t>(x)].emplace(k, i);
        }
    }
    return outputs;
}

// The pairs that a run of a phase gives its output j; every tap of the phase must be in the run if and only if it is
// inside the input. `read` grows to hold the input indices of all taps.
Pairs pairs_of_run(const Axis &axis, const Phase &phase, const TapRun &run, int64_t j, Range &read) {
    Pairs inside;
    const int64_t q = phase.first_q + j;
    for (int64_t t = 0; t < phase.taps; t++) {
        const int64_t k = phase.first_tap + t * phase.tap_step;
        const int64_t i = q + phase.input_offset - t * phase.input_step;
        EXPECT_LT(k, axis.kernel);
        EXPECT_EQ(axis.stride * i + axis.dilation * k, axis.stride * q + phase.phase);
        read.begin = std::min(read.begin, i);
        read.end = std::max(read.end, i + 1);
        const bool in_run = t >= run.tap_begin && t < run.tap_begin + run.taps;
        EXPECT_EQ(in_run, i >= 0 && i < axis.input);
        if (in_run) inside.emplace(k, i);
    }
    return inside;
}

// The runs follow each other, differ from their neighbours and cover the phase.
void check_order_of_runs(const Phase &phase, const std::vector<TapRun> &runs) {
    int64_t next = 0;
    for (size_t r = 0; r < runs.size(); r++) {
        EXPECT_EQ(runs[r].first, next);
        EXPECT_GE(runs[r].outputs, 1);
        EXPECT_LE(runs[r].tap_begin + runs[r].taps, phase.taps);
        EXPECT_TRUE(runs[r].taps > 0 || runs[r].tap_begin == 0);
        const bool same = r > 0 && runs[r].taps == runs[r - 1].taps && runs[r].tap_begin == runs[r - 1].tap_begin;
        EXPECT_FALSE(same);
        next += runs[r].outputs;
    }
    EXPECT_EQ(next, phase.outputs);
}

// All that geometry.h promises, for one axis.
void check_axis(const Axis &axis) {
    const std::vector<Pairs> expected = scatter(axis);
    std::vector<int> covered(expected.size(), 0);
    int64_t useful = 0;
    Range read = {std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()};
    const std::vector<Phase> all = phases(axis);
    ASSERT_EQ(static_cast<int64_t>(all.size()), axis.stride);
    for (const Phase &phase : all) {
        const std::vector<TapRun> runs = tap_runs(axis, phase);
        check_order_of_runs(phase, runs);
        for (const TapRun &run : runs) {
            for (int64_t j = run.first; j < run.first + run.outputs; j++) {
                const int64_t x = phase.first_output + j * axis.stride;
                ASSERT_TRUE(x >= 0 && x < axis.output);
                ASSERT_EQ(x + axis.pad_before, axis.stride * (phase.first_q + j) + phase.phase);
                covered[static_cast<size_t>(x)]++;
                ASSERT_EQ(pairs_of_run(axis, phase, run, j, read), expected[static_cast<size_t>(x)]);
                useful += run.taps;
            }
        }
    }
    for (int count : covered) ASSERT_EQ(count, 1);
    ASSERT_EQ(useful_taps(axis), useful);
    const Range range = input_range(axis);
    if (read.begin > read.end) {
        ASSERT_EQ(range.begin, range.end);
    } else {
        ASSERT_EQ(range.begin, read.begin);
        ASSERT_EQ(range.end, read.end);
    }
}

std::string text_of(const Axis &axis) {
    const auto text = [](int64_t value) { return std::to_string(value); };
    return "Axis{" + text(axis.input) + ", " + text(axis.kernel) + ", " + text(axis.stride) + ", " +
           text(axis.dilation) + ", " + text(axis.output) + ", " + text(axis.pad_before) + "}";
}

TEST(Geometry, AgreesWithTheScatterDefinitionOnRandomAxes) {
    const uint32_t seed = 20240517;
    std::mt19937 random(seed);
    const auto between = [&](int64_t low, int64_t high) {
        return std::uniform_int_distribution<int64_t>(low, high)(random);
    };
    for (int trial = 0; trial < 6000; trial++) {
        Axis axis;
        axis.input = between(1, 8);
        axis.kernel = between(1, 9);
        axis.stride = between(1, 8);
        axis.dilation = between(1, 8);
        axis.output = between(0, axis.full_extent() + 9);
        axis.pad_before = between(0, axis.full_extent() + 3);
        check_axis(axis);
        if (::testing::Test::HasFailure()) FAIL() << text_of(axis) << ", trial " << trial << ", seed " << seed;
    }
}

TEST(Geometry, AgreesWithTheScatterDefinitionOnCornerAxes) {
    const std::vector<Axis> corners = {
        {1, 1, 1, 1, 1, 0},    // nothing but a point
        {5, 2, 7, 1, 40, 0},   // stride above kernel, output beyond the full extent
        {2, 9, 1, 5, 42, 0},   // dilation above the input: gaps between taps
        {3, 5, 6, 4, 30, 29},  // all but one cell cropped
        {4, 3, 4, 6, 12, 50},  // crop beyond the full extent: no tap reaches anything
        {4, 3, 2, 1, 0, 0},    // no output
        {16, 16, 8, 1, 128, 4}, {1, 64, 1, 1, 64, 0},
    };
    for (const Axis &axis : corners) {
        check_axis(axis);
        if (::testing::Test::HasFailure()) FAIL() << text_of(axis);
    }
}

TEST(Geometry, TablesStaySmallForLongAxes) {
    Axis axis;
    axis.input = 1 << 30;
    axis.kernel = 4;
    axis.stride = 2;
    axis.output = 2147483647;
    axis.pad_before = 1;
    int64_t useful = 0;
    for (const Phase &phase : phases(axis)) {
        const std::vector<TapRun> runs = tap_runs(axis, phase);
        EXPECT_LE(runs.size(), 3u);
        for (const TapRun &run : runs) useful += run.outputs * run.taps;
    }
    EXPECT_EQ(useful, useful_taps(axis));
}

}  // namespace
}  // namespace tconv
