// SPDX-License-Identifier: Apache-2.0
// Default knobs have to be valid for every layer on every machine: there is no tuning to fall back from.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "generators/cache_line.h"
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

// What tuning sessions found on that processor, and the estimates missed (docs/measurements.md).
TEST(DefaultChoice, IsTheOneThatWasQuickerOnSapphireRapids) {
    const Machine machine = machine_for("x86_avx512", "sapphirerapids");
    std::map<std::string, Ranking::Entry> chosen;
    for (const auto *layers : {&benchmark_layers(), &more_layers()}) {
        for (const Layer &layer : *layers) chosen.emplace(layer.name, rank_variants(layer, machine).proposals.front());
    }
    EXPECT_EQ(chosen.at("dbnet_out").variant->id, "channel_lanes");
    EXPECT_NE(chosen.at("enet_out").variant->id, "column_rows");
    EXPECT_EQ(chosen.at("gan3d_g4").variant->id, "column_rows");
    EXPECT_GT(chosen.at("gan3d_g4").proposal.knobs.at("unroll_ci"), 1);
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

// No reader gives a layer such types, and no kernel computes them yet: plans are made, nothing is lowered.
Layer with_types(Layer layer, DataType tensors, DataType sums) {
    layer.bias = true;
    layer.types = {tensors, tensors, sums, tensors};
    return layer;
}

std::vector<Layer> layers_for_types() {
    std::vector<Layer> layers = odd_layers();
    layers.insert(layers.end(),
                  {layer_of("many_channels", {16, 32, 32, 4, 2, 1}), layer_of("few_outputs", {40, 64, 3, 4, 2, 1}),
                   layer_of("blocks", {40, 64, 1, 2, 2, 1}), layer_of("large_filter", {8, 512, 512, 4, 2, 1})});
    return layers;
}

// For every proposal that a variant makes for the layers of these types.
template<typename Check>
void for_each_plan(DataType tensors, DataType sums, const Check &check) {
    std::set<std::string> planned;
    for (const std::string &family : family_names()) {
        const Machine machine = machine_for(family);
        for (const Layer &float_layer : layers_for_types()) {
            const Layer layer = with_types(float_layer, tensors, sums);
            for (const Variant &variant : variants()) {
                if (const Proposed proposed = variant.propose(layer, machine)) {
                    SCOPED_TRACE(layer.name + " on " + family + ": " + variant.id + " " + to_string(proposed->knobs));
                    EXPECT_EQ(variant.check_knobs(layer, machine, proposed->knobs), "");
                    check(variant, layer, machine, *proposed);
                    planned.insert(variant.id);
                }
            }
        }
    }
    EXPECT_EQ(planned.size(), variants().size()) << "some variant took none of the layers";
}

void expect_half_the_filter(const FilterLayout &half, const FilterLayout &full) {
    EXPECT_EQ(half.block(), full.block());
    EXPECT_EQ(half.filter_elements(), full.filter_elements());
    EXPECT_EQ(half.filter_bytes() * 2, full.filter_bytes());
    EXPECT_EQ(half.bias_offset_bytes() % kCacheLineBytes, 0);
    EXPECT_GE(half.bias_offset_bytes(), half.filter_bytes());
    EXPECT_LT(half.bias_offset_bytes(), half.filter_bytes() + kCacheLineBytes);
    EXPECT_EQ(half.bias_offset() * element_bytes(DataType::kFloat32), half.bias_offset_bytes());
    EXPECT_EQ(half.elements() * element_bytes(DataType::kFloat16), half.bytes());
    // The bias is added to sums, and is of their type.
    EXPECT_EQ(half.bytes() - half.bias_offset_bytes(), full.bytes() - full.bias_offset_bytes());
}

TEST(ElementTypes, OfTensorsHalveTheFilterAndNothingElse) {
    std::set<std::string> counted;  // variants whose cost models see the difference
    for_each_plan(DataType::kFloat16, DataType::kFloat32,
                  [&](const Variant &variant, const Layer &layer, const Machine &machine, const Proposal &proposal) {
                      const Layer wide = with_types(layer, DataType::kFloat32, DataType::kFloat32);
                      ASSERT_EQ(variant.check_knobs(wide, machine, proposal.knobs), "");
                      const LayerPlan half = variant.plan(layer, machine, proposal.knobs);
                      const LayerPlan full = variant.plan(wide, machine, proposal.knobs);
                      expect_half_the_filter(half.filter_layout, full.filter_layout);
                      EXPECT_EQ(half.workspace_elements, full.workspace_elements);
                      const int64_t bytes = half.workspace_elements * element_bytes(DataType::kFloat32);
                      EXPECT_EQ(proposal.workspace_bytes, machine.is_gpu ? 0 : bytes);
                      if (variant.cycles(wide, machine, proposal.knobs) != proposal.cycles) counted.insert(variant.id);
                  });
    EXPECT_EQ(counted, (std::set<std::string>{"channel_lanes", "column_rows", "folded", "phases", "planar", "streamed",
                                              "winograd"}));
}

TEST(ElementTypes, OfSumsSizeLanesAndTheWorkspace) {
    const DataType type = DataType::kFloat16;
    for_each_plan(
        type, type, [&](const Variant &variant, const Layer &layer, const Machine &machine, const Proposal &proposal) {
            const LayerPlan plan = variant.plan(layer, machine, proposal.knobs);
            EXPECT_EQ(proposal.workspace_bytes, machine.is_gpu ? 0 : plan.workspace_elements * element_bytes(type));
            EXPECT_EQ(plan.filter_layout.bias_offset_bytes(), plan.filter_layout.bias_offset() * element_bytes(type));
            if (const auto vectors = proposal.knobs.find("tile_co"); vectors != proposal.knobs.end()) {
                EXPECT_EQ(plan.filter_layout.block(), vectors->second * 2 * machine.lanes(DataType::kFloat32));
            }
        });
}

}  // namespace
}  // namespace tconv::test
