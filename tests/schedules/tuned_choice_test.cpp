// SPDX-License-Identifier: Apache-2.0
// Which of the records in a file a layer gets, and what is said of the others.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "generators/variants/variant.h"
#include "runtime/base/files.h"
#include "tests/schedules/record_files.h"
#include "tests/schedules/schedule_layers.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {
namespace {

using nlohmann::json;

class TunedChoice : public testing::Test {
protected:
    Knobs knobs(int tile_x) const {
        Knobs knobs = proposed_knobs(*find_variant("phases"), layer_, target_.machine());
        knobs["tile_x"] = tile_x;
        return knobs;
    }

    json record(int tile_x) const { return record_json(target_, layer_, "phases", knobs(tile_x)); }

    json with(json record, const std::string &key, const json &value) const {
        record[key] = value;
        return record;
    }

    // Of the layer, by the records in one file.
    Choice choice(const json &records, int threads = 1) const { return choice_of(layer_, records, threads); }

    Choice choice_of(const Layer &layer, const json &records, int threads = 1) const {
        const TemporaryFolder folder;
        EXPECT_TRUE(write_file(folder.file("board.json"), records.dump()));
        BuildOptions options;
        options.tuned = folder.file("board.json");
        options.threads = threads;
        const Expected<Choice> choice = choose(layer, target_, options);
        if (!choice) {
            ADD_FAILURE() << choice.error().message;
            return {};
        }
        return *choice;
    }

    // What no longer fits is passed over by name, and the defaults are taken.
    void expect_passed_over(const std::string &variant, const Knobs &knobs, const std::string &reason) const {
        const Choice made = choice(json::array({record_json(target_, layer_, variant, knobs)}));
        EXPECT_EQ(made.knobs_from, "default");
        const std::string whole = "board.json: tuned record of 2026-01-31 on test (" + variant + "): " + reason;
        EXPECT_EQ(made.passed_over.rfind(whole, 0), 0u) << made.passed_over;
    }

    const TargetInfo target_ = *find_target("x86-64-avx2");
    const Layer layer_ = layer_of("tuned_layer", {8, 16, 40, 3, 2, 1});
};

TEST_F(TunedChoice, InvalidKnobsArePassedOver) {
    expect_passed_over("phases", knobs(99), "tile_x = 99: must be one of");
}

TEST_F(TunedChoice, AnUnknownVariantIsPassedOver) {
    expect_passed_over("winograd9", {}, "--variant = winograd9: must be one of phases");
}

TEST_F(TunedChoice, AVariantThatDoesNotTakeTheLayerIsPassedOver) {
    expect_passed_over("gpu_phases", {}, "variant gpu_phases does not take the layer: ");
}

TEST_F(TunedChoice, TheNextIsTakenForOneThatIsPassedOver) {
    const json newest = with(record(99), "date", "2026-02-02"), newer = with(record(2), "date", "2026-02-01");
    const Choice made = choice(json::array({record(1), newer, newest}));
    EXPECT_EQ(made.knobs_from, "tuned");
    EXPECT_EQ(made.knobs, knobs(2));
}

TEST_F(TunedChoice, OneForAnotherEpilogueIsTakenWhereItsOwnIsPassedOver) {
    Layer other = layer_;
    other.bias = !other.bias;
    const Choice made = choice(json::array({record(99), record_json(target_, other, "phases", knobs(1))}));
    EXPECT_EQ(made.knobs_from, "transferred");
    EXPECT_EQ(made.knobs, knobs(1));
}

TEST_F(TunedChoice, TheNumberOfThreadsDecidesBeforeTheDate) {
    const json records =
        json::array({with(record(1), "threads", 4), with(with(record(2), "threads", 2), "date", "2026-02-01")});
    EXPECT_EQ(choice(records).knobs, knobs(2));
    EXPECT_EQ(choice(records, 3).knobs, knobs(2)) << "of two as near, the lower one";
    EXPECT_EQ(choice(records, 4).knobs, knobs(1));
    // So it does between layers that differ in bias alone.
    Layer other = layer_;
    other.bias = !other.bias;
    EXPECT_EQ(choice_of(other, records).knobs, knobs(2));
    EXPECT_EQ(choice_of(other, records, 64).knobs, knobs(1));
    EXPECT_EQ(choice_of(other, records, 64).knobs_from, "transferred");
}

TEST_F(TunedChoice, RecordsOfOtherTargetsInTheFileAreIgnored) {
    const TargetInfo arm = *find_target("arm64-neon");
    const json of_arm = with(record_json(arm, layer_, "phases", knobs(99)), "date", "2026-02-01");
    const Choice made = choice(json::array({record(1), of_arm}));
    EXPECT_EQ(made.knobs_from, "tuned");
    EXPECT_EQ(made.knobs, knobs(1));
    const Choice none = choice(json::array({of_arm}));
    EXPECT_EQ(none.knobs_from, "default");
    EXPECT_EQ(none.passed_over, "");
}

}  // namespace
}  // namespace tconv::test
