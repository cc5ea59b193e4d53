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
    auto records = read_tuned_records(folder.path(), "x86_avx2");
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
    const auto records = read_tuned_records(folder.path(), "x86_avx2");
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
    EXPECT_EQ(refusal_of(json::array({changed("ms", 0)})), "record 0: ms = 0: must be a number above 0");
    EXPECT_EQ(refusal_of(json::array({changed("seed", 1.5)})),
              "record 0: seed = 1.5: must be an integer from 0 to 2^63 - 2");
    EXPECT_EQ(refusal_of(json::array({changed("knobs", 4)})), "record 0: knobs = 4: must be an object of integers");
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
    TunedRecord slow;
    slow.workload = "w";
    slow.ms = 3;
    TunedRecord quick = slow;
    quick.ms = 2;
    TunedRecord other_workload = slow;
    other_workload.workload = "v";
    other_workload.ms = 1;
    const std::vector<TunedRecord> records = {slow, quick, other_workload};
    EXPECT_EQ(find_tuned_record(records, "w"), &records[1]);
    EXPECT_EQ(find_tuned_record(records, "x"), nullptr);
    EXPECT_EQ(find_tuned_record({}, "w"), nullptr);
    // No other workload, whatever it has in common.
    EXPECT_EQ(find_transferable_record(records, "w:f32:last"), nullptr);
}

}  // namespace
}  // namespace tconv::test
