// SPDX-License-Identifier: Apache-2.0
// Specialised libraries of random layers give what the general kernels give, whatever the variant. A failure's last
// line is the command that repeats it.
#include <gtest/gtest.h>

#include <algorithm>

#include "generators/variants/variant.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/property/layer_sweep.h"
#include "tests/property/plan_runs.h"

namespace tconv::test {
namespace {

// Times the variants that accept the layer, a second each to compile.
constexpr int64_t kOneTarget = 24, kEachTarget = 12, kFewChannelLayers = 8;

std::string difference(const std::vector<float> &special, const std::vector<float> &general) {
    for (size_t i = 0; i < general.size(); i++)
        if (!(special[i] == general[i]))
            return "cell " + std::to_string(i) + " is " + std::to_string(special[i]) + ", of the general kernels " +
                   std::to_string(general[i]);
    return "";
}

std::string library_finding(const LibraryCase &library_case, uint64_t seed) {
    const Layer &layer = library_case.layer;
    BuildOptions options;
    options.variant = library_case.variant;
    const auto library = CompiledLibrary::build(layer, library_case.target, options);
    if (!library) return library.error().message;
    const LayerData data = small_integer_layer_data(layer, seed);
    const auto general = run_dense(layer, data, {best_isa(), Method::kCheapest});
    if (!general) return general.error().message;
    return difference(run_library(layer, *library, data), *general);
}

class SpecialisedLibraries : public testing::TestWithParam<TargetInfo> {};

TEST_P(SpecialisedLibraries, GiveWhatGeneralKernelsGive) {
    expect_on_random_layers(variant_targets().size() > 1 ? kEachTarget : kOneTarget, [](const RandomLayer &random) {
        const Layer layer = with_exact_activation(random.layer);
        for (const LibraryCase &library_case : with_every_variant({layer}, GetParam()))
            if (const std::string finding = library_finding(library_case, random.seed); !finding.empty())
                return "variant " + library_case.variant + ": " + finding;
        return std::string();
    });
}

INSTANTIATE_TEST_SUITE_P(Native, SpecialisedLibraries, testing::ValuesIn(variant_targets()), NameOfCase());

// The layer with channels as few as variants want that compute cells across pixels. They have one kernel for dense
// tensors and another for strided ones.
Layer with_few_channels(Layer layer, Random &random) {
    layer.in_channels = random.between(4, 40);
    layer.out_channels = random.between(1, 6);
    return layer;
}

// Zeros, as many as a ReLU leaves: the sign of a sum of them shows in its bytes as well.
LayerData sparse_layer_data(const Layer &layer, uint64_t seed) {
    LayerData data = random_layer_data(layer, seed);
    for (float &value : data.input) value = std::max(value, 0.0f);
    std::fill(data.bias.begin(), data.bias.end(), 0.0f);
    return data;
}

std::string strided_finding(const LibraryCase &library_case, uint64_t seed) {
    const Layer &layer = library_case.layer;
    BuildOptions options;
    options.variant = library_case.variant;
    const auto library = CompiledLibrary::build(layer, library_case.target, options);
    if (!library) return library.error().message;
    for (const LayerData &data : {random_layer_data(layer, seed), sparse_layer_data(layer, seed)}) {
        const std::vector<float> dense = run_library(layer, *library, data);
        for (const Memory memory : {Memory::kGaps, Memory::kTransposed, Memory::kReversed}) {
            const std::vector<float> strided =
                run_library(layer, *library, data, {Entry::kShuffledTasks, memory, Guard::kAfter});
            for (size_t i = 0; i < dense.size(); i++)
                if (!same_bytes({dense[i]}, {strided[i]}))
                    return library_case.target.name + ", memory " + std::to_string(static_cast<int>(memory)) +
                           ": cell " + std::to_string(i) + " is " + std::to_string(strided[i]) + ", in dense memory " +
                           std::to_string(dense[i]);
        }
    }
    return "";
}

TEST(FewChannelLibraries, GiveTheSameBytesWhateverTheStrides) {
    const std::vector<TargetInfo> &targets = native_targets();
    expect_on_random_layers(kFewChannelLayers, [&](const RandomLayer &random_layer) {
        Random random(random_layer.seed);
        const Layer layer = with_few_channels(random_layer.layer, random);
        for (const LibraryCase &library_case :
             with_every_variant({layer}, targets[random_layer.seed % targets.size()])) {
            const std::string finding = strided_finding(library_case, random_layer.seed);
            if (!finding.empty()) return layer.workload() + ", variant " + library_case.variant + ": " + finding;
        }
        return std::string();
    });
}

}  // namespace
}  // namespace tconv::test
