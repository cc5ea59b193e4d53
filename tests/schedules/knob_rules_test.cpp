// SPDX-License-Identifier: Apache-2.0
// Knobs that a schedule cannot take are refused before anything is compiled, each with the knob, its value and the
// rule.
#include <gtest/gtest.h>

#include <algorithm>

#include "generators/variants/variant.h"
#include "tests/schedules/schedule_layers.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {
namespace {

// 16 input channels, 64 output channels, rows of 8 outputs.
const Layer &wide_layer() {
    static const Layer layer = layer_of("wide", {8, 16, 64, 2, 2, 1});
    return layer;
}

std::string refusal(const Knobs &changes, const std::string &family = "x86_avx2", const std::string &without = "") {
    const Variant *phases = find_variant("phases");
    const Machine machine = machine_for(family);
    Knobs knobs = proposed_knobs(*phases, wide_layer(), machine);
    for (const auto &[name, value] : changes) {
        knobs[name] = value;
    }
    knobs.erase(without);
    return phases->check_knobs(wide_layer(), machine, knobs);
}

TEST(KnobRules, DefaultsPass) { EXPECT_EQ(refusal({}), ""); }

TEST(KnobRules, RefuseUnknownKnob) {
    EXPECT_EQ(refusal({{"tile_q", 3}}), "tile_q = 3: variant phases has no such knob; did you mean tile_x?");
    EXPECT_EQ(refusal({{"speed", 3}}), "speed = 3: variant phases has no such knob");
}

TEST(KnobRules, RefuseMissingKnob) {
    for (const char *name : {"tile_co", "tile_x", "unroll_ci", "task_rows", "order"}) {
        EXPECT_EQ(refusal({}, "x86_avx2", name), std::string(name) + " is missing from the knobs");
    }
}

TEST(KnobRules, RefuseValuesOutsideTheirList) {
    EXPECT_EQ(refusal({{"tile_x", 0}}),
              "tile_x = 0: must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 for this layer");
    EXPECT_EQ(refusal({{"tile_co", -1}}), "tile_co = -1: must be one of 1, 2, 3, 4, 5, 6 for this layer");
    EXPECT_EQ(refusal({{"order", 2}}), "order = 2: must be one of 0, 1 for this layer");
    EXPECT_EQ(refusal({{"unroll_ci", 3}}), "unroll_ci = 3: must be one of 1, 2, 4, 8 for this layer");
    EXPECT_EQ(refusal({{"task_rows", 3}}).rfind("task_rows = 3: must be one of 1, 2, 4, ", 0), 0u);
}

TEST(KnobRules, RefuseUnrollingThatDoesNotDivideTheInputChannels) {
    const Layer odd = layer_of("odd", {8, 6, 64, 2, 2, 1});
    const Variant *phases = find_variant("phases");
    const Machine machine = machine_for("x86_avx2");
    Knobs knobs = proposed_knobs(*phases, odd, machine);
    knobs["unroll_ci"] = 4;
    EXPECT_EQ(phases->check_knobs(odd, machine, knobs), "unroll_ci = 4: must be one of 1, 2, 3, 6 for this layer");
}

TEST(KnobRules, RefuseTilesOverTheRegisterBudget) {
    EXPECT_EQ(refusal({{"tile_co", 2}, {"tile_x", 6}}), "");
    EXPECT_EQ(refusal({{"tile_co", 2}, {"tile_x", 7}}),
              "tile_co = 2, tile_x = 7: need 17 vector registers, x86_avx2 has 16");
    EXPECT_EQ(refusal({{"tile_co", 4}, {"tile_x", 8}}, "arm_neon"),
              "tile_co = 4, tile_x = 8: need 37 vector registers, arm_neon has 32");
}

TEST(KnobRules, ReferenceHasNoKnobs) {
    const Variant *reference = find_variant("reference");
    const Machine machine = machine_for("x86_avx2");
    EXPECT_EQ(reference->check_knobs(wide_layer(), machine, {}), "");
    EXPECT_EQ(reference->check_knobs(wide_layer(), machine, {{"tile_x", 2}}),
              "tile_x=2: variant reference has no knobs");
}

// Every value that the space lists alone is valid with the smallest tile: the ranges promise nothing that the rules
// refuse.
TEST(KnobRules, AcceptEveryListedValueWithTheSmallestTile) {
    for (const char *family : {"x86_sse", "x86_avx2", "x86_avx512", "arm_neon", "gpu"}) {
        const Machine machine = machine_for(family);
        const Variant *phases = find_variant(machine.is_gpu ? "gpu_phases" : "phases");
        const std::vector<KnobSpec> space = phases->knob_space(wide_layer(), machine);
        Knobs smallest;
        for (const KnobSpec &spec : space) {
            smallest[spec.name] = spec.values.front();
            EXPECT_FALSE(spec.meaning.empty()) << spec.name;
            EXPECT_TRUE(std::is_sorted(spec.values.begin(), spec.values.end())) << spec.name;
        }
        for (const KnobSpec &spec : space) {
            for (int value : spec.values) {
                Knobs knobs = smallest;
                knobs[spec.name] = value;
                EXPECT_EQ(phases->check_knobs(wide_layer(), machine, knobs), "") << family << ": " << to_string(knobs);
            }
        }
    }
}

}  // namespace
}  // namespace tconv::test
