// SPDX-License-Identifier: Apache-2.0
// `tconv calibrate`, and --machine where --cpu is taken.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "calibration_samples.h"
#include "command.h"
#include "runtime/base/files.h"

namespace tconv::test {
namespace {

using Json = nlohmann::json;

class Calibrate : public testing::Test {
protected:
    void SetUp() override { folder_.write("up.json", small_layer("up")); }

    // A runner that prints what a machine might, whatever program it is given.
    void write_board(const SampleMachine &sample) const {
        folder_.write("facts.txt", sample.output());
        folder_.write_script("board.sh", "test -x \"$1\" && cat facts.txt\n");
    }

    void expect_no_file(const std::string &arguments, const std::string &line) const {
        const CommandResult result = folder_.tconv("calibrate --target x86-64-avx2 -o machine.json " + arguments);
        EXPECT_EQ(result.exit_code, 1) << arguments;
        EXPECT_EQ(result.out, "");
        EXPECT_TRUE(is_one_line(result.err)) << result.err;
        EXPECT_NE(result.err.find(line), std::string::npos) << result.err;
        EXPECT_FALSE(folder_.has("machine.json"));
        EXPECT_EQ(folder_.leftovers(), "");
    }

    CommandFolder folder_;
};

TEST_F(Calibrate, MeasuresThisMachine) {
    const CommandResult result = folder_.tconv("calibrate --seconds 1 -o machine.json");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(folder_.leftovers(), "");
    EXPECT_NE(result.out.find("measured: machine.json"), std::string::npos) << result.out;
    const Json machine = Json::parse(*read_file(folder_.path("machine.json")));
    for (const char *key :
         {"fma_units", "fma_unit_bits", "fma_latency", "loads", "load_bits", "l2", "l3", "memory", "to_memory"}) {
        EXPECT_EQ(machine.at("facts").at(key).at("source"), "measured") << key;
        EXPECT_GT(machine.at("facts").at(key).at("value"), 0) << key;
        EXPECT_GE(machine.at("facts").at(key).at("spread"), 0) << key;
    }
    for (const char *key : {"cpu", "cpu_name", "like", "target", "family", "date", "tconv"}) {
        EXPECT_FALSE(machine.at(key).get<std::string>().empty()) << key;
    }
    const CommandResult explained = folder_.tconv("explain up.json --machine machine.json");
    EXPECT_EQ(explained.exit_code, 0) << explained.err;
    EXPECT_NE(explained.out.find("measured: machine.json"), std::string::npos) << explained.out;
}

TEST_F(Calibrate, AsksABoardThroughARunner) {
    write_board({});
    for (const char *runner :
         {"sh ./board.sh {program}", "sh ./board.sh", "true; sh ./board.sh {program} </dev/null"}) {
        const CommandResult result = folder_.tconv(std::string("calibrate --target x86-64-avx2 -o board.json --like ") +
                                                   "haswell --runner '" + runner + "'");
        ASSERT_EQ(result.exit_code, 0) << result.err;
        EXPECT_EQ(result.err, "");
        EXPECT_EQ(result.out.rfind("Some Processor 3000, x86-64-avx2\n", 0), 0u) << result.out;
        const Json machine = Json::parse(*read_file(folder_.path("board.json")));
        EXPECT_EQ(machine.at("cpu_name"), "some_processor_3000");
        EXPECT_EQ(machine.at("like"), "haswell");
        EXPECT_EQ(machine.at("facts").at("l2").at("value"), 32);
    }
    EXPECT_EQ(folder_.leftovers(), "");
}

TEST_F(Calibrate, SaysInOneLineWhatARunnerDidWrong) {
    folder_.write_script("garbage.sh", "head -c 2000 /dev/urandom; echo; echo no facts here\n");
    folder_.write_script("silent.sh", "exit 0\n");
    folder_.write_script("fails.sh", "echo starting; echo no route to board >&2; exit 3\n");
    folder_.write_script("hangs.sh", "exec sleep 60\n");
    folder_.write_script("dies.sh", "kill -SEGV $$\n");
    expect_no_file("--runner ./garbage.sh", "--runner = ./garbage.sh: printed ");
    expect_no_file("--runner ./silent.sh", "--runner = ./silent.sh: printed nothing");
    expect_no_file("--runner ./fails.sh", "--runner = ./fails.sh: no route to board");
    expect_no_file("--runner ./hangs.sh --timeout 1",
                   "--runner = ./hangs.sh: had printed no line after 1 s; tried 2 times in ");
    expect_no_file("--runner ./dies.sh", "--runner = ./dies.sh: ended by signal 11");
    expect_no_file("--runner ./none.sh", "--runner = ./none.sh: ");
}

TEST_F(Calibrate, RefusesWhatNoProcessorDoes) {
    SampleMachine sample;
    sample.fma_chain = 0.002;
    write_board(sample);
    expect_no_file("--runner ./board.sh",
                   "--runner = ./board.sh: measured what no processor does: facts.fma_latency.value = 500: must be an "
                   "integer from 1 to 100");
}

TEST_F(Calibrate, RefusesWhatItCannotMeasure) {
    expect_no_file("--like znver33", "--like = znver33: must be one of generic, haswell");
    expect_no_file("--cc no_such_compiler", "--cc = no_such_compiler: ");
    const auto refused = [&](const std::string &arguments) {
        const CommandResult result = folder_.tconv("calibrate " + arguments);
        EXPECT_EQ(result.exit_code, 1);
        EXPECT_TRUE(is_one_line(result.err)) << result.err;
        return result.err;
    };
    EXPECT_NE(refused("--target cuda-sm80 -o m.json").find("only processors of x86 and 64-bit ARM"), std::string::npos);
    EXPECT_NE(refused("--target arm64-neon -o m.json").find("name a --runner"), std::string::npos);
    EXPECT_NE(refused("--target risc -o m.json").find("--target = risc: must be one of"), std::string::npos);
    EXPECT_NE(refused("-o none/m.json").find("--output = none/m.json: "), std::string::npos);
    EXPECT_FALSE(folder_.has("m.json"));
}

TEST_F(Calibrate, ItsFileStandsInPlaceOfACpu) {
    write_board({});
    ASSERT_EQ(folder_.tconv("calibrate --target x86-64-avx2 -o m.json --runner ./board.sh").exit_code, 0);
    const CommandResult built = folder_.tconv("build up.json --target x86-64-avx2 --machine m.json -o out");
    ASSERT_EQ(built.exit_code, 0) << built.err;
    EXPECT_EQ(Json::parse(*read_file(folder_.path("out/up.json"))).at("cpu"), "some_processor_3000");
    EXPECT_EQ(folder_.tconv("verify up.json --target x86-64-avx2 --machine m.json").exit_code, 0);
    const auto refused = [&](const std::string &arguments) {
        const CommandResult result = folder_.tconv(arguments);
        EXPECT_EQ(result.exit_code, 1);
        EXPECT_TRUE(is_one_line(result.err)) << result.err;
        return result.err;
    };
    EXPECT_NE(refused("explain up.json --target x86-64-avx2 --machine m.json --cpu znver3")
                  .find("--machine = m.json: must not stand beside --cpu = znver3: both name a processor"),
              std::string::npos);
    EXPECT_NE(refused("bench up.json --target x86-64 --machine m.json").find("--machine = m.json: has the facts of "),
              std::string::npos);
    EXPECT_NE(refused("explain up.json --machine none.json").find("--machine = none.json: cannot be read"),
              std::string::npos);
    EXPECT_NE(refused("explain up.json --machine up.json").find("--machine = up.json: "), std::string::npos);
}

}  // namespace
}  // namespace tconv::test
