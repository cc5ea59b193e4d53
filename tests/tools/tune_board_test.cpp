// SPDX-License-Identifier: Apache-2.0
// `tconv tune --runner`, with a board that is made of a script: it has what a user's may have, and runs programs here.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command.h"
#include "runtime/base/files.h"

namespace tconv::test {
namespace {

using Json = nlohmann::json;

// The first line of the file `faults` is what befalls the next program; "-": nothing, as where there are no lines left.
constexpr char kBoard[] =
    "echo called >>calls\n"
    "fault=$(head -n 1 faults)\n"
    "sed -i 1d faults\n"
    "case $fault in\n"
    "away) echo 'ssh: connect to host board port 22: No route to host' >&2; exit 255 ;;\n"
    "drops) \"$1\" | head -n 4; echo 'client_loop: send disconnect: Broken pipe' >&2; exit 255 ;;\n"
    "cut) \"$1\" | head -n 4 ;;\n"
    "garbage) head -c 3000 /dev/urandom ;;\n"
    "nonsense) echo race; echo sample tconv_candidate_0 none; echo end ;;\n"
    "stuck) sleep 600 & sleep 600 ;;\n"
    "hangs) echo Welcome to board; sleep 600 & sleep 600 ;;\n"
    "floods) yes all is well ;;\n"
    "slow) sleep 1; echo Welcome to board; exec \"$1\" ;;\n"
    "*) exec \"$1\" ;;\n"
    "esac\n";

class TuneOnABoard : public testing::Test {
protected:
    void SetUp() override {
        folder_.write("up.json", small_layer("up"));
        folder_.write_script("board.sh", kBoard);
        folder_.write("faults", "");
    }

    CommandResult tune(const std::string &arguments) const {
        return folder_.tconv("tune up.json --minutes 1 --records r.json " + arguments);
    }

    void expect_refused(const std::string &arguments, const std::string &message) const {
        const CommandResult result = tune(arguments);
        EXPECT_EQ(result.exit_code, 1) << arguments;
        EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
        EXPECT_TRUE(is_one_line(result.err)) << result.err;
        EXPECT_EQ(folder_.leftovers(), "");
    }

    Json json(const std::string &file) const { return Json::parse(*read_file(folder_.path(file))); }

    CommandFolder folder_;
};

TEST_F(TuneOnABoard, RidesOutWhateverItDoes) {
    // Behind what measures the board three programs, the first of which arrives at the third try, and so on.
    folder_.write("faults",
                  "-\n"
                  "away\ndrops\nslow\n"
                  "cut\ngarbage\n-\n"
                  "nonsense\nstuck\nhangs\nfloods\n-\n");
    const CommandResult result = tune("--trials 13 --runner ./board.sh --copy-timeout 2 --run-timeout 2");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(json("r.json").size(), 1u);
    EXPECT_EQ(*read_file(folder_.path("faults")), "");
    EXPECT_EQ(folder_.leftovers(), "");
}

TEST_F(TuneOnABoard, EndsWithItsStateKeptWhereItStaysAway) {
    const std::string arguments = "--trials 3 --runner ./board.sh --session s.jsonl ";
    std::string away;
    for (int i = 0; i < 20; i++) away += "away\n";
    folder_.write("faults", "-\n-\n" + away);  // what measures the board, and the first race
    expect_refused(
        arguments + "--patience 4",
        "up: --runner = ./board.sh: ssh: connect to host board port 22: No route to host; tried 3 times in ");
    EXPECT_FALSE(folder_.has("r.json"));
    const auto lines = [&] {
        const std::string text = *read_file(folder_.path("s.jsonl"));
        return std::count(text.begin(), text.end(), '\n');
    };
    const auto before = lines();
    folder_.write("faults", "");
    const CommandResult result = tune(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(json("r.json").size(), 1u);
    EXPECT_GT(lines(), before);
}

TEST_F(TuneOnABoard, GivesUpSoonWhereThereNeverWasOne) {
    expect_refused("--runner 'no_such_program {program}'", "--runner = no_such_program {program}: ");
    folder_.write("faults", "away\naway\naway\n");
    expect_refused("--runner ./board.sh", "No route to host; tried 2 times in ");
}

TEST_F(TuneOnABoard, SharesCandidatesAmongBoardsOfOneProcessor) {
    folder_.write_script("other.sh", "echo called >>other_calls\nexec \"$1\"\n");
    const CommandResult result = tune("--trials 8 --runner ./board.sh --runner './other.sh {program}'");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    for (const char *calls : {"calls", "other_calls"}) {
        const std::string text = *read_file(folder_.path(calls));
        EXPECT_GE(std::count(text.begin(), text.end(), '\n'), 2) << calls;
    }
    folder_.write_script("unlike.sh", "\"$1\" | sed 's/^model .*/model Another Processor 1000/'\n");
    expect_refused("--runner ./board.sh --runner ./unlike.sh",
                   "--runner = ./unlike.sh: is a Another Processor 1000, and that of --runner = ./board.sh a ");
}

// The record is the board's: its processor, unless another is named.
TEST_F(TuneOnABoard, RecordsTheBoardsProcessor) {
    folder_.write_script("zen.sh", "\"$1\" | sed 's/^model .*/model Zen Board/; s/^x86 .*/x86 AuthenticAMD 25 33/'\n");
    ASSERT_EQ(tune("--target x86-64 --trials 1 --runner ./zen.sh").exit_code, 0);
    EXPECT_EQ(json("r.json")[0].at("cpu"), "znver3");
    EXPECT_EQ(json("r.json")[0].at("model"), "Zen Board");
}

// Another architecture: the board runs its programs under an emulator, and this machine checks them under one.
TEST_F(TuneOnABoard, OfAnotherArchitecture) {
    folder_.write_script("arm.sh", "exec qemu-aarch64 \"$1\"\n");
    const CommandResult result = tune("--target arm64-neon --cpu cortex-a72 --trials 3 --runner ./arm.sh");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const Json record = json("r.json")[0];
    EXPECT_EQ(record.at("target"), "arm64-neon");
    EXPECT_EQ(record.at("verified").get<std::string>().rfind("qemu-aarch64: 0.", 0), 0u) << record.at("verified");
    expect_refused("--target arm64-neon", "--target = arm64-neon: its programs do not run on this machine");
}

}  // namespace
}  // namespace tconv::test
