// SPDX-License-Identifier: Apache-2.0
// Several libraries in one program: their times, and what is wrong with them.
#include "tools/tune/race.h"

#include <gtest/gtest.h>

#include "runtime/base/child_process.h"
#include "runtime/base/files.h"
#include "tconv/layer_file.h"
#include "tools/compiler/target_table.h"
#include "tools/tune/heats.h"

namespace tconv {
namespace {

enum RacerFault { kRight, kWrong, kNan, kCrashes, kFails, kIsSlow, kCrashesLater };  // of programs/racer.c.in

constexpr char kLayer[] = R"({"name": "racer", "op": "keras.ops.conv_transpose", "input_shape": [1, 8, 8, 4],
                              "filter_shape": [1, 1, 4, 4], "bias": true})";

class Races : public testing::Test {
protected:
    Races() : folder_(std::move(*WorkFolder::create())), toolchain_(*find_toolchain(*find_target("host"), {})) {
        boards_.push_back(std::move(*Board::create({})));
    }

    static Layer layer() { return parse_layer_text(kLayer, "")->front(); }

    void add(const std::string &name, RacerFault fault) {
        for (const std::string ending : {".h", ".c"}) {
            std::string text = *read_file(TCONV_FAULTY_LIBRARY_DIR "/racer" + ending + ".in");
            for (size_t at; (at = text.find("@NAME@")) != std::string::npos;) text.replace(at, 6, name);
            ASSERT_TRUE(write_file(folder_.path(name + ending), text));
        }
        const std::string object = folder_.path(name + ".o");
        const Status compiled = compile_program(toolchain_, folder_.path(name + ".c"), object,
                                                {"-c", "-DFAULT=" + std::to_string(static_cast<int>(fault))});
        ASSERT_TRUE(compiled) << compiled.error().message;
        ASSERT_EQ(run_program({"ar", "rc", folder_.path("lib" + name + ".a"), object})->exit_code, 0);
        names_.push_back(name);
    }

    RaceResult run(int threads = 1, int processes = 1) {
        RaceOptions options;
        options.rounds = 5;
        options.threads = threads;
        options.processes = processes;
        options.sample_ms = 0.2;
        options.seconds = 1;
        const Expected<RaceResult> result = race().run(names_, options, boards_[0]);
        EXPECT_TRUE(result) << result.error().message;
        return result ? *result : RaceResult{};
    }

    Race race() const { return Race(layer_, cells_, toolchain_, folder_); }

    const Layer layer_ = layer();
    const std::vector<CheckedCell> cells_ = checked_cells(layer_);
    WorkFolder folder_;
    Toolchain toolchain_;
    std::vector<Board> boards_;
    std::vector<std::string> names_;
};

TEST_F(Races, TimeTheirLibrariesSideBySide) {
    add("plain", kRight);
    add("slow", kIsSlow);
    for (const int threads : {1, 2}) {
        const RaceResult result = run(threads);
        EXPECT_TRUE(result.failures.empty());
        ASSERT_EQ(result.ms.size(), 2u);
        const auto &plain = result.ms.at("plain"), &slow = result.ms.at("slow");
        ASSERT_FALSE(plain.empty());
        ASSERT_EQ(plain.size(), slow.size());
        for (const double ms : plain) EXPECT_GT(ms, 0);
    }
}

TEST_F(Races, NameWhatIsWrong) {
    add("plain", kRight);
    add("wrong", kWrong);
    add("nan", kNan);
    add("fails", kFails);
    add("crashes", kCrashes);
    add("crashes_later", kCrashesLater);
    for (const int processes : {1, 3}) {
        const RaceResult result = run(1, processes);
        EXPECT_EQ(result.ms.size(), 1u);
        ASSERT_EQ(result.ms.count("plain"), 1u);
        EXPECT_FALSE(result.ms.at("plain").empty());
        // Of several processes a time for each; of one, for each round.
        if (processes > 1) {
            EXPECT_EQ(result.ms.at("plain").size(), static_cast<size_t>(processes));
        }
        ASSERT_EQ(result.failures.size(), 5u);
        EXPECT_EQ(result.failures.at("wrong").rfind("output cell 255 = ", 0), 0u) << result.failures.at("wrong");
        EXPECT_EQ(result.failures.at("nan").rfind("output cell 7 = ", 0), 0u) << result.failures.at("nan");
        EXPECT_EQ(result.failures.at("fails"), "run returned 3: out of luck");
        for (const char *name : {"crashes", "crashes_later"}) {
            EXPECT_EQ(result.failures.at(name).rfind("ended by signal 11", 0), 0u) << result.failures.at(name);
        }
    }
}

TEST_F(Races, SayWhenNothingIsLeft) {
    add("crashes", kCrashes);
    const RaceResult result = run();
    EXPECT_TRUE(result.ms.empty());
    EXPECT_EQ(result.failures.count("crashes"), 1u);
}

