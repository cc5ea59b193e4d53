// SPDX-License-Identifier: Apache-2.0
// The layer files of the golden data against what TensorFlow and Keras made of them: geometry and oracle.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>
#include <utility>

#include "tconv/layer_file.h"
#include "tests/golden/golden_cases.h"
#include "tools/verify/oracle.h"

namespace tconv::test {
namespace {

constexpr Op kOps[] = {Op::kConv1dTranspose, Op::kConv2dTranspose,    Op::kAtrousConv2dTranspose,
                       Op::kConv3dTranspose, Op::kKerasConvTranspose, Op::kKerasConv2DTranspose,
                       Op::kConvTranspose};
// Of the sum of |input * filter| and |bias|: TensorFlow's float32 sums of the golden data stay within it.
constexpr double kSumError = 3e-7;

Expected<std::vector<float>> run_oracle(const Layer &layer, const GoldenCase &golden) {
    const OracleResult result = oracle(layer, golden.input.data(), golden.filter.data(), golden.bias_or_null());
    return std::vector<float>(result.value.begin(), result.value.end());
}

std::vector<Layer> golden_layers() {
    std::vector<Layer> layers;
    for (const GoldenCase &golden : golden_cases_or_none()) {
        const auto read = parse_layer_text(golden.layer_text, ".");
        if (read) layers.push_back(read->front());
    }
    return layers;
}

bool any_axis(const Layer &layer, const std::function<bool(const Axis &)> &holds) {
    return std::any_of(layer.axes.begin(), layer.axes.end(), holds);
}

TEST(GoldenData, LoadsWhole) {
    std::set<std::string> names;
    for (const char *file : kGoldenFiles) {
        const auto cases = load_golden_cases(TCONV_GOLDEN_DIR, file);
        ASSERT_TRUE(cases) << cases.error().message;
        EXPECT_GE(cases->size(), 200u);
        for (const GoldenCase &golden : *cases) {
            EXPECT_TRUE(names.insert(golden.name).second) << golden.name;
            const auto layers = parse_layer_text(golden.layer_text, ".");
            EXPECT_TRUE(layers) << golden.name << ": " << (layers ? "" : layers.error().message);
        }
    }
}

TEST(GoldenData, CoversEveryOperator) {
    const std::vector<Layer> layers = golden_layers();
    for (const Op op : kOps) {
        const auto count = [&](const std::function<bool(const Layer &)> &holds) {
            return std::count_if(layers.begin(), layers.end(), [&](const Layer &l) { return l.op == op && holds(l); });
        };
        SCOPED_TRACE(to_string(op));
        EXPECT_GE(count([](const Layer &) { return true; }), 15);
        if (op != Op::kConvTranspose) {
            EXPECT_GE(count([](const Layer &l) { return l.batch == 0; }), 1);
        }
        EXPECT_GE(count([](const Layer &l) { return l.batch > 1; }), 1);
        EXPECT_GE(count([](const Layer &l) { return l.bias; }), 2);
        EXPECT_GE(count([](const Layer &l) { return l.activation == Activation::kSoftmax; }), 1);
        const auto one_cell = [](const Axis &axis) { return axis.input == 1; };
        EXPECT_GE(count([&](const Layer &l) { return std::all_of(l.axes.begin(), l.axes.end(), one_cell); }), 1);
        EXPECT_GE(count([](const Layer &l) { return any_axis(l, [](const Axis &a) { return a.dilation > 1; }); }), 1);
        if (op == Op::kAtrousConv2dTranspose) continue;
        EXPECT_GE(count([](const Layer &l) { return l.layout == Layout::kChannelsFirst; }), 2);
        EXPECT_GE(count([](const Layer &l) { return any_axis(l, [](const Axis &a) { return a.stride > a.kernel; }); }),
                  1);
        if (op == Op::kKerasConv2DTranspose) continue;  // takes no dilation together with a stride
        const auto common_factor = [](const Axis &axis) { return std::gcd(axis.stride, axis.dilation) > 1; };
        EXPECT_GE(count([&](const Layer &l) { return any_axis(l, common_factor); }), 1);
    }
}

// tf.nn.conv2d_transpose with a pair of pads for every dimension.
TEST(GoldenData, CoversPairsOfPads) {
    std::vector<Layer> layers;
    for (const GoldenCase &golden : golden_cases_or_none()) {
        const auto read = parse_layer_text(golden.layer_text, ".");
        if (!read || read->front().op != Op::kConv2dTranspose) continue;
        if (golden.layer_text.find("\"padding\":[[") != std::string::npos) layers.push_back(read->front());
    }
    EXPECT_GE(layers.size(), 14u);
    const auto count_axes = [&](const std::function<bool(const Axis &)> &holds) {
        return std::count_if(layers.begin(), layers.end(), [&](const Layer &layer) { return any_axis(layer, holds); });
    };
    const auto above_kernel = [](const Axis &axis) { return axis.pad_before >= axis.effective_kernel(); };
    const auto beyond_last_tap = [](const Axis &axis) { return axis.pad_before + axis.output > axis.full_extent(); };
    const auto cut_at_end = [](const Axis &axis) { return axis.pad_before + axis.output < axis.full_extent(); };
    EXPECT_GE(count_axes(above_kernel), 2);
    EXPECT_GE(count_axes([&](const Axis &axis) { return above_kernel(axis) && axis.dilation > 1; }), 1);
    EXPECT_GE(count_axes(beyond_last_tap), 2);
    EXPECT_GE(count_axes(cut_at_end), 2);
    EXPECT_GE(count_axes([](const Axis &axis) { return axis.stride > 2; }), 2);
    EXPECT_GE(count_axes([](const Axis &axis) { return axis.input == 0; }), 1);
    EXPECT_GE(count_axes([](const Axis &axis) { return axis.output == 0; }), 1);
    for (const Layout layout : {Layout::kChannelsLast, Layout::kChannelsFirst})
        EXPECT_GE(std::count_if(layers.begin(), layers.end(),
                                [&](const Layer &layer) { return layer.layout == layout && layer.bias; }),
                  2);
}

TEST(GoldenData, CoversEveryActivationInBothLayouts) {
    std::set<std::pair<Activation::Kind, Layout>> covered;
    for (const Layer &layer : golden_layers()) covered.emplace(layer.activation, layer.layout);
    for (int i = 0; i <= static_cast<int>(Activation::kSoftmax); i++)
        for (const Layout layout : {Layout::kChannelsLast, Layout::kChannelsFirst})
            EXPECT_EQ(covered.count({static_cast<Activation::Kind>(i), layout}), 1u)
                << to_string(static_cast<Activation::Kind>(i)) << ", " << to_string(layout);
}

TEST(GoldenData, CoversEveryRankOfTheKerasOperator) {
    std::set<std::pair<int, Layout>> covered;
    for (const Layer &layer : golden_layers())
        if (layer.op == Op::kKerasConvTranspose) covered.emplace(layer.spatial_rank, layer.layout);
    EXPECT_EQ(covered.size(), 6u);
}

TEST(GoldenData, MissingDirectoryIsAnErrorThatNamesIt) {
    const auto cases = load_golden_cases("no/such/directory", kGoldenFiles[0]);
    ASSERT_FALSE(cases);
    EXPECT_NE(cases.error().message.find("no/such/directory"), std::string::npos) << cases.error().message;
}

TEST(GoldenData, ChangedOutputIsFound) {
    for (GoldenCase golden : golden_cases_or_none()) {
        if (golden.output.empty()) continue;
        float largest = 0.0f;
        for (const float value : golden.output) largest = std::max(largest, std::fabs(value));
        golden.output[golden.output.size() / 2] += golden.exact ? 1.0f : 1e-4f * largest;
        EXPECT_FALSE(check_golden_case(golden, run_oracle)) << golden.name;
    }
}

class GoldenOracle : public testing::TestWithParam<GoldenCase> {};

TEST_P(GoldenOracle, GivesWhatTheFrameworkGives) {
    const Status status = check_golden_case(GetParam(), run_oracle);
    EXPECT_TRUE(status) << (status ? "" : status.error().message);
}

// Cell by cell, where no activation adds an error of its own.
class GoldenSums : public testing::TestWithParam<GoldenCase> {};

TEST_P(GoldenSums, DifferFromTheFrameworkByTheirRounding) {
    const GoldenCase &golden = GetParam();
    const Layer layer = parse_layer_text(golden.layer_text, ".")->front();
    const OracleResult result = oracle(layer, golden.input.data(), golden.filter.data(), golden.bias_or_null());
    ASSERT_EQ(result.value.size(), golden.output.size());
    for (size_t i = 0; i < result.value.size(); i++)
        EXPECT_LE(std::fabs(result.value[i] - static_cast<double>(golden.output[i])), kSumError * result.magnitude[i])
            << "output element " << i;
}

std::vector<GoldenCase> cases_without_rounding_activation() {
    std::vector<GoldenCase> cases;
    for (const GoldenCase &golden : golden_cases_or_none()) {
        const auto layers = parse_layer_text(golden.layer_text, ".");
        if (!layers) continue;  // which LoadsWhole reports
        const Activation activation = layers->front().activation;
        if (activation == Activation::kNone || activation == Activation::kRelu || activation == Activation::kRelu6)
            cases.push_back(golden);
    }
    return cases;
}

INSTANTIATE_TEST_SUITE_P(Golden, GoldenOracle, testing::ValuesIn(golden_cases_or_none()),
                         [](const auto &instance) { return instance.param.name; });

INSTANTIATE_TEST_SUITE_P(Golden, GoldenSums, testing::ValuesIn(cases_without_rounding_activation()),
                         [](const auto &instance) { return instance.param.name; });

}  // namespace
}  // namespace tconv::test
