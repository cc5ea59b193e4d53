// SPDX-License-Identifier: Apache-2.0
// Work in processes of their own: what goes wrong there arrives here as one message.
#include "runtime/base/child_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "runtime/base/files.h"
#include "runtime/base/interrupt.h"
#include "tests/runtime/temporary_folder.h"

namespace tconv::test {
namespace {

std::string failure_of(const std::function<Status()> &body) {
    const Status status = run_in_children({{"task", body}});
    return status ? "(success)" : status.error().message;
}

bool has_children() { return waitpid(-1, nullptr, WNOHANG) >= 0; }

TEST(Children, DoAllTheirWork) {
    const TemporaryFolder folder;
    std::vector<ChildTask> tasks;
    for (int i = 0; i < 9; i++) {
        const std::string file = folder.file(std::to_string(i));
        tasks.push_back({"task", [=] { return write_file(file, std::to_string(i * i)); }});
    }
    const Status status = run_in_children(tasks);
    ASSERT_TRUE(status) << status.error().message;
    for (int i = 0; i < 9; i++) {
        EXPECT_EQ(*read_file(folder.file(std::to_string(i))), std::to_string(i * i));
    }
    EXPECT_FALSE(has_children());
    EXPECT_TRUE(run_in_children({}));
}

TEST(Children, ReportTheirErrors) {
    EXPECT_EQ(failure_of([]() -> Status { return Error{StatusCode::kFailed, "no luck"}; }), "task: no luck");
    EXPECT_EQ(failure_of([]() -> Status { return Error{StatusCode::kFailed, "two\nlines"}; }), "task: two lines");
}

TEST(Children, ReportExceptions) {
    EXPECT_EQ(failure_of([]() -> Status { throw std::runtime_error("thrown"); }), "task: thrown");
}

TEST(Children, ReportWhatALibrarySaidBeforeItEndedTheProcess) {
    EXPECT_EQ(failure_of([]() -> Status {
                  std::fputs("LLVM ERROR: out of paper\n", stderr);
                  _exit(1);
              }),
              "task: LLVM ERROR: out of paper");
    EXPECT_EQ(failure_of([]() -> Status { _exit(3); }), "task: its process ended with code 3");
}

TEST(Children, ReportCrashes) {
    EXPECT_EQ(failure_of([]() -> Status {
                  std::signal(SIGSEGV, SIG_DFL);
                  raise(SIGSEGV);
                  return Success{};
              }),
              "task: its process ended with code " + std::to_string(128 + SIGSEGV));
}

TEST(Children, AreEndedByTheFirstFailure) {
    std::vector<ChildTask> tasks = {{"first", []() -> Status { return Error{StatusCode::kFailed, "no luck"}; }}};
    for (int i = 0; i < 3; i++) {
        tasks.push_back({"sleeper", []() -> Status {
                             sleep(600);
                             return Success{};
                         }});
    }
    const Status status = run_in_children(tasks);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message, "first: no luck");
    EXPECT_FALSE(has_children());
}

std::string message_of(const Status &status) { return status ? "(success)" : status.error().message; }

TEST(TriedChildren, DoNotHarmEachOther) {
    const std::vector<ChildTask> tasks = {
        {"hangs",
         []() -> Status {
             sleep(600);
             return Success{};
         }},
        {"fails", []() -> Status { return Error{StatusCode::kFailed, "no luck"}; }},
        {"crashes", []() -> Status { abort(); }},
        {"wants",
         []() -> Status {
             const std::vector<char> memory(size_t{1} << 33, 1);
             return Error{StatusCode::kFailed, std::to_string(memory[1])};
         }},
        {"works", []() -> Status { return Success{}; }},
    };
    const std::vector<Status> results = try_in_children(tasks, {1, int64_t{1} << 32});
    ASSERT_EQ(results.size(), tasks.size());
    EXPECT_EQ(message_of(results[0]), "hangs: did not end within 1 s");
    EXPECT_EQ(message_of(results[1]), "fails: no luck");
    EXPECT_EQ(message_of(results[2]), "crashes: its process ended with code " + std::to_string(128 + SIGABRT));
    EXPECT_EQ(message_of(results[3]), "wants: std::bad_alloc");
    EXPECT_EQ(message_of(results[4]), "(success)");
    EXPECT_FALSE(has_children());
}

// In a process of its own: once interrupted, a command stays so.
TEST(Children, AreEndedByAnInterrupt) {
    const auto interrupt_and_tell = [] {
        catch_interrupts();
        const pid_t parent = getpid();
        const Status status = run_in_children({{"sleeper", [=]() -> Status {
                                                    kill(parent, SIGTERM);
                                                    sleep(600);
                                                    return Success{};
                                                }}});
        std::fputs(status ? "success" : status.error().message.c_str(), stderr);
        std::exit(interrupted() && !has_children() ? 0 : 1);
    };
    EXPECT_EXIT(interrupt_and_tell(), testing::ExitedWithCode(0), "^interrupted");
}

TEST(Programs, ReturnOutputAndExitCode) {
    const auto result = run_program({"sh", "-c", "echo out; echo err >&2; exit 7"});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->exit_code, 7);
    EXPECT_EQ(result->output, "out\nerr\n");
    ProgramOptions apart;
    apart.merge_stderr = false;
    EXPECT_EQ(run_program({"sh", "-c", "echo out; exit 0"}, apart)->output, "out\n");
}

TEST(Programs, ReturnTheSignalThatEndedThem) {
    EXPECT_EQ(run_program({"sh", "-c", "kill -9 $$"})->exit_code, 128 + SIGKILL);
}

TEST(Programs, GetTheirArgumentsUntouched) {
    EXPECT_EQ(run_program({"printf", "%s|", "a b", "", "$HOME"})->output, "a b||$HOME|");
}

TEST(Programs, HaveNoInput) { EXPECT_EQ(run_program({"cat"})->output, ""); }

TEST(Programs, ThatAreMissingEndWithTheShellsCode) {
    const auto result = run_program({"tconv_test_no_such_program"});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->exit_code, 127);
}

TEST(Programs, ThatHangAreEnded) {
    ProgramOptions options;
    options.timeout_seconds = 1;
    const auto result = run_program({"sleep", "600"}, options);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "sleep: did not end within 1 s");
    EXPECT_FALSE(has_children());
    options.keep_late = true;
    const auto kept = run_program({"sh", "-c", "echo begun; sleep 600"}, options);
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_TRUE(kept->late);
    EXPECT_EQ(kept->output, "begun\n");
}

}  // namespace
}  // namespace tconv::test
