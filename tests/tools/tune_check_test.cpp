// SPDX-License-Identifier: Apache-2.0
// What a session's last race decides, and `tconv tune --check`. Boards that change the times they report decide who is faster.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command.h"
#include "runtime/base/files.h"

namespace tconv::test {
namespace {

using Json = nlohmann::json;

// Times of all but the default change: by $SEARCH in a race, by $LAST in the last one, which has 15 processes.
constexpr char kPartialBoard[] =
    "\"$1\" >out.txt\n"
    "factor=$SEARCH\n"
    "[ $(grep -c ^process out.txt) -lt 15 ] || factor=$LAST\n"
    "awk -v by=$factor '$1 == \"sample\" && $2 != \"tconv_candidate_0\" { $3 *= by } { print }' out.txt\n";

class TuneCheck : public testing::Test {
protected:
    void SetUp() override {
        folder_.write("up.json", small_layer("up"));
        folder_.write_script("board.sh", kPartialBoard);
    }

    CommandResult tune(const std::string &arguments, const std::string &search, const std::string &last) const {
        return folder_.tconv("tune --target x86-64 --cpu generic --runner ./board.sh " + arguments,
                             "env SEARCH=" + search + " LAST=" + last);
    }

    Json json(const std::string &file) const { return Json::parse(*read_file(folder_.path(file))); }

    Json built(const std::string &arguments) const {
        const CommandResult result = folder_.tconv("build up.json --target x86-64 -o out " + arguments);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return json("out/up.json");
    }

    static Json record_of(const Json &sidecar) {
        return {{"workload", sidecar.at("workload")},
                {"target", "x86-64"},
                {"cpu", "generic"},
                {"model", "A Processor"},
                {"halide", "21.0.0"},
                {"llvm", "21.1"},
                {"commit", "0000000"},
                {"date", "2026-01-01"},
                {"seed", 7},
                {"variant", sidecar.at("variant")},
                {"knobs", sidecar.at("knobs")},
                {"ms", 1000},
                {"default_ms", 2000},
                {"percent_of_limit", 50}};
    }

    // Of another variant than a build takes.
    Json other_record() const {
        const bool is_phases = built("").at("variant") == "phases";
        return record_of(built(std::string("--variant ") + (is_phases ? "column_rows" : "phases")));
    }

    CommandFolder folder_;
};

TEST_F(TuneCheck, ABestThatLosesTheLastRaceIsDropped) {
    const Json by_default = record_of(built(""));
    const CommandResult result = tune("up.json --trials 2 --records r.json --session s.jsonl", "0.1", "3");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(read_file(folder_.path("s.jsonl"))->find("\"best\":true"), std::string::npos);
    const Json lost = json("r.json")[0];
    EXPECT_EQ(lost.at("variant"), by_default.at("variant"));
    EXPECT_EQ(lost.at("knobs"), by_default.at("knobs"));
    EXPECT_EQ(lost.at("ms"), lost.at("default_ms"));
}

TEST_F(TuneCheck, KeepsARecordThatIsAGain) {
    const Json record = other_record();
    folder_.write("r.json", Json::array({record}).dump());
    const CommandResult result = tune("--check r.json", "1", "0.1");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "");
    EXPECT_NE(result.out.find("  kept"), std::string::npos) << result.out;
    ASSERT_EQ(json("r.json").size(), 1u);
    const Json now = json("r.json")[0];
    for (const char *same : {"workload", "target", "cpu", "seed", "variant", "knobs"}) {
        EXPECT_EQ(now.at(same), record.at(same)) << same;
    }
    EXPECT_LT(now.at("ms"), 0.5 * now.at("default_ms").get<double>());
    EXPECT_NE(now.at("commit"), record.at("commit"));
    EXPECT_EQ(now.at("default_variant"), built("").at("variant"));
    EXPECT_EQ(now.at("verified").get<std::string>().rfind("native: 0.", 0), 0u) << now.at("verified");
    EXPECT_EQ(folder_.leftovers(), "");
}

TEST_F(TuneCheck, DropsWhatLosesAndLeavesWhatIsOfOthers) {
    const Json loses = other_record();
    Json by_default = record_of(built("")), elsewhere = by_default, threads = by_default, misfit = loses, word = loses;
    elsewhere["cpu"] = "znver3";
    threads["threads"] = 2;
    misfit["knobs"]["tile_x"] = 1000;
    word["workload"] = "a:layer";
    folder_.write("r.json", Json::array({loses, by_default, elsewhere, misfit, threads, word}).dump());
    const CommandResult result = tune("--check r.json", "1", "3");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    for (const char *part :
         {"dropped: gains nothing: 3", "kept: says the default", "left as it is: for x86-64, --cpu znver3, 1 thread\n",
          "dropped: tile_x = 1000: ", "left as it is: for x86-64, --cpu generic, 2 threads\n",
          "dropped: workload = a:layer: "}) {
        EXPECT_NE(result.out.find(part), std::string::npos) << part << " is not in\n" << result.out;
    }
    ASSERT_EQ(json("r.json").size(), 3u);
    EXPECT_EQ(json("r.json")[0].at("knobs"), by_default.at("knobs"));
    EXPECT_EQ(json("r.json")[1].at("cpu"), "znver3");
    EXPECT_EQ(json("r.json")[2].at("threads"), 2);
}

TEST_F(TuneCheck, RefusesWhatItCannotCheck) {
    const auto expect_refused = [&](const std::string &arguments, const std::string &message) {
        const CommandResult result = folder_.tconv("tune " + arguments);
        EXPECT_NE(result.exit_code, 0) << arguments;
        EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
        EXPECT_TRUE(is_one_line(result.err)) << result.err;
    };
    expect_refused("", "LAYER");
    expect_refused("up.json --check r.json", "excludes");
    expect_refused("--check r.json", "--check = r.json: no such file");
    folder_.write("r.json", "[{}]");
    expect_refused("--check r.json", "r.json: ");
    EXPECT_EQ(*read_file(folder_.path("r.json")), "[{}]");
}

}  // namespace
}  // namespace tconv::test
