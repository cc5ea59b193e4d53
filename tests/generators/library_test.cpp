// SPDX-License-Identifier: Apache-2.0
// Libraries of every corner layer, variant and native target against the oracle, in all the ways in which the C header
// lets them be called.
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "generators/variants/variant.h"
#include "schedules/machine.h"
#include "tconv/npy.h"
#include "tests/generators/corner_layers.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/runtime/temporary_folder.h"

namespace tconv::test {
namespace {

BuildOptions options_of(const LibraryCase &library_case) {
    BuildOptions options;
    options.variant = library_case.variant;
    return options;
}

void expect_within_bound(const Layer &layer, const LayerData &data, const std::vector<float> &output) {
    const Comparison comparison = compare(layer, oracle_of(layer, data), output.data(), layer.max_error_growth);
    EXPECT_TRUE(comparison.pass) << comparison.message;
}

// The bytes that NAME_pack leaves are those of the host packer, padding included.
void expect_packed_as_on_host(const LibraryCase &library_case, const CompiledLibrary &library, const LayerData &data) {
    const Machine machine = library_case.target.machine();
    const Variant *variant = find_variant(library_case.variant);
    const FilterLayout layout = variant->plan(library_case.layer, machine, library.choice.knobs).filter_layout;
    std::vector<float> expected = layout.pack(data.filter.data(), data.bias_or_null());
    const GuardedBuffer weights = packed_weights(library, data, Guard::kAfter);
    ASSERT_EQ(weights.bytes(), expected.size() * sizeof(float));
    const auto *packed = static_cast<const float *>(weights.data());
    EXPECT_TRUE(same_bytes(expected, {packed, packed + expected.size()}));
}

// Where the variant promises it: NaN and Inf among the inputs reach the outputs whose taps read them, and no others.
void expect_nonfinite_inputs_stay_with_their_taps(const Layer &layer, const CompiledLibrary &library, LayerData data) {
    if (data.input.empty()) return;
    constexpr float kInf = std::numeric_limits<float>::infinity();
    const std::vector<float> finite = data.input;
    for (const size_t cell : {size_t{0}, finite.size() / 2, finite.size() - 1}) {
        for (const float value : {std::numeric_limits<float>::quiet_NaN(), kInf, -kInf}) {
            data.input = finite;
            data.input[cell] = value;
            SCOPED_TRACE("input[" + std::to_string(cell) + "] = " + std::to_string(value));
            expect_within_bound(layer, data, run_library(layer, library, data));
        }
    }
}

// The cases below are those that a variant accepts: none of them has lost all of its.
TEST(CornerLayers, HaveOneForEachVariantOnEveryTarget) {
    for (const TargetInfo &target : named_targets()) {
        std::set<std::string> tested;
        for (const LibraryCase &each : with_every_variant(few_corner_layers(), target)) tested.insert(each.variant);
        for (const Variant &variant : variants())
            EXPECT_EQ(tested.count(variant.id), variant.for_gpu == target.is_gpu() ? 1u : 0u)
                << variant.id << " on " << target.name;
    }
}

class LibraryTest : public testing::TestWithParam<LibraryCase> {};

TEST_P(LibraryTest, ComputesItsLayer) {
    const Layer &layer = GetParam().layer;
    const auto library = CompiledLibrary::build(layer, GetParam().target, options_of(GetParam()));
    ASSERT_TRUE(library) << library.error().message;
    ASSERT_EQ(library->choice.variant, GetParam().variant);

    expect_right_on_small_integers(layer, *library);
    const LayerData data = random_layer_data(layer, 3);
    const std::vector<float> output = run_library(layer, *library, data);
    expect_within_bound(layer, data, output);
    expect_right_on_rough_data(layer, *library);
    expect_same_however_called(layer, *library, data, output);
    expect_packed_as_on_host(GetParam(), *library, data);
    if (!spreads_nonfinite(GetParam())) {
        expect_nonfinite_inputs_stay_with_their_taps(layer, *library, data);
    } else {
        EXPECT_FALSE(layer.strict_nonfinite);
    }
}

INSTANTIATE_TEST_SUITE_P(Native, LibraryTest,
                         testing::ValuesIn(native_library_cases(corner_layers(), few_corner_layers())), NameOfCase());

// Halide's own checks of every access, which release builds leave out, find nothing.
class LibraryWithAsserts : public testing::TestWithParam<LibraryCase> {};

TEST_P(LibraryWithAsserts, ComputesItsLayer) {
    BuildOptions options = options_of(GetParam());
    options.asserts = true;
    const auto library = CompiledLibrary::build(GetParam().layer, GetParam().target, options);
    ASSERT_TRUE(library) << library.error().message;
    expect_right_on_small_integers(GetParam().layer, *library);
}

// One layer of every kind: each of these builds compiles Halide's run-time library into every kernel, which takes longer
// than the layer. Accesses outside a tensor are caught by the guard pages of all other runs too.
std::vector<Layer> layer_of_every_kind() {
    std::vector<Layer> layers;
    for (const char *name : {"line_dilation_shares_factor", "image_one_output_channel", "image_blocks_and_a_rest",
                             "image_channels_first", "volume_k4_s2"}) {
        layers.push_back(corner_layer(name));
    }
    return layers;
}

INSTANTIATE_TEST_SUITE_P(Native, LibraryWithAsserts,
                         testing::ValuesIn(with_every_variant(layer_of_every_kind(), host_target())), NameOfCase());

// Weights that were packed when the library was built give what NAME_pack gives, whose bytes the tests above compare
// with the host packer's.
class LibraryWithWeights : public testing::TestWithParam<LibraryCase> {};

TEST_P(LibraryWithWeights, EqualsTheOneWithout) {
    Layer layer = GetParam().layer;
    const LayerData data = random_layer_data(layer, 5);
    const auto without = CompiledLibrary::build(layer, GetParam().target, options_of(GetParam()));
    ASSERT_TRUE(without) << without.error().message;
    const std::vector<float> expected = run_library(layer, *without, data);

    const TemporaryFolder folder;
    layer.weights = WeightFiles{folder.file("filter.npy"), layer.bias ? folder.file("bias.npy") : ""};
    ASSERT_TRUE(write_npy(layer.weights->filter, {layer.filter_shape(), data.filter}));
    if (layer.bias) {
        ASSERT_TRUE(write_npy(layer.weights->bias, {{layer.out_channels}, data.bias}));
    }
    const auto with = CompiledLibrary::build(layer, GetParam().target, options_of(GetParam()));
    ASSERT_TRUE(with) << with.error().message;
    EXPECT_EQ(with->pack, nullptr);
    EXPECT_EQ(with->weights_bytes, without->weights_bytes);
    EXPECT_TRUE(same_bytes(run_library(layer, *with, data), expected));
}

INSTANTIATE_TEST_SUITE_P(Native, LibraryWithWeights,
                         testing::ValuesIn(with_every_variant(layer_of_every_kind(), common_target())), NameOfCase());

}  // namespace
}  // namespace tconv::test
