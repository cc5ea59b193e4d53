// SPDX-License-Identifier: Apache-2.0
// --threads of every verb that takes tuned records: those for as many go first.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command.h"
#include "runtime/base/files.h"

namespace tconv::test {
namespace {

using Json = nlohmann::json;

constexpr char kWithRecords[] = " up.json --target x86-64 --cpu generic --tuned records.json";

class TunedThreads : public testing::Test {
protected:
    // For one thread the reference, for four what --variant phases gives.
    void SetUp() override {
        folder_.write("up.json", small_layer("up"));
        const CommandResult built =
            folder_.tconv("build up.json --target x86-64 --cpu generic --variant phases -o phases");
        ASSERT_EQ(built.exit_code, 0) << built.err;
        const Json sidecar = json("phases/up.json");
        Json one = {{"workload", sidecar.at("workload")},
                    {"target", "x86-64"},
                    {"cpu", "generic"},
                    {"model", "some model"},
                    {"halide", "21.0.0"},
                    {"llvm", "21.1"},
                    {"commit", "0123abc"},
                    {"date", "2026-01-31"},
                    {"seed", 1},
                    {"variant", "reference"},
                    {"knobs", Json::object()},
                    {"ms", 1},
                    {"default_ms", 2},
                    {"percent_of_limit", 50}};
        Json four = one;
        four["threads"] = 4;
        four["variant"] = "phases";
        four["knobs"] = sidecar.at("knobs");
        folder_.write("records.json", Json::array({one, four}).dump());
    }

    Json json(const std::string &file) const { return Json::parse(*read_file(folder_.path(file))); }

    // What the command prints is of that variant and not of the other.
    void expect_variant(const std::string &arguments, const std::string &variant, const std::string &other) const {
        const CommandResult result = folder_.tconv(arguments);
        ASSERT_EQ(result.exit_code, 0) << result.err;
        EXPECT_NE(result.out.find("variant " + variant), std::string::npos) << result.out;
        EXPECT_EQ(result.out.find("variant " + other), std::string::npos) << result.out;
    }

    CommandFolder folder_;
};

TEST_F(TunedThreads, OfBuildVerifyAndExplain) {
    for (const std::string verb : {"build -o out", "verify", "explain"}) {
        expect_variant(verb + kWithRecords, "reference", "phases");
        expect_variant(verb + kWithRecords + " --threads 4", "phases", "reference");
    }
}

TEST_F(TunedThreads, OfBench) {
    folder_.write_script("emulator",
                         "case $1 in\n"
                         "*/machine_peak) echo gflops 100; echo gigabytes_per_second 10 ;;\n"
                         "*/layer_time) echo ms 3 ;;\n"
                         "esac\n");
    for (const auto &[threads, variant] : {std::pair("1", "reference"), {"4", "phases"}}) {
        const CommandResult result = folder_.tconv(std::string("bench") + kWithRecords + " --threads " + threads +
                                                   " --emulator ./emulator --json times.json");
        ASSERT_EQ(result.exit_code, 0) << result.err;
        EXPECT_EQ(json("times.json").at("threads"), std::stoi(threads));
        EXPECT_EQ(json("times.json").at("results").at("up").at("variant"), variant);
    }
}

}  // namespace
}  // namespace tconv::test
