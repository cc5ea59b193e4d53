// SPDX-License-Identifier: Apache-2.0
// Default knobs have to be valid for every layer on every machine: there is no tuning to fall back from.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "generators/variants/ranking.h"
#include "schedules/register_tile.h"
#include "schedules/registry.h"
#include "tests/schedules/schedule_layers.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {
namespace {

void expect_tile_fits(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const RegisterTile tile{knobs.at("tile_co"), knobs.at("tile_x"), knobs.at("unroll_ci")};
    EXPECT_GE(tile.vectors, 1);
    EXPECT_GE(tile.pixels, 1);
    EXPECT_EQ(layer.in_channels % tile.unroll_ci, 0);
    EXPECT_LE(registers_needed(tile), machine.vector_registers);
}

void expect_defaults_valid(const Layer &layer, const Machine &machine) {
    for (const Variant &variant : variants()) {
        if (!takes(variant, layer, machine)) {
            continue;
        }
        const Knobs knobs = proposed_knobs(variant, layer, machine);
        SCOPED_TRACE(layer.name + " on " + machine.family + ": " + variant.id + " " + to_string(knobs));
        EXPECT_EQ(variant.check_knobs(layer, machine, knobs), "");
        EXPECT_EQ(knobs.size(), variant.knob_space(layer, machine).size());
        EXPECT_GT(variant.cycles(layer, machine, knobs), 0);
        if (variant.id == "phases") {
            expect_tile_fits(layer, machine, knobs);
        }
    }
}

class DefaultKnobs : public testing::TestWithParam<std::string> {};

TEST_P(DefaultKnobs, AreValidForEveryBenchmarkLayer) {
    const Machine machine = machine_for(GetParam());
    ASSERT_GE(benchmark_layers().size(), 30u);
    for (const Layer &layer : benchmark_layers()) {
        expect_defaults_valid(layer, machine);
    }
}

TEST_P(DefaultKnobs, AreValidForOddLayers) {
    const Machine machine = machine_for(GetParam());
    for (const Layer &layer : odd_layers()) {
        expect_defaults_valid(layer, machine);
    }
}

// Where one estimate leaves out what another counts, the layer goes to the wrong variant.
TEST_P(DefaultKnobs, CostMoreWithALongActivationInEveryVariant) {
    const Machine machine = machine_for(GetParam());
    for (Layer layer : benchmark_layers()) {
        for (const Variant &variant : variants()) {
            if (variant.is_reference || !takes(variant, layer, machine)) {
                continue;
            }
            const Knobs knobs = proposed_knobs(variant, layer, machine);
            layer.activation = Activation::kRelu;
            const double short_one = variant.cycles(layer, machine, knobs);
            layer.activation = Activation::kSigmoid;
            EXPECT_GT(variant.cycles(layer, machine, knobs), short_one) << layer.name << ", " << variant.id;
            layer.activation = Activation::kNone;
        }
    }
}

std::vector<std::string> family_names() {
    std::vector<std::string> names;
    for (const ScheduleFamily &family : schedule_families()) {
        names.push_back(family.name);
    }
    return names;
}

INSTANTIATE_TEST_SUITE_P(Families, DefaultKnobs, testing::ValuesIn(family_names()),
                         [](const auto &instance) { return instance.param; });

TEST(VariantTable, EndsInAReferenceForEveryMachineThatAcceptsEverything) {
    for (const std::string &family : family_names()) {
        const Machine machine = machine_for(family);
        const Variant &reference = *find_variant(machine.is_gpu ? "gpu_reference" : "reference");
        EXPECT_TRUE(reference.is_reference);
        for (const Layer &layer : odd_layers()) {
            SCOPED_TRACE(layer.name + " on " + family);
            EXPECT_TRUE(takes(reference, layer, machine));
            EXPECT_EQ(rank_variants(layer, machine).proposals.back().variant, &reference);
        }
    }
}

TEST(VariantTable, KeepsCpusAndGpusApart) {
    for (const std::string &family : family_names()) {
        const Machine machine = machine_for(family);
        for (const Variant &variant : variants()) {
            for (const Layer &layer : odd_layers()) {
                EXPECT_TRUE(variant.for_gpu == machine.is_gpu || !takes(variant, layer, machine))
                    << variant.id << " on " << family;
            }
        }
    }
}

TEST(VariantTable, FindsEveryVariantByItsName) {
    for (const Variant &variant : variants()) {
        EXPECT_EQ(find_variant(variant.id), &variant);
    }
    EXPECT_EQ(find_variant("no_such_variant"), nullptr);
}

}  // namespace
}  // namespace tconv::test
