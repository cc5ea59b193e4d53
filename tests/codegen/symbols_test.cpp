// SPDX-License-Identifier: Apache-2.0
// What a library for a CPU needs and offers: it links with nothing but memcpy and memset, all its symbols carry its
// name, and no section of it can be written to.
#include <gtest/gtest.h>

#include <set>

#include "generators/variants/variant.h"
#include "schedules/machine.h"
#include "tconv/layer_file.h"
#include "tconv/npy.h"
#include "tests/codegen/binary_tools.h"
#include "tests/codegen/layer_builds.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {
namespace {

void expect_self_contained(const LayerBuild &build) {
    const std::vector<Symbol> symbols = symbols_of(build.library.archive);
    const std::string prefix = build.layer.name + "_";
    std::set<std::string> defined;
    for (const Symbol &symbol : symbols) {
        if (symbol.undefined()) {
            continue;
        }
        defined.insert(symbol.name);
        EXPECT_TRUE(!symbol.global() || symbol.name.rfind(prefix, 0) == 0) << symbol.name << " " << symbol.type;
    }
    EXPECT_EQ(defined.count(prefix + "run"), 1u);
    EXPECT_EQ(defined.count(prefix + "task"), 1u);
    EXPECT_EQ(defined.count(prefix + "pack"), build.library.weights_inside ? 0u : 1u);
    EXPECT_EQ(defined.count(prefix + "supported"), 1u);
    // What a layer of this name with another _ at its end would export.
    for (const char *exported : {"run", "task", "pack", "supported"}) {
        EXPECT_EQ(defined.count(prefix + "_" + exported), 0u) << exported;
    }
    for (const Symbol &symbol : symbols) {
        if (symbol.undefined()) {
            EXPECT_TRUE(symbol.name == "memcpy" || symbol.name == "memset" || defined.count(symbol.name) == 1)
                << symbol.name << " is needed from outside";
        }
    }
}

void expect_nothing_writable(const LayerBuild &build) {
    bool code = false;
    for (const Section &section : sections_of(build.library.archive)) {
        code |= section.flags.find('X') != std::string::npos && section.size > 0;
        EXPECT_TRUE(section.size == 0 || section.flags.find('W') == std::string::npos)
            << section.name << ": " << section.size << " bytes, " << section.flags;
        EXPECT_EQ(section.flags.find('T'), std::string::npos) << section.name << " is thread-local";
    }
    EXPECT_TRUE(code) << "no code was found: were the sections read?";
}

void expect_clean(const Layer &layer, const std::string &target, BuildOptions options = {}) {
    options.stack = false;
    SCOPED_TRACE(layer.name + " for " + target);
    const LayerBuild build(layer, target, options);
    ASSERT_FALSE(build.library.archive.empty());
    expect_self_contained(build);
    expect_nothing_writable(build);
}

class Symbols : public testing::TestWithParam<std::string> {};

TEST_P(Symbols, OfEveryRankAreItsOwn) {
    for (const char *name : {"hifigan_u1", "fcn8s_upscore8", "volume"}) {
        expect_clean(layer_named(name), GetParam());
    }
}

// Transcendental functions must not come from libm. All variants take them from the same epilogue.
TEST_P(Symbols, OfEveryActivationAreItsOwn) {
    BuildOptions phases;
    phases.variant = "phases";
    for (const char *activation : {"relu6", "elu", "selu", "gelu", "softplus", "softsign", "silu", "mish", "sigmoid",
                                   "tanh", "exponential", "hard_silu", "softmax"}) {
        expect_clean(layer_named(std::string("prime_channels+") + activation), GetParam(), phases);
    }
}

TEST_P(Symbols, OfEveryVariantAreItsOwn) {
    const auto target = find_target(GetParam());
    ASSERT_TRUE(target) << target.error().message;
    for (const char *name : {"vae_d1+sigmoid", "vae_d3+sigmoid"}) {
        const Layer layer = layer_named(name);
        for (const Variant &variant : variants()) {
            if (!variant.is_reference && takes(variant, layer, target->machine())) {
                BuildOptions options;
                options.variant = variant.id;
                expect_clean(layer, GetParam(), options);
            }
        }
    }
}

TEST_P(Symbols, OfChannelsFirstAndReferenceAreItsOwn) {
    expect_clean(layer_named("channels_first+tanh"), GetParam());
    BuildOptions reference;
    reference.variant = "reference";
    expect_clean(layer_named("prime_channels+sigmoid"), GetParam(), reference);
}

TEST_P(Symbols, OfLibrariesWithWeightsAreItsOwn) {
    const TemporaryFolder folder;
    Layer layer = layer_named("prime_channels+relu");
    layer.weights = WeightFiles{folder.file("filter.npy"), folder.file("bias.npy")};
    const std::vector<float> filter(static_cast<size_t>(layer.filter_elements()), 0.5f);
    const std::vector<float> bias(static_cast<size_t>(layer.out_channels), 0.25f);
    ASSERT_TRUE(write_npy(layer.weights->filter, {layer.filter_shape(), filter}));
    ASSERT_TRUE(write_npy(layer.weights->bias, {{layer.out_channels}, bias}));
    expect_clean(layer, GetParam());
}

INSTANTIATE_TEST_SUITE_P(CpuTargets, Symbols, testing::ValuesIn(cpu_targets()),
                         [](const auto &instance) { return name_of(BuildCase{"for", instance.param}); });

}  // namespace
}  // namespace tconv::test
