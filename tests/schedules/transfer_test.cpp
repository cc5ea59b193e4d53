// SPDX-License-Identifier: Apache-2.0
// What records of other layers say about one that has none.
#include "tools/compiler/transfer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "runtime/base/files.h"
#include "tests/runtime/temporary_folder.h"
#include "tests/schedules/schedule_layers.h"
#include "tests/support/variant_calls.h"
#include "tools/compiler/build_library.h"

namespace tconv::test {
namespace {

class TransferOfRecords : public testing::Test {
protected:
    // Of a layer whose default is `channel_lanes` by estimate: that `column_rows` took 1/gain of its time.
    TunedRecord record(const Layer &layer, double gain) const {
        const Machine machine = target_.machine();
        TunedRecord record;
        record.workload = layer.workload();
        record.target = target_.name;
        record.cpu = target_.cpu;
        record.model = "A Processor";
        record.halide = record.llvm = record.commit = "1";
        record.date = "2026-01-31";
        record.variant = "column_rows";
        record.knobs = proposed_knobs(*find_variant("column_rows"), layer, machine);
        record.default_variant = "channel_lanes";
        record.default_knobs = proposed_knobs(*find_variant("channel_lanes"), layer, machine);
        record.default_ms = 1;
        record.ms = 1 / gain;
        record.percent_of_limit = 50;
        return record;
    }

    TunedRecord saying_the_default(const Layer &layer) const {
        TunedRecord record = this->record(layer, 1);
        record.variant = record.default_variant;
        record.knobs = record.default_knobs;
        return record;
    }

    std::optional<Transfer> transfer(const std::vector<TunedRecord> &records, int threads = 1) const {
        return transfer_to(layer_, records, threads);
    }

    std::optional<Transfer> transfer_to(const Layer &layer, const std::vector<TunedRecord> &records,
                                        int threads = 1) const {
        return transfer_from(records, layer, target_, rank_variants(layer, target_.machine()), threads);
    }

    static Layer with_channels(int64_t in) { return layer_of("few", {64, in, 3, 4, 2, 1}); }

    const TargetInfo target_ = *find_target("x86-64-avx512", "sapphirerapids");
    const Layer layer_ = with_channels(128), near_ = with_channels(96), farther_ = with_channels(512),
                far_ = layer_of("far", {4, 8, 1, 3, 1, 1});
};

TEST_F(TransferOfRecords, TakesTheChangeOfANeighbour) {
    ASSERT_EQ(rank_variants(layer_, target_.machine()).proposals.front().variant->id, "channel_lanes");
    const auto found = transfer({record(near_, 2)});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->variant->id, "column_rows");
    EXPECT_EQ(found->variant->check_knobs(layer_, target_.machine(), found->knobs), "");
    EXPECT_EQ(found->record.workload, near_.workload());
    EXPECT_GT(found->gain, 1.5);
    EXPECT_LT(found->gain, 2.5);
}

TEST_F(TransferOfRecords, TrustsWhatIsFartherLess) {
    const auto near = transfer({record(near_, 2)}), farther = transfer({record(farther_, 2)});
    ASSERT_TRUE(near && farther);
    EXPECT_GT(near->gain, farther->gain);
    EXPECT_FALSE(transfer({record(far_, 2)}));
}

TEST_F(TransferOfRecords, TrustsAnotherProcessorHalf) {
    TunedRecord other = record(near_, 2);
    other.cpu = "icelake-server";
    const auto own = transfer({record(near_, 2)}), others = transfer({other});
    ASSERT_TRUE(own && others);
    EXPECT_GT(own->gain, others->gain);
    EXPECT_GT(others->gain, 1.1);
}

TEST_F(TransferOfRecords, NeedsAClearGain) { EXPECT_FALSE(transfer({record(near_, 1.0)})); }

TEST_F(TransferOfRecords, IsSpokenAgainstByThoseThatFoundNothing) {
    const TunedRecord gain = record(near_, 1.3);
    const auto alone = transfer({gain});
    ASSERT_TRUE(alone);
    std::vector<TunedRecord> records = {gain};
    double before = alone->gain;
    for (const int64_t channels : {112, 120, 136, 144}) {
        records.push_back(saying_the_default(with_channels(channels)));
        const auto found = transfer(records);
        EXPECT_LE(found ? found->gain : 1, before) << records.size();
        before = found ? found->gain : 1;
    }
    EXPECT_EQ(before, 1) << "one gain among five";
}

TEST_F(TransferOfRecords, TakesKnobsThatBeginAlike) {
    TunedRecord change = saying_the_default(near_);
    change.knobs["task_rows"] = 2 * change.default_knobs.at("task_rows");
    change.ms = 0.8;
    const auto found = transfer({change});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->variant->id, "channel_lanes");
    EXPECT_EQ(found->knobs.at("task_rows"), change.knobs.at("task_rows"));
    // Where the default has another value already, the record says nothing of it.
    change.default_knobs["task_rows"] /= 2;
    EXPECT_FALSE(transfer({change}));
}

