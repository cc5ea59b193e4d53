// SPDX-License-Identifier: Apache-2.0
// The variant `winograd` on data that are not flat: pixels far above their neighbours, numbers near the largest float.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/generators/winograd_cases.h"
#include "tools/verify/verify_data.h"

namespace tconv::test {
namespace {

// Numbers a cell does not depend on decide its error: what holds for flat data does not hold here, and a bound relative to
// the window does. That one still finds an output that is wrong by a fraction of a product.
TEST(WinogradOutlier, LeavesTheBoundOfTheCell) {
    Layer layer = winograd_layer({"outlier", 1, 64, 64, {{16, 4, 2, 1, 32, 1}, {16, 4, 2, 1, 32, 1}}, {}});
    layer.bias = false;
    layer.activation = Activation::kNone;
    BuildOptions options;
    options.variant = "winograd";
    const auto library = CompiledLibrary::build(layer, host_target(), options);
    ASSERT_TRUE(library) << library.error().message;
    LayerData data = random_layer_data(layer, 7);
    for (int64_t ci = 0; ci < layer.in_channels; ci++) data.input[(9 * 16 + 10) * layer.in_channels + ci] *= 1e6f;
    const OracleResult reference = oracle_of(layer, data);
    std::vector<float> output = run_library(layer, *library, data);
    EXPECT_FALSE(compare(layer, reference, output.data(), layer.max_error_growth).pass);
    std::vector<std::string> findings;
    const auto in_windows = [&] {
        return judge_any_data(layer, library->choice, {data.input, data.filter, {}}, reference, output.data(),
                              findings);
    };
    EXPECT_TRUE(in_windows().pass) << in_windows().message;
    output[0] += 0.1f;
    EXPECT_FALSE(in_windows().pass);
}

// The stated range holds: at its ends every output is right. Beyond it an intermediate number overflows.
class WinogradRange : public testing::TestWithParam<WinogradCase> {
protected:
    void SetUp() override {
        layer = winograd_layer(GetParam());
        layer.activation = Activation::kNone;
        auto built = CompiledLibrary::build(layer, host_target(), options_of(GetParam()));
        ASSERT_TRUE(built) << built.error().message;
        library = std::make_unique<CompiledLibrary>(*built);
        range = finite_range(layer, library->choice.rounding);
    }

    // Magnitudes `input` and `filter` everywhere, with random signs: some window has the worst of them.
    Comparison of_magnitudes(double input, double filter, int64_t &not_finite) {
        LayerData data = random_layer_data(layer, 3);
        for (float &value : data.input) value = std::copysign(static_cast<float>(input), value);
        for (float &value : data.filter) value = std::copysign(static_cast<float>(filter), value);
        std::fill(data.bias.begin(), data.bias.end(), 0.0f);
        const std::vector<float> output = run_library(layer, *library, data);
        not_finite = std::count_if(output.begin(), output.end(), [](float value) { return !std::isfinite(value); });
        findings.clear();
        return judge_any_data(layer, library->choice, {data.input, data.filter, data.bias}, oracle_of(layer, data),
                              output.data(), findings);
    }

    Layer layer;
    std::unique_ptr<CompiledLibrary> library;
    FiniteRange range;
    std::vector<std::string> findings;
};

TEST_P(WinogradRange, IsWhatNothingOverflowsIn) {
    constexpr double kInside = 1 - 0x1p-20;  // float32 may round an argument up
    const double product = kInside * kLargestFinite / range.terms;
    int64_t not_finite = 0;
    for (const double input : {kInside * range.input, std::sqrt(product), product / (kInside * range.filter)}) {
        const Comparison comparison = of_magnitudes(input, product / input, not_finite);
        EXPECT_TRUE(comparison.pass) << comparison.message;
        EXPECT_EQ(not_finite, 0) << "input " << input;
        EXPECT_TRUE(findings.empty()) << findings.front();
    }
    of_magnitudes(std::min(4 * range.input, kLargestFinite), 1e-10, not_finite);
    EXPECT_GT(not_finite, 0) << "the input's range is far too small";
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_NE(findings[0].find("may overflow on the way"), std::string::npos) << findings[0];
}

std::vector<WinogradCase> range_cases() {
    const Axis two{12, 4, 2, 1, 24, 1}, three{12, 3, 1, 1, 12, 1};
    return {{"line_by_3", 1, 16, 16, {three}, {{"tile_3", 2}}, 100},
            {"image_by_2", 1, 16, 16, {two, two}, {{"tile_2", 3}}, 100},
            {"image_by_4", 1, 16, 16, {three, three}, {{"tile_3", 4}}, 100},
            {"volume_by_2", 1, 16, 16, {two, two, two}, {{"tile_2", 2}}, 100}};
}

INSTANTIATE_TEST_SUITE_P(Native, WinogradRange, testing::ValuesIn(range_cases()), NameOfCase());

}  // namespace
}  // namespace tconv::test
