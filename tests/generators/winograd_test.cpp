// SPDX-License-Identifier: Apache-2.0
// The variant `winograd` on layers that take it round its corners: tiles that hang over, shared and separate phases,
// dilation, bands; and its rounding errors against those of a direct sum in float32.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "generators/variants/variant.h"
#include "generators/variants/winograd/variant.h"
#include "schedules/machine.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/generators/winograd_cases.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {
namespace {

// With 16 lanes the transforms of four combinations of tap counts are more code than a library may have.
const std::vector<std::string> kWideVectors = {"x86_avx512"};

using WinogradOnTarget = OnTarget<WinogradCase>;

class Winograd : public testing::TestWithParam<WinogradOnTarget> {};

TEST_P(Winograd, ComputesItsLayer) {
    const auto &[winograd_case, target] = GetParam();
    const Layer layer = winograd_layer(winograd_case);
    const auto library = CompiledLibrary::build(layer, target, options_of(winograd_case));
    ASSERT_TRUE(library) << library.error().message;
    expect_right_on_small_integers(layer, *library);
    const LayerData data = random_layer_data(layer, 3);
    const std::vector<float> output = run_library(layer, *library, data);
    const Comparison comparison = compare(layer, oracle_of(layer, data), output.data(), library->choice.error_growth);
    EXPECT_TRUE(comparison.pass) << comparison.message;
    for (const Memory memory : {Memory::kDense, Memory::kReversed}) {
        const std::vector<float> again =
            run_library(layer, *library, data, {Entry::kShuffledTasks, memory, Guard::kBefore});
        EXPECT_EQ(std::memcmp(again.data(), output.data(), output.size() * sizeof(float)), 0);
    }
    expect_right_on_rough_data(layer, *library);
}

// Halide's own checks find nothing to say about the views. (These builds take longer: they hold its run-time library.)
class WinogradWithAsserts : public testing::TestWithParam<WinogradOnTarget> {};

TEST_P(WinogradWithAsserts, ComputesItsLayer) {
    const auto &[winograd_case, target] = GetParam();
    const Layer layer = winograd_layer(winograd_case);
    BuildOptions options = options_of(winograd_case);
    options.asserts = true;
    const auto library = CompiledLibrary::build(layer, target, options);
    ASSERT_TRUE(library) << library.error().message;
    expect_right_on_small_integers(layer, *library);
}

const std::vector<WinogradCase> &cases() {
    static const std::vector<WinogradCase> table = {
        {"line_k4_s2", 2, 16, 16, {{37, 4, 2, 1, 74, 1}}, {{"share", 1}}},
        {"line_k4_s2_apart", 1, 16, 24, {{37, 4, 2, 1, 74, 1}}, {{"share", 0}}},
        {"line_k16_s8", 1, 16, 16, {{11, 16, 8, 1, 88, 4}}, {}},
        {"line_of_one_cell", 1, 16, 16, {{1, 3, 1, 1, 1, 1}}, {}},
        {"image_k4_s2_shared", 2, 16, 24, {{5, 4, 2, 1, 10, 1}, {7, 4, 2, 1, 14, 1}}, {{"share", 1}, {"tile_2", 3}}},
        {"image_k4_s2_apart", 1, 24, 17, {{5, 4, 2, 1, 10, 1}, {7, 4, 2, 1, 14, 1}}, {{"share", 0}, {"tile_2", 2}}},
        {"image_k3_s2_output_padding", 1, 16, 16, {{6, 3, 2, 1, 12, 1}, {5, 3, 2, 1, 10, 1}}, {}, 2, kWideVectors},
        {"image_k5_s2_bands", 3, 20, 32, {{9, 5, 2, 1, 21, 0}, {6, 5, 2, 1, 12, 1}}, {{"band", 8}}, 2, kWideVectors},
        {"image_k5_s3_valid", 1, 16, 16, {{4, 5, 3, 1, 14, 0}, {5, 5, 3, 1, 17, 0}}, {}, 2, kWideVectors},
        {"image_dilated", 1, 16, 16, {{9, 3, 1, 2, 9, 2}, {7, 3, 1, 3, 7, 3}}, {}},
        {"image_strided_and_dilated", 1, 16, 16, {{9, 4, 2, 3, 18, 5}, {5, 3, 1, 4, 13, 0}}, {}},
        {"image_along_one_axis", 1, 16, 16, {{4, 1, 1, 1, 4, 0}, {13, 3, 1, 1, 13, 1}}, {}},
        {"image_wide", 1, 16, 16, {{3, 3, 1, 1, 3, 1}, {230, 3, 1, 1, 230, 1}}, {{"tile_3", 2}}},
        {"volume_k4_s2", 1, 16, 16, {{3, 4, 2, 1, 6, 1}, {4, 4, 2, 1, 8, 1}, {3, 4, 2, 1, 6, 1}}, {{"share", 1}}},
        {"volume_k3_s2", 2, 16, 16, {{3, 3, 2, 1, 7, 0}, {2, 3, 2, 1, 5, 0}, {4, 3, 2, 1, 9, 0}}, {}, 2, kWideVectors},
    };
    return table;
}

bool is_refused(const WinogradCase &winograd_case, const std::string &family) {
    const std::vector<std::string> &families = winograd_case.refused_by;
    return std::count(families.begin(), families.end(), family) > 0;
}

std::vector<WinogradOnTarget> without_refused(const std::vector<WinogradOnTarget> &on_targets) {
    std::vector<WinogradOnTarget> accepted;
    for (const WinogradOnTarget &each : on_targets)
        if (!is_refused(each.row, each.target.family)) accepted.push_back(each);
    return accepted;
}

// The tests of libraries leave out what this one expects to be refused, and nothing else.
TEST(WinogradChoice, RefusesWhatTheTableSays) {
    for (const char *family : {"x86_sse", "x86_avx2", "x86_avx512", "arm_neon"})
        for (const WinogradCase &each : cases())
            EXPECT_EQ(takes(winograd_variant(), winograd_layer(each), machine_for(family)), !is_refused(each, family))
                << each.name << " on " << family;
}

std::vector<WinogradCase> cases_with_asserts() {
    std::vector<WinogradCase> some;
    for (const WinogradCase &each : cases()) {
        for (const char *name :
             {"line_of_one_cell", "image_k4_s2_shared", "image_k4_s2_apart", "image_dilated", "volume_k3_s2"}) {
            if (std::string(name) == each.name) some.push_back(each);
        }
    }
    return some;
}

INSTANTIATE_TEST_SUITE_P(Native, Winograd, testing::ValuesIn(without_refused(on_each(variant_targets(), cases()))),
                         NameOfCase());
INSTANTIATE_TEST_SUITE_P(Native, WinogradWithAsserts,
                         testing::ValuesIn(without_refused(on_each({host_target()}, cases_with_asserts()))),
                         NameOfCase());

// Products summed one after the other, as the shortest program would.
std::vector<float> direct_sum(const Layer &layer, const LayerData &data) {
    const auto &[az, ay, ax] = layer.axes;
    std::vector<float> output(layer.output_elements(), 0.0f);
    const auto each = [](const Axis &axis, const auto &body) {
        for (int64_t k = 0; k < axis.kernel; k++) {
            for (int64_t i = 0; i < axis.input; i++) {
                const int64_t o = axis.stride * i + axis.dilation * k - axis.pad_before;
                if (o >= 0 && o < axis.output) body(k, i, o);
            }
        }
    };
    const int64_t in = layer.in_channels, out = layer.out_channels;
    each(az, [&](int64_t kz, int64_t iz, int64_t oz) {
        each(ay, [&](int64_t ky, int64_t iy, int64_t oy) {
            each(ax, [&](int64_t kx, int64_t ix, int64_t ox) {
                const float *from = &data.input[((iz * ay.input + iy) * ax.input + ix) * in];
                const float *tap = &data.filter[((kz * ay.kernel + ky) * ax.kernel + kx) * out * in];
                float *to = &output[((oz * ay.output + oy) * ax.output + ox) * out];
                for (int64_t co = 0; co < out; co++) {
                    for (int64_t ci = 0; ci < in; ci++) to[co] = std::fmaf(from[ci], tap[co * in + ci], to[co]);
                }
            });
        });
    });
    return output;
}

double root_mean_square_error(const OracleResult &reference, const std::vector<float> &output) {
    double sum = 0;
    for (size_t i = 0; i < output.size(); i++) {
        const double error = static_cast<double>(output[i]) - reference.value[i];
        sum += error * error;
    }
    return std::sqrt(sum / static_cast<double>(output.size()));
}

// The matrices decide the error, not the instruction set.
class WinogradError : public testing::TestWithParam<WinogradCase> {};

TEST_P(WinogradError, GrowsNoMoreThanStated) {
    Layer layer = winograd_layer(GetParam());
    layer.bias = false;
    layer.activation = Activation::kNone;
    const auto library = CompiledLibrary::build(layer, common_target(), options_of(GetParam()));
    ASSERT_TRUE(library) << library.error().message;
    const LayerData data = random_layer_data(layer, 7);
    const OracleResult reference = oracle_of(layer, data);
    const double direct = root_mean_square_error(reference, direct_sum(layer, data));
    const double growth = root_mean_square_error(reference, run_library(layer, *library, data)) / direct;
    RecordProperty("growth", std::to_string(growth));
    EXPECT_GT(library->choice.error_growth, 1);
    EXPECT_LE(library->choice.error_growth, layer.max_error_growth);
    EXPECT_LE(growth, library->choice.error_growth);
    EXPECT_GT(growth, 0.2);  // or the direct sum is not one
    EXPECT_LT(expect_right_on_rough_data(layer, *library), 0.1);
}

std::vector<WinogradCase> error_cases() {
    std::vector<WinogradCase> made;
    const Axis two{32, 4, 2, 1, 64, 1}, three{32, 3, 1, 1, 32, 1}, four{32, 4, 1, 1, 32, 1};
    for (const int64_t channels : {16, 128}) {
        for (const auto &[axis, taps] : {std::pair(two, 2), std::pair(three, 3), std::pair(four, 4)}) {
            const std::string knob = "tile_" + std::to_string(taps);
            for (int outputs = 2; outputs + taps - 1 <= 6; outputs++) {
                made.push_back({"line", 1, channels, 32, {axis}, {{knob, outputs}}, 100});
                made.push_back({"image", 1, channels, 32, {axis, axis}, {{knob, outputs}}, 100});
            }
        }
        Axis volume = two;
        volume.input = 8;
        volume.output = 16;
        made.push_back({"volume", 1, channels, 16, {volume, volume, volume}, {{"tile_2", 3}}, 100});
    }
    return made;
}

std::string name_of_error_case(const testing::TestParamInfo<WinogradCase> &instance) {
    const auto &[knob, outputs] = *instance.param.knobs.begin();
    return std::string(instance.param.name) + "_" + knob + "_by_" + std::to_string(outputs) + "_channels_" +
           std::to_string(instance.param.in_channels);
}

INSTANTIATE_TEST_SUITE_P(Native, WinogradError, testing::ValuesIn(error_cases()), name_of_error_case);

TEST(WinogradChoice, KeepsToTheLayersLimits) {
    const Machine machine = machine_for("x86_avx2");
    const Variant variant = winograd_variant();
    Layer layer = winograd_layer({"limits", 1, 64, 64, {{16, 4, 2, 1, 32, 1}, {16, 4, 2, 1, 32, 1}}, {}});
    ASSERT_TRUE(takes(variant, layer, machine));
    const Knobs defaults = proposed_knobs(variant, layer, machine);
    EXPECT_EQ(variant.check_knobs(layer, machine, defaults), "");
    EXPECT_LE(variant.error_growth(layer, machine, defaults), layer.max_error_growth);
    Knobs larger = defaults;
    larger["tile_2"] = 5;
    EXPECT_NE(variant.check_knobs(layer, machine, larger), "");
    layer.max_error_growth = 8;
    EXPECT_EQ(variant.check_knobs(layer, machine, larger), "");
    EXPECT_GT(variant.error_growth(layer, machine, larger), 2);
    layer.max_error_growth = 1;
    EXPECT_FALSE(takes(variant, layer, machine));
    layer.max_error_growth = 2;
    layer.strict_nonfinite = true;
    EXPECT_FALSE(takes(variant, layer, machine));
}

}  // namespace
}  // namespace tconv::test