TEST_F(Races, InHeatsAreWonByWhatIsFasterAndRight) {
    add("slow", kIsSlow);
    add("plain", kRight);
    add("wrong", kWrong);
    add("crashes", kCrashes);
    const Racer slow = {{"slow", {}}, "slow"}, plain = {{"plain", {}}, "plain"};
    const std::vector<Racer> others = {{{"wrong", {}}, "wrong"}, plain, {{"crashes", {}}, "crashes"}};
    const Expected<HeatResult> won = run_heats(race(), boards_, slow, others, {}, 0);
    ASSERT_TRUE(won) << won.error().message;
    ASSERT_TRUE(won->winner);
    EXPECT_EQ(won->winner->name, "plain");
    EXPECT_LT(won->standing.at("plain").ratio, 0.5);
    EXPECT_GT(won->incumbent_ms, 0);
    EXPECT_EQ(won->failures.size(), 2u);

    const Expected<HeatResult> kept = run_heats(race(), boards_, plain, {slow}, {}, 0);
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_FALSE(kept->winner);
    EXPECT_GT(kept->standing.at("slow").ratio, 2);

    const Expected<HeatResult> broken = run_heats(race(), boards_, others[0], {plain}, {}, 0);
    ASSERT_FALSE(broken);
    EXPECT_NE(broken.error().message.find("variant wrong"), std::string::npos) << broken.error().message;
}

// Two boards, here the same machine twice, share them; what one finds is as good as what the other does.
TEST_F(Races, InHeatsAreSharedAmongBoards) {
    boards_.push_back(std::move(*Board::create({})));
    add("slow", kIsSlow);
    add("slow_too", kIsSlow);
    add("plain", kRight);
    add("wrong", kWrong);
    const Racer slow = {{"slow", {}}, "slow"}, plain = {{"plain", {}}, "plain"};
    const std::vector<Racer> others = {{{"slow", {}}, "slow_too"}, plain, {{"wrong", {}}, "wrong"}};
    const Expected<HeatResult> won = run_heats(race(), boards_, slow, others, {}, 0);
    ASSERT_TRUE(won) << won.error().message;
    ASSERT_TRUE(won->winner);
    EXPECT_EQ(won->winner->name, "plain");
    EXPECT_EQ(won->standing.size(), 2u);
    EXPECT_EQ(won->failures.count("wrong"), 1u);
}

TEST(Faster, IsByHalfAPercentBeyondDoubt) {
    EXPECT_TRUE(is_faster({0.99, 0.985, 15}, 0.98));
    EXPECT_FALSE(is_faster({0.99, 0.975, 15}, 0.98));
    EXPECT_FALSE(is_faster({0.996, 1, 15}, 0.98));
}

TEST_F(Races, LinkErrorsNameTheCompiler) {
    add("plain", kRight);
    Toolchain broken = toolchain_;
    broken.compiler = {"false"};
    const auto result = Race(layer_, cells_, broken, folder_).run(names_, {}, boards_[0]);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("--cc = false"), std::string::npos) << result.error().message;
}

TEST(ProgramEnds, AreSaidInWords) {
    EXPECT_EQ(program_end({3, "first\nlast\n"}), "last");
    EXPECT_EQ(program_end({3, ""}), "exit code 3");
    EXPECT_EQ(program_end({128 + 11, ""}).rfind("ended by signal 11 (", 0), 0u);
    EXPECT_EQ(program_end({255, ""}), "exit code 255");
    EXPECT_EQ(program_end({128 + 9, "", true}), "did not end in time");
}

TEST(CheckedCells, LieAllOverTheOutput) {
    Layer layer = parse_layer_text(R"({"name": "up", "op": "keras.ops.conv_transpose", "input_shape": [2, 40, 40, 4],
                                       "filter_shape": [2, 2, 3, 4], "strides": 2})",
                                   "")
                      ->front();
    const std::vector<CheckedCell> cells = checked_cells(layer);
    ASSERT_EQ(cells.size(), 4096u);
    std::vector<int> channels(3, 0), columns(80, 0);
    int64_t last = -1;
    for (const CheckedCell &cell : cells) {
        ASSERT_GT(cell.cell, last);
        ASSERT_LT(cell.cell, layer.output_elements());
        EXPECT_GT(cell.bound, 0);
        last = cell.cell;
        channels[static_cast<size_t>(last % 3)]++;
        columns[static_cast<size_t>(last / 3 % 80)]++;
    }
    EXPECT_GT(last, layer.output_elements() * 99 / 100);
    for (const int count : channels) EXPECT_GT(count, 500);
    for (const int count : columns) EXPECT_GT(count, 5);
}

}  // namespace
}  // namespace tconv
