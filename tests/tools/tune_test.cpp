// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command.h"
#include "runtime/base/files.h"

namespace tconv::test {
namespace {

using Json = nlohmann::json;

class Tune : public testing::Test {
protected:
    void SetUp() override { folder_.write("up.json", small_layer("up")); }

    Json json(const std::string &file) const { return Json::parse(*read_file(folder_.path(file))); }

    void expect_refused(const std::string &arguments, const std::string &message) const {
        const CommandResult result = folder_.tconv("tune " + arguments);
        EXPECT_EQ(result.exit_code, 1) << arguments;
        EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
        EXPECT_TRUE(is_one_line(result.err)) << result.err;
        EXPECT_EQ(folder_.leftovers(), "");
    }

    CommandFolder folder_;
};

TEST_F(Tune, WritesARecordThatBuildsTake) {
    const std::string tune =
        "tune up.json --trials 8 --minutes 1 --seed 3 --records r.json --session s.jsonl --report p.html";
    const CommandResult result = folder_.tconv(tune);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(folder_.leftovers(), "");
    ASSERT_EQ(json("r.json").size(), 1u);
    const Json record = json("r.json")[0];
    EXPECT_EQ(record.at("threads"), 1);
    EXPECT_NE(read_file(folder_.path("p.html"))->find("Best over time"), std::string::npos);
    EXPECT_EQ(record.at("seed"), 3);
    EXPECT_EQ(record.at("source"), "measured");
    EXPECT_NE(record.at("verified").get<std::string>().find("native: 0."), std::string::npos) << record.at("verified");
    EXPECT_GT(record.at("ms"), 0.0);
    EXPECT_GT(record.at("default_ms"), 0.0);

    const std::string build = "build up.json --target host --tuned r.json -o out";
    ASSERT_EQ(folder_.tconv(build).exit_code, 0);
    const Json sidecar = json("out/up.json");
    EXPECT_EQ(sidecar.at("knobs_from"), "tuned");
    EXPECT_EQ(sidecar.at("variant"), record.at("variant"));
    EXPECT_EQ(sidecar.at("knobs"), record.at("knobs"));

    // A session that is over has nothing left to do; one of another target is another.
    const CommandResult again = folder_.tconv(tune);
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_NE(again.out.find("done before"), std::string::npos) << again.out;
    EXPECT_EQ(json("r.json")[0], record);
    expect_refused("up.json --target x86-64 --records r.json --session s.jsonl", "s.jsonl: is a session of target ");
}

TEST_F(Tune, ReplacesRecordsOfItsOwnKeyOnly) {
    const std::string tune = "tune up.json --trials 1 --minutes 1 --records r.json";
    ASSERT_EQ(folder_.tconv(tune).exit_code, 0);
    Json records = json("r.json");
    Json other = records[0];
    other["cpu"] = "another";
    records[0]["ms"] = 1e9;
    records.push_back(other);
    folder_.write("r.json", records.dump());
    ASSERT_EQ(folder_.tconv(tune).exit_code, 0);
    const Json now = json("r.json");
    ASSERT_EQ(now.size(), 2u);
    EXPECT_LT(now[0].at("ms"), 1e6);
    EXPECT_EQ(now[1].at("cpu"), "another");
}

TEST_F(Tune, KeepsWhatItHasWhenItIsInterrupted) {
    folder_.write_script("interrupt_when_tried",
                         "\"$@\" & tune=$!\n"
                         "while kill -0 $tune && [ \"$(cat s.jsonl | wc -l)\" -lt 2 ]; do sleep 0.1; done\n"
                         "kill -TERM $tune; wait $tune\n");
    const CommandResult result =
        folder_.tconv("tune up.json --minutes 5 --records r.json --session s.jsonl", "./interrupt_when_tried");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.out.find("interrupted"), std::string::npos) << result.out;
    EXPECT_EQ(json("r.json").size(), 1u);
    EXPECT_EQ(folder_.leftovers(), "");
    // It goes on, and is over when its candidates are.
    const CommandResult again = folder_.tconv("tune up.json --minutes 5 --trials 1 --records r.json --session s.jsonl");
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_NE(again.out.find("--trials reached"), std::string::npos) << again.out;
}

TEST_F(Tune, RefusesWhatHasNoTimes) {
    expect_refused("up.json --target host --emulator qemu-x86_64",
                   "--emulator = qemu-x86_64: an emulator's times say nothing");
    expect_refused("up.json --target opencl", "--target = opencl: tune times libraries for processors only");
    expect_refused("up.json --target arm64-noos", "--target = arm64-noos: ");
}

TEST_F(Tune, RefusesFilesThatItCannotUse) {
    for (const char *option : {"--records", "--session", "--report"}) {
        expect_refused(std::string("up.json ") + option + " up.json", std::string(option) + " = up.json: ");
    }
    folder_.write("bad.json", "{}");
    expect_refused("up.json --records bad.json", "bad.json: tuned records = {}: must be a list of records");
    expect_refused("up.json --tuned absent", "--tuned = absent: must be a folder or a file of tuned records");
    expect_refused("up.json --records absent/r.json", "--records = absent/r.json: ");
    expect_refused("up.json --report absent/p.html", "--report = absent/p.html: ");
    EXPECT_FALSE(folder_.has("tuned_records.json"));
}

TEST_F(Tune, ReportsACompilerThatFails) {
    folder_.write_script("cc", "exit 1\n");
    expect_refused("up.json --minutes 1 --cc ./cc", "--cc = ");
    EXPECT_FALSE(folder_.has("tuned_records.json"));
}

}  // namespace
}  // namespace tconv::test
