// SPDX-License-Identifier: Apache-2.0
// What a tuning session tries next, on times that are made up.
#include "tools/tune/candidates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "schedules/machine.h"
#include "tconv/layer_file.h"

namespace tconv {
namespace {

const Machine &machine() {
    static const Machine machine = machine_for("x86_avx2", "znver3");
    return machine;
}

const Layer &layer() {
    static const Layer layer = parse_layer_text(R"({"name": "up", "op": "keras.ops.conv_transpose",
        "input_shape": [1, 16, 16, 21], "filter_shape": [4, 4, 21, 21], "strides": 2})",
                                                "")
                                   ->front();
    return layer;
}

// Of the logarithm of a time that the estimate misses: each knob costs more the further it is from a place in its list, and
// the estimate knows nothing of it.
double made_up_time(const Candidate &candidate) {
    const Variant &variant = *find_variant(candidate.variant);
    double time = std::log(variant.cycles(layer(), machine(), candidate.knobs));
    for (const KnobSpec &spec : variant.knob_space(layer(), machine())) {
        const auto at =
            std::find(spec.values.begin(), spec.values.end(), candidate.knobs.at(spec.name)) - spec.values.begin();
        const double last = static_cast<double>(spec.values.size()) - 1;
        if (last > 0) time += 0.5 * std::fabs(static_cast<double>(at) / last - 0.6);
    }
    return time;
}

TEST(Candidates, BeginWithTheRanking) {
    const std::vector<Candidate> starts = Candidates(layer(), machine(), 1).starts();
    const Ranking ranking = rank_variants(layer(), machine());
    ASSERT_GE(starts.size(), 2u);
    EXPECT_EQ(starts[0].variant, ranking.proposals[0].variant->id);
    EXPECT_EQ(starts[0].knobs, ranking.proposals[0].proposal.knobs);
    for (const Candidate &start : starts) {
        const double cycles = find_variant(start.variant)->cycles(layer(), machine(), start.knobs);
        EXPECT_LE(cycles, 2 * ranking.proposals[0].proposal.cycles) << start.variant;
    }
}

// Where two variants are estimated to take the same, a build takes the one that stands first in the table.
TEST(Candidates, BeginWithWhatABuildTakesAmongEquals) {
    const Layer equal = parse_layer_text(R"({"name": "up", "op": "keras.ops.conv_transpose",
        "input_shape": [1, 28, 28, 1024], "filter_shape": [2, 2, 512, 1024], "strides": 2})",
                                         "")
                            ->front();
    const Machine avx512 = machine_for("x86_avx512", "sapphirerapids");
    const std::vector<Ranking::Entry> ranking = rank_variants(equal, avx512).proposals;
    ASSERT_EQ(ranking[0].proposal.cycles, ranking[1].proposal.cycles);
    EXPECT_EQ(Candidates(equal, avx512, 1).starts()[0].variant, ranking[0].variant->id);
}

TEST(Candidates, AreValidAndNeverRepeated) {
    Candidates candidates(layer(), machine(), 1);
    std::set<Candidate> seen;
    for (const Candidate &start : candidates.starts()) {
        candidates.timed(start, made_up_time(start));
        seen.insert(start);
    }
    for (int round = 0; round < 30; round++) {
        const std::vector<Candidate> batch = candidates.next(6, round % 3 == 2);
        EXPECT_LE(batch.size(), 6u);
        for (const Candidate &candidate : batch) {
            EXPECT_TRUE(seen.insert(candidate).second) << candidate.variant << " " << to_string(candidate.knobs);
            EXPECT_EQ(find_variant(candidate.variant)->check_knobs(layer(), machine(), candidate.knobs), "");
            candidates.timed(candidate, made_up_time(candidate));
        }
    }
}

double best_of(const std::vector<Candidate> &all) {
    double best = 1e9;
    for (const Candidate &candidate : all) best = std::min(best, made_up_time(candidate));
    return best;
}

// Every valid setting of the variants that take part: tens of thousands, which only a made-up time can look at.
std::vector<Candidate> everything() {
    std::vector<Candidate> all;
    for (const Candidate &start : Candidates(layer(), machine(), 1).starts()) {
        const Variant &variant = *find_variant(start.variant);
        for_each_combination(variant.knob_space(layer(), machine()), [&](const Knobs &knobs) {
            if (variant.check_knobs(layer(), machine(), knobs).empty()) all.push_back({start.variant, knobs});
        });
    }
    return all;
}

// A few of them lead close to the best of all, whatever the seed.
TEST(Candidates, LeadToTheBest) {
    const std::vector<Candidate> all = everything();
    ASSERT_GT(all.size(), 2000u);
    const double best = best_of(all);
    for (const uint64_t seed : {1u, 2u, 3u}) {
        Candidates candidates(layer(), machine(), seed);
        double found = 1e9;
        int tried = 0;
        for (const Candidate &start : candidates.starts()) {
            const double time = made_up_time(start);
            found = std::min(found, time);
            candidates.timed(start, time);
            tried++;
        }
        EXPECT_GT(found - best, 0.3) << "there is nothing to find";
        for (int round = 0; tried < 60; round++) {
            for (const Candidate &candidate : candidates.next(6, round % 5 == 4)) {
                const double time = made_up_time(candidate);
                found = std::min(found, time);
                candidates.timed(candidate, time);
                tried++;
            }
        }
        EXPECT_LT(found - best, 0.03) << "seed " << seed;
    }
}

TEST(ResidualModels, LearnWhatAKnobDoes) {
    const std::vector<KnobSpec> space = {{"a", {1, 2, 4, 8, 16}, ""}, {"b", {0, 1}, ""}, {"c", {3}, ""}};
    ResidualModel model(space);
    EXPECT_EQ(model.predict({{"a", 4}, {"b", 0}, {"c", 3}}), 0);
    const auto truth = [](int a, int b) { return 0.2 + 0.1 * std::log2(1 + a) - 0.3 * b; };
    for (const int a : {1, 2, 4, 8, 16}) {
        for (const int b : {0, 1}) {
            for (int i = 0; i < 4; i++) model.add({{"a", a}, {"b", b}, {"c", 3}}, truth(a, b));
        }
    }
    model.fit();
    EXPECT_EQ(model.size(), 40u);
    for (const int a : {1, 4, 16}) {
        for (const int b : {0, 1}) EXPECT_NEAR(model.predict({{"a", a}, {"b", b}, {"c", 3}}), truth(a, b), 0.02);
    }
}

}  // namespace
}  // namespace tconv
