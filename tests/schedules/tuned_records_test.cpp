// SPDX-License-Identifier: Apache-2.0
// Reading schedules/tuned/FAMILY.json, and finding the record of a layer.
#include "schedules/tuned_records.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "runtime/base/files.h"
#include "tests/runtime/temporary_folder.h"

namespace tconv::test {
namespace {

using nlohmann::json;

json good_record() {
    return {{"workload", "n1"},
            {"target", "x86-64-avx2"},
            {"cpu", "znver3"},
            {"model", "some model"},
            {"halide", "21.0.0"},
            {"llvm", "21.1"},
            {"commit", "0123abc"},
            {"date", "2026-01-31"},
            {"seed", 7},
            {"variant", "phases"},
            {"knobs", {{"tile_x", 4}, {"tile_co", 2}}},
            {"ms", 1.25},
            {"default_ms", 2},
            {"percent_of_limit", 61.5}};
}

json changed(const std::string &key, const json &value) {
    json record = good_record();
    record[key] = value;
    return record;
}

Expected<std::vector<TunedRecord>> read_text(const std::string &text) {
    const TemporaryFolder folder;
    EXPECT_TRUE(write_file(folder.file("x86_avx2.json"), text));
    auto records = read_tuned_records(tuned_record_file(folder.path(), "x86_avx2"));
    if (records) {
        return records;
    }
    // A message names the file; what follows does not depend on where that lies.
    const std::string &message = records.error().message;
    const std::string path = folder.file("x86_avx2.json") + ": ";
    EXPECT_EQ(message.rfind(path, 0), 0u) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
    return Error{records.error().code, message.substr(std::min(path.size(), message.size()))};
}

std::string refusal_of(const json &list) {
    const auto records = read_text(list.dump());
    return records ? "(accepted)" : records.error().message;
}

TEST(TunedRecords, AreNoneWithoutAFile) {
    const TemporaryFolder folder;
    const auto records = read_tuned_records(tuned_record_file(folder.path(), "x86_avx2"));
    ASSERT_TRUE(records) << records.error().message;
    EXPECT_TRUE(records->empty());
}

TEST(TunedRecords, AreReadWithAllTheirFields) {
    const auto records = read_text(json::array({good_record(), changed("ms", 3)}).dump());
    ASSERT_TRUE(records) << records.error().message;
    ASSERT_EQ(records->size(), 2u);
    const TunedRecord &record = records->front();
    EXPECT_EQ(record.workload, "n1");
    EXPECT_EQ(record.target, "x86-64-avx2");
    EXPECT_EQ(record.cpu, "znver3");
    EXPECT_EQ(record.model, "some model");
    EXPECT_EQ(record.halide, "21.0.0");
    EXPECT_EQ(record.llvm, "21.1");
    EXPECT_EQ(record.commit, "0123abc");
    EXPECT_EQ(record.date, "2026-01-31");
    EXPECT_EQ(record.seed, 7);
    EXPECT_EQ(record.variant, "phases");
    EXPECT_EQ(record.knobs, (Knobs{{"tile_co", 2}, {"tile_x", 4}}));
    EXPECT_EQ(record.ms, 1.25);
    EXPECT_EQ(record.default_ms, 2);
    EXPECT_EQ(record.percent_of_limit, 61.5);
    EXPECT_EQ((*records)[1].ms, 3);
}

TEST(TunedRecords, MayLieInAFileOfAnyName) {
    const TemporaryFolder folder;
    ASSERT_TRUE(write_file(folder.file("board.json"), json::array({good_record()}).dump()));
    const auto records = read_tuned_records(tuned_record_file(folder.file("board.json"), "x86_avx2"));
    ASSERT_TRUE(records) << records.error().message;
    EXPECT_EQ(records->size(), 1u);
}

// Those that were made before there were these keys.
TEST(TunedRecords, AreMeasuredOnOneThreadUnlessTheySayOtherwise) {
    const auto records = read_text(json::array({good_record()}).dump());
    ASSERT_TRUE(records) << records.error().message;
    EXPECT_EQ(records->front().threads, 1);
    EXPECT_TRUE(records->front().is_measured);
    EXPECT_EQ(records->front().verified, "");
}

TEST(TunedRecords, ComeBackAsTheyWereWritten) {
    json whole = good_record();
    whole["threads"] = 4;
    whole["source"] = "model";
    whole["verified"] = "native: 0.31 of the bound";
    whole["default_variant"] = "phases";
    whole["default_knobs"] = {{"tile_x", 3}};
    const auto records = read_text(json::array({good_record(), whole}).dump());
    ASSERT_TRUE(records) << records.error().message;
    EXPECT_EQ((*records)[1].threads, 4);
    EXPECT_FALSE((*records)[1].is_measured);
    EXPECT_EQ((*records)[1].verified, "native: 0.31 of the bound");
    EXPECT_EQ((*records)[0].default_variant, "");
    EXPECT_EQ((*records)[1].default_knobs, (Knobs{{"tile_x", 3}}));
    const std::string text = tuned_records_text(*records);
    EXPECT_EQ(text.rfind("[\n  {\n    \"workload\": \"n1\",\n    \"target\": ", 0), 0u) << text;
    EXPECT_EQ(json::parse(text)[1], whole);
    const auto again = read_text(text);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(tuned_records_text(*again), text);
}

TEST(TunedRecords, RefuseWhatIsNoList) {
    EXPECT_EQ(refusal_of({{"records", 1}}), "tuned records = {\"records\":1}: must be a list of records");
    EXPECT_EQ(refusal_of(json::array({5})), "record 0: the record = 5: must be an object");
    EXPECT_EQ(read_text("").error().message, "not valid JSON: the text is empty");
    EXPECT_EQ(read_text("[{\"workload\": ").error().message.rfind("not valid JSON: ", 0), 0u);
}

TEST(TunedRecords, RefuseUnknownKey) {
    const std::string message = refusal_of(json::array({good_record(), changed("speed", 9)}));
    EXPECT_EQ(message.rfind("record 1: speed = 9: unknown key; a tuned record has workload, target, ", 0), 0u)
        << message;
}

TEST(TunedRecords, RefuseMissingKey) {
    const json record = good_record();
    for (const auto &member : record.items()) {
        json without = record;
        without.erase(member.key());
        EXPECT_EQ(refusal_of(json::array({without})),
                  "record 0: " + member.key() + " = (missing): a tuned record requires it");
    }
}

TEST(TunedRecords, RefuseWrongTypes) {
    for (const char *key : {"workload", "target", "cpu", "model", "halide", "llvm", "commit", "date", "variant"}) {
        EXPECT_EQ(refusal_of(json::array({changed(key, 3)})),
                  std::string("record 0: ") + key + " = 3: must be a string");
    }
    for (const char *key : {"ms", "default_ms", "percent_of_limit"}) {
        EXPECT_EQ(refusal_of(json::array({changed(key, "1")})),
                  std::string("record 0: ") + key + " = \"1\": must be a number above 0");
    }
    EXPECT_EQ(refusal_of(json::array({changed("threads", 0)})), "record 0: threads = 0: must not be below 1");
    EXPECT_EQ(refusal_of(json::array({changed("threads", 1.5)})), "record 0: threads = 1.5: must be an integer");
    EXPECT_EQ(refusal_of(json::array({changed("source", 3)})), "record 0: source = 3: must be a string");
    EXPECT_EQ(refusal_of(json::array({changed("source", "guess")})),
              "record 0: source = \"guess\": must be \"measured\" or \"model\"");
    EXPECT_EQ(refusal_of(json::array({changed("verified", true)})), "record 0: verified = true: must be a string");
    EXPECT_EQ(refusal_of(json::array({changed("ms", 0)})), "record 0: ms = 0: must be a number above 0");
    EXPECT_EQ(refusal_of(json::array({changed("seed", 1.5)})),
              "record 0: seed = 1.5: must be an integer from 0 to 2^63 - 2");
    EXPECT_EQ(refusal_of(json::array({changed("knobs", 4)})), "record 0: knobs = 4: must be an object of integers");
    EXPECT_EQ(refusal_of(json::array({changed("default_variant", "phases")})),
              "record 0: default_knobs = (missing): a tuned record requires it");
    EXPECT_EQ(refusal_of(json::array({changed("default_knobs", {{"tile_x", 3}})})),
              "record 0: default_knobs = {\"tile_x\":3}: needs default_variant");
    EXPECT_EQ(refusal_of(json::array({changed("knobs", {{"tile_x", 1.0}})})),
              "record 0: knobs.tile_x = 1.0: must be an integer");
    EXPECT_EQ(refusal_of(json::array({changed("knobs", {{"tile_x", 1LL << 40}})})),
              "record 0: knobs.tile_x = 1099511627776: must not exceed 2147483647");
}

TEST(TunedRecords, AreForATargetAndAProcessor) {
    TunedRecord record;
    record.target = "t";
    record.cpu = "c";
    TunedRecord other_target = record, other_cpu = record;
    other_target.target = "u";
    other_cpu.cpu = "d";
    const std::vector<TunedRecord> own = records_for({other_target, record, other_cpu}, "t", "c");
    ASSERT_EQ(own.size(), 1u);
    EXPECT_EQ(own.front().target, "t");
    EXPECT_EQ(own.front().cpu, "c");
    EXPECT_TRUE(records_for({record}, "t", "generic").empty());
}

TEST(TunedRecords, AreFoundByWorkload) {
    TunedRecord record, other_workload;
    record.workload = "w";
    other_workload.workload = "v";
    const std::vector<TunedRecord> records = {other_workload, record};
    EXPECT_EQ(find_tuned_record(records, "w"), &records[1]);
    EXPECT_EQ(find_tuned_record(records, "x"), nullptr);
    EXPECT_EQ(find_tuned_record({}, "w"), nullptr);
    // No other workload, whatever it has in common.
    EXPECT_EQ(find_transferable_record(records, "w:f32:last"), nullptr);
}

TunedRecord dated(const std::string &date, double ms, int threads = 1, bool is_measured = true) {
    TunedRecord record;
    record.workload = "w";
    record.date = date;
    record.ms = ms;
    record.threads = threads;
    record.is_measured = is_measured;
    return record;
}

// Milliseconds of the one in force, which tell the records apart.
double in_force(const std::vector<TunedRecord> &records, int threads = 1) {
    const TunedRecord *found = find_tuned_record(records, "w", threads);
    EXPECT_EQ(found, find_transferable_record(records, "w", threads));
    return found == nullptr ? 0 : found->ms;
}

TEST(TunedRecords, TheNewestIsInForceHoweverQuickOthersWere) {
    EXPECT_EQ(in_force({dated("2026-01-31", 1), dated("2026-02-01", 9), dated("2025-12-31", 2)}), 9);
    EXPECT_EQ(in_force({dated("2026-01-31", 1), dated("2026-01-31", 9)}), 9);
}

TEST(TunedRecords, MeasuredGoesBeforeModelled) {
    EXPECT_EQ(in_force({dated("2026-01-31", 1), dated("2026-02-01", 9, 1, false)}), 1);
}

TEST(TunedRecords, TheNearestNumberOfThreadsIsInForce) {
    const std::vector<TunedRecord> records = {dated("2026-01-31", 4, 4), dated("2026-01-31", 1),
                                              dated("2026-02-01", 8, 8)};
    EXPECT_EQ(in_force(records, 1), 1);
    EXPECT_EQ(in_force(records, 4), 4);
    EXPECT_EQ(in_force(records, 6), 4);
    EXPECT_EQ(in_force(records, 64), 8);
}

TEST(TunedRecords, OneReplacesThoseOfItsKey) {
    TunedRecord other_cpu = dated("2026-01-31", 3);
    other_cpu.cpu = "znver5";
    std::vector<TunedRecord> records = {dated("2026-01-31", 1), dated("2026-01-31", 4, 4), dated("2026-02-01", 2),
                                        other_cpu};
    replace_record(records, dated("2025-01-01", 9));
    ASSERT_EQ(records.size(), 3u);
    EXPECT_EQ(records[0].ms, 9);
    EXPECT_EQ(records[1].ms, 4);
    EXPECT_EQ(records[2].ms, 3);
    replace_record(records, dated("2025-01-01", 7, 2));
    ASSERT_EQ(records.size(), 4u);
    EXPECT_EQ(records[3].ms, 7);
}

}  // namespace
}  // namespace tconv::test