TEST_F(TransferOfRecords, IsOfTheSameTargetLayoutAndKindOfThreads) {
    TunedRecord other = record(near_, 2);
    other.target = "x86-64-avx2";
    EXPECT_FALSE(transfer({other}));
    other = record(near_, 2);
    other.threads = 2;
    EXPECT_FALSE(transfer({other}));
    EXPECT_TRUE(transfer({other}, 4));
    other = record(near_, 2);
    other.workload.replace(other.workload.find(":last"), 5, ":first");
    EXPECT_FALSE(transfer({other}));
}

TEST_F(TransferOfRecords, PassesOverWhatItCannotCompare) {
    TunedRecord other = record(near_, 2);
    other.default_variant.clear();
    EXPECT_FALSE(transfer({other})) << "no default is stated";
    other = record(near_, 2);
    other.default_knobs.erase("tile_x");
    EXPECT_FALSE(transfer({other})) << "of a tconv with other knobs";
    other = record(near_, 2);
    other.workload = "a layer";
    EXPECT_FALSE(transfer({other}));
    other = record(near_, 2);
    other.is_measured = false;
    EXPECT_FALSE(transfer({other}));
}

TEST_F(TransferOfRecords, KeepsToTheLayersLimits) {
    const Machine machine = target_.machine();
    const Variant &winograd = *find_variant("winograd");
    int layers = 0;
    for (Layer layer : benchmark_layers()) {
        const Ranking::Entry by_default = rank_variants(layer, machine).proposals.front();
        const Proposed proposed = winograd.propose(layer, machine);
        if (by_default.variant == &winograd || !proposed) continue;
        TunedRecord change = record(near_, 10);
        change.workload = layer.workload();
        change.default_variant = by_default.variant->id;
        change.default_knobs = by_default.proposal.knobs;
        change.variant = "winograd";
        change.knobs = proposed->knobs;
        EXPECT_TRUE(transfer_to(layer, {change})) << layer.name;
        layer.max_workspace_bytes = 0;
        EXPECT_FALSE(transfer_to(layer, {change})) << layer.name;
        layers++;
    }
    EXPECT_GT(layers, 0);
}

TEST_F(TransferOfRecords, IsWhatABuildTakes) {
    const TemporaryFolder folder;
    ASSERT_TRUE(write_file(folder.file("board.json"), tuned_records_text({record(near_, 2)})));
    BuildOptions options;
    options.tuned = folder.file("board.json");
    const Expected<Choice> made = choose(layer_, target_, options);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->knobs_from, "transferred");
    EXPECT_EQ(made->variant, "column_rows");
    EXPECT_EQ(made->reason.rfind(
                  "from the tuned record of " + near_.workload() + ", 2026-01-31 on A Processor: expected ", 0),
              0u)
        << made->reason;
    options.variant = "channel_lanes";
    EXPECT_EQ(choose(layer_, target_, options)->knobs_from, "default");
}

}  // namespace
}  // namespace tconv::test
