// SPDX-License-Identifier: Apache-2.0
// The scratch that a plan asks for, and the limit that a layer sets to it: every search for defaults keeps to the
// limit, and finds the best there is within it.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "generators/variants/ranking.h"
#include "tests/schedules/schedule_layers.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {
namespace {

constexpr int64_t kElementBytes = 4;
const char *const kFamilies[] = {"x86_avx2", "x86_avx512", "arm_neon"};

Layer with_limit(Layer layer, int64_t bytes) {
    layer.max_workspace_bytes = bytes;
    return layer;
}

Proposed propose_within(int64_t bytes, const Variant &variant, const Layer &layer, const Machine &machine) {
    Limits limits = limits_of(layer);
    limits.workspace_bytes = bytes;
    return variant.propose(layer, machine, limits);
}

Layer unlimited(const Layer &layer) { return with_limit(layer, std::numeric_limits<int64_t>::max()); }

int64_t bytes_of(const Variant &variant, const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return variant.workspace == nullptr ? 0 : variant.workspace(layer, machine, knobs) * kElementBytes;
}

Knobs random_knobs(const std::vector<KnobSpec> &space, std::mt19937 &random) {
    Knobs knobs;
    for (const KnobSpec &spec : space) {
        knobs[spec.name] = spec.values[random() % spec.values.size()];
    }
    return knobs;
}

// Whatever the knobs.
void expect_workspace_of_plan(const Layer &layer, const Machine &machine, int samples) {
    std::mt19937 random(5);
    for (const Variant &variant : variants()) {
        if (!takes(variant, layer, machine)) {
            continue;
        }
        const std::vector<KnobSpec> space = variant.knob_space(layer, machine);
        Knobs knobs = proposed_knobs(variant, layer, machine);
        for (int sample = 0; sample <= samples; sample++) {
            SCOPED_TRACE(layer.name + " on " + machine.family + ": " + variant.id + " " + to_string(knobs));
            const LayerPlan plan = variant.plan(layer, machine, knobs);
            EXPECT_EQ(bytes_of(variant, layer, machine, knobs), plan.workspace_elements * kElementBytes);
            do {
                knobs = random_knobs(space, random);
            } while (!variant.check_knobs(layer, machine, knobs).empty());
        }
    }
}

TEST(Workspace, IsWhatThePlanNeeds) {
    for (const char *family : kFamilies) {
        for (const Layer &layer : odd_layers()) {
            expect_workspace_of_plan(layer, machine_for(family), 6);
        }
    }
    for (const Layer &layer : benchmark_layers()) {
        expect_workspace_of_plan(layer, machine_for("x86_avx2"), 0);
    }
}

// 0, and what shrinks the workspace that the variant would like, in steps.
std::vector<int64_t> tight_limits(int64_t liked) {
    return {0, liked / 16, liked / 4, liked / 2, std::max<int64_t>(liked - 1, 0), liked};
}

// Where the limit leaves nothing, what would be the least is said, and that much is taken.
void expect_defaults_within(int64_t limit, const Variant &variant, const Layer &layer, const Machine &machine,
                            double &cycles) {
    const Proposed proposed = propose_within(limit, variant, layer, machine);
    SCOPED_TRACE(layer.name + " on " + machine.family + ", " + std::to_string(limit) + " bytes: " + variant.id);
    if (!proposed) {
        const int64_t least = proposed.declined().least_workspace_bytes;
        EXPECT_GT(least, limit) << proposed.declined().why;
        EXPECT_TRUE(takes(variant, with_limit(layer, least), machine));
        return;
    }
    EXPECT_EQ(variant.check_knobs(layer, machine, proposed->knobs), "") << to_string(proposed->knobs);
    EXPECT_EQ(proposed->workspace_bytes, bytes_of(variant, layer, machine, proposed->knobs));
    EXPECT_LE(proposed->workspace_bytes, limit);
    EXPECT_EQ(proposed->cycles, variant.cycles(layer, machine, proposed->knobs));
    if (variant.id != "streamed") {  // whose defaults follow a rule, not the cost
        EXPECT_LE(proposed->cycles, cycles) << "more room and slower";
        cycles = proposed->cycles;
    }
}

// Without any workspace, or what would be the least.
int64_t least_bytes(const Variant &variant, const Layer &layer, const Machine &machine) {
    const Proposed proposed = propose_within(0, variant, layer, machine);
    return proposed ? 0 : proposed.declined().least_workspace_bytes;
}

TEST(Workspace, DefaultsKeepToTheLimitOrSayTheLeast) {
    std::mt19937 random(11);
    for (const char *family : kFamilies) {
        const Machine machine = machine_for(family);
        for (const Layer &layer : odd_layers()) {
            for (const Variant &variant : variants()) {
                if (!takes(variant, unlimited(layer), machine) || variant.workspace == nullptr) {
                    continue;
                }
                const Knobs liked = proposed_knobs(variant, unlimited(layer), machine);
                const int64_t most = bytes_of(variant, layer, machine, liked);
                const int64_t least = least_bytes(variant, layer, machine);
                double cycles = std::numeric_limits<double>::infinity();
                for (const int64_t limit : tight_limits(most)) {
                    expect_defaults_within(limit, variant, layer, machine, cycles);
                }
                EXPECT_EQ(proposed_knobs(variant, with_limit(layer, most), machine), liked);
                const std::vector<KnobSpec> space = variant.knob_space(layer, machine);
                for (int sample = 0; sample < 200; sample++) {
                    const Knobs knobs = random_knobs(space, random);
                    if (variant.check_knobs(layer, machine, knobs).empty()) {
                        EXPECT_GE(bytes_of(variant, layer, machine, knobs), least)
                            << layer.name << " on " << family << ": " << variant.id << " " << to_string(knobs);
                    }
                }
            }
        }
    }
}

// These three search their whole space, as far as the cost depends on it.
TEST(Workspace, DefaultsAreTheCheapestWithinTheLimit) {
    std::mt19937 random(3);
    const Machine machine = machine_for("x86_avx2");
    for (const Layer &layer : odd_layers()) {
        for (const char *id : {"phases", "folded", "planar"}) {
            const Variant &variant = *find_variant(id);
            if (!takes(variant, layer, machine)) {
                continue;
            }
            const int64_t liked = bytes_of(variant, layer, machine, proposed_knobs(variant, unlimited(layer), machine));
            for (const int64_t limit : {liked - 1, liked / 2}) {
                const Proposed proposed = propose_within(std::max<int64_t>(limit, 0), variant, layer, machine);
                if (!proposed) {
                    continue;
                }
                const Knobs &best = proposed->knobs;
                for (int sample = 0; sample < 500; sample++) {
                    const Knobs knobs = random_knobs(variant.knob_space(layer, machine), random);
                    if (variant.check_knobs(layer, machine, knobs).empty() &&
                        bytes_of(variant, layer, machine, knobs) <= limit) {
                        EXPECT_GE(variant.cycles(layer, machine, knobs) * (1 + 1e-9),
                                  variant.cycles(layer, machine, best))
                            << layer.name << ", " << id << ": " << to_string(knobs) << " against " << to_string(best);
                    }
                }
            }
        }
    }
}

TEST(Workspace, TheDefaultLimitLeavesBenchmarkLayersAlone) {
    for (const char *family : {"x86_avx2", "x86_avx512"}) {
        const Machine machine = machine_for(family);
        for (const Layer &layer : benchmark_layers()) {
            const Ranking::Entry limited = rank_variants(layer, machine).proposals.front();
            const Ranking::Entry free = rank_variants(unlimited(layer), machine).proposals.front();
            SCOPED_TRACE(layer.name + " on " + family);
            EXPECT_EQ(limited.variant->id, free.variant->id);
            EXPECT_EQ(limited.proposal.knobs, free.proposal.knobs);
            EXPECT_LE(limited.proposal.workspace_bytes, layer.workspace_limit());
        }
    }
}

// Large tensors of few channels: with 32 taps an output cell of a phase, a copy of each phase's input would be beyond
// reason.
TEST(Workspace, IsNotWithoutLimit) {
    Layer layer = layer_of("upsample16", {64, 64, 64, 32, 16, 1});
    for (const char *family : kFamilies) {
        const Machine machine = machine_for(family);
        const Ranking::Entry chosen = rank_variants(layer, machine).proposals.front();
        EXPECT_LE(chosen.proposal.workspace_bytes, (layer.input_elements() + layer.output_elements()) * kElementBytes)
            << family;
        EXPECT_NE(chosen.variant->id, "reference");
    }
}

TEST(Workspace, RankingLeavesOutWhatIsTooLarge) {
    const Machine machine = machine_for("x86_avx2");
    for (const Layer &layer : odd_layers()) {
        const Ranking ranking = rank_variants(with_limit(layer, 0), machine);
        EXPECT_EQ(ranking.proposals.back().variant->id, "reference");
        EXPECT_EQ(ranking.proposals.size() + ranking.declines.size(), variants().size());
        for (const auto &[variant, proposal] : ranking.proposals) {
            EXPECT_EQ(proposal.workspace_bytes, 0) << layer.name << ", " << variant->id;
            EXPECT_NE(proposal.why, "");
        }
        for (const auto &[variant, declined] : ranking.declines) {
            EXPECT_NE(declined.why, "") << layer.name << ", " << variant->id;
        }
    }
}

// On a device the scratch is not the caller's.
TEST(Workspace, OfAGpuIsNotLimited) {
    const Machine gpu = machine_for("gpu");
    for (const Layer &layer : odd_layers()) {
        const Ranking::Entry chosen = rank_variants(with_limit(layer, 0), gpu).proposals.front();
        EXPECT_NE(chosen.variant->id, "reference") << layer.name;
        EXPECT_EQ(chosen.proposal.knobs, rank_variants(layer, gpu).proposals.front().proposal.knobs) << layer.name;
    }
}

}  // namespace
}  // namespace tconv::test
