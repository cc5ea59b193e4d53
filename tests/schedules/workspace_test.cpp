// SPDX-License-Identifier: Apache-2.0
// The scratch that a plan asks for, and the limit that a layer sets to it: every search for defaults keeps to the
// limit, and finds the best there is within it.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "generators/variants/ranking.h"
#include "tests/schedules/schedule_layers.h"

namespace tconv::test {
namespace {

constexpr int64_t kElementBytes = 4;
const char *const kFamilies[] = {"x86_avx2", "x86_avx512", "arm_neon"};

Layer with_limit(Layer layer, int64_t bytes) {
    layer.max_workspace_bytes = bytes;
    return layer;
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
        if (!variant.accepts(layer, machine)) {
            continue;
        }
        const std::vector<KnobSpec> space = variant.knob_space(layer, machine);
        Knobs knobs = variant.default_knobs(layer, machine);
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

TEST(Workspace, DefaultsKeepToTheLimitOrNeedTheLeast) {
    std::mt19937 random(11);
    for (const char *family : kFamilies) {
        const Machine machine = machine_for(family);
        for (const Layer &layer : odd_layers()) {
            for (const Variant &variant : variants()) {
                if (!variant.accepts(layer, machine) || variant.workspace == nullptr) {
                    continue;
                }
                const Knobs liked = variant.default_knobs(unlimited(layer), machine);
                const int64_t least =
                    bytes_of(variant, layer, machine, variant.default_knobs(with_limit(layer, 0), machine));
                double cost = std::numeric_limits<double>::infinity();
                for (const int64_t limit : tight_limits(bytes_of(variant, layer, machine, liked))) {
                    const Layer limited = with_limit(layer, limit);
                    const Knobs knobs = variant.default_knobs(limited, machine);
                    SCOPED_TRACE(layer.name + " on " + machine.family + ", " + std::to_string(limit) +
                                 " bytes: " + variant.id + " " + to_string(knobs));
                    EXPECT_EQ(variant.check_knobs(limited, machine, knobs), "");
                    const int64_t bytes = bytes_of(variant, layer, machine, knobs);
                    EXPECT_LE(bytes, std::max(limit, least));
                    if (bytes <= limit && variant.id != "streamed") {  // whose defaults follow a rule, not the cost
                        EXPECT_LE(variant.cost(layer, machine, knobs), cost) << "more room and slower";
                        cost = variant.cost(layer, machine, knobs);
                    }
                }
                EXPECT_EQ(variant.default_knobs(with_limit(layer, bytes_of(variant, layer, machine, liked)), machine),
                          liked);
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
            if (!variant.accepts(layer, machine)) {
                continue;
            }
            const int64_t liked = bytes_of(variant, layer, machine, variant.default_knobs(unlimited(layer), machine));
            for (const int64_t limit : {liked - 1, liked / 2}) {
                const Layer limited = with_limit(layer, std::max<int64_t>(limit, 0));
                const Knobs best = variant.default_knobs(limited, machine);
                if (bytes_of(variant, layer, machine, best) > limit) {
                    continue;
                }
                for (int sample = 0; sample < 500; sample++) {
                    const Knobs knobs = random_knobs(variant.knob_space(layer, machine), random);
                    if (variant.check_knobs(layer, machine, knobs).empty() &&
                        bytes_of(variant, layer, machine, knobs) <= limit) {
                        EXPECT_GE(variant.cost(layer, machine, knobs) * (1 + 1e-9), variant.cost(layer, machine, best))
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
            const RankedVariant limited = rank_variants(layer, machine).front();
            const RankedVariant free = rank_variants(unlimited(layer), machine).front();
            SCOPED_TRACE(layer.name + " on " + family);
            EXPECT_EQ(limited.variant->id, free.variant->id);
            EXPECT_EQ(limited.knobs, free.knobs);
            EXPECT_TRUE(limited.allowed);
            EXPECT_LE(limited.workspace_bytes, layer.workspace_limit());
        }
    }
}

// Large tensors of few channels: with 32 taps an output cell of a phase, a copy of each phase's input would be beyond
// reason.
TEST(Workspace, IsNotWithoutLimit) {
    Layer layer = layer_of("upsample16", {64, 64, 64, 32, 16, 1});
    for (const char *family : kFamilies) {
        const Machine machine = machine_for(family);
        const RankedVariant chosen = rank_variants(layer, machine).front();
        EXPECT_TRUE(chosen.allowed) << family;
        EXPECT_LE(chosen.workspace_bytes, (layer.input_elements() + layer.output_elements()) * kElementBytes) << family;
        EXPECT_NE(chosen.variant->id, "reference");
    }
}

TEST(Workspace, RankingPutsWhatIsTooLargeBehindTheRest) {
    const Machine machine = machine_for("x86_avx2");
    for (const Layer &layer : odd_layers()) {
        const std::vector<RankedVariant> ranking = rank_variants(with_limit(layer, 0), machine);
        EXPECT_EQ(ranking.back().variant->id, "reference");
        EXPECT_TRUE(std::is_partitioned(ranking.begin(), ranking.end() - 1,
                                        [](const RankedVariant &ranked) { return ranked.allowed; }));
        for (const RankedVariant &ranked : ranking) {
            EXPECT_EQ(ranked.allowed, ranked.workspace_bytes == 0) << layer.name << ", " << ranked.variant->id;
        }
    }
}

// On a device the scratch is not the caller's.
TEST(Workspace, OfAGpuIsNotLimited) {
    const Machine gpu = machine_for("gpu");
    for (const Layer &layer : odd_layers()) {
        const RankedVariant chosen = rank_variants(with_limit(layer, 0), gpu).front();
        EXPECT_TRUE(chosen.allowed) << layer.name;
        EXPECT_EQ(chosen.knobs, rank_variants(layer, gpu).front().knobs) << layer.name;
    }
}

}  // namespace
}  // namespace tconv::test
