// SPDX-License-Identifier: Apache-2.0
// `tconv run` at the limits of the machine: no memory, no room on the disk, a reader that goes away, Ctrl-C.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/error/run_calls.h"

namespace tconv::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using namespace std::chrono_literals;

constexpr int64_t kMiB = 1024 * 1024;

class RunLimits : public RunCalls {
protected:
    void SetUp() override { write_call(good_keras_op()); }

    // Zeros that take no room on the disk.
    void write_sparse(const std::string &file, const Shape &shape) const {
        std::string extents;
        uintmax_t bytes = sizeof(float);
        for (int64_t extent : shape) {
            extents += std::to_string(extent) + ",";
            bytes *= static_cast<uintmax_t>(extent);
        }
        const std::string header = npy_bytes(npy_dictionary("<f4", "False", "(" + extents + ")"), "");
        write(file, header);
        fs::resize_file(work_.file(file), header.size() + bytes);
    }

    // The least address space, in steps of 8 MiB, in which the command starts at all.
    int64_t least_memory() const {
        CommandOptions limited = options();
        for (limited.most_memory = 8 * kMiB; run_tconv({"--version"}, limited).exit_code != 0;) {
            limited.most_memory += 8 * kMiB;
        }
        return limited.most_memory;
    }

    CommandOptions with_memory(int64_t beyond_the_least) const {
        CommandOptions limited = options();
        limited.most_memory = least_memory() + beyond_the_least;
        return limited;
    }

    // A call of 10^12 multiply-adds, of zeros.
    void write_long_call() const {
        write("case.json", json{{"op", "keras.ops.conv_transpose"}});
        write_sparse("x.npy", {4, 512, 512, 32});
        write_sparse("w.npy", {32, 32, 32, 32});
    }
};

TEST_F(RunLimits, ResultsBeyondTheMemory) {
    write("case.json", json{{"op", "keras.ops.conv_transpose"}, {"strides", 3000}});
    // 3 * 12000 * 12000 floats, beside small change.
    expect_refused(command(),
                   {"output shape = [1, 12000, 12000, 3]: the call needs 17280", "are available (RLIMIT_AS)"},
                   with_memory(256 * kMiB));
}

TEST_F(RunLimits, InputsBeyondTheMemory) {
    write("case.json", json{{"op", "keras.ops.conv_transpose"}});
    write_sparse("x.npy", {1, 16384, 16384, 1});
    write_sparse("w.npy", {1, 1, 1, 1});
    expect_refused(command(), {"the call needs 2147483", "are available (RLIMIT_AS)"}, with_memory(256 * kMiB));
}

TEST_F(RunLimits, FiltersBeyondTheMemory) {
    write("case.json", json{{"op", "tf.nn.conv2d_transpose"}, {"output_shape", {1, 4, 4, 1}}});
    write_sparse("x.npy", {1, 4, 4, 1});
    write_sparse("w.npy", {16384, 16384, 1, 1});
    expect_refused(command(), {"--filter = w.npy: the call needs ", "are available (RLIMIT_AS)"},
                   with_memory(256 * kMiB));
}

// Whichever allocation is the one that fails: a result, or one line.
TEST_F(RunLimits, AnyAmountOfMemory) {
    write("case.json", json{{"op", "keras.ops.conv_transpose"}, {"strides", 500}});
    const int64_t least = least_memory();
    int succeeded = 0, refused = 0;
    for (int64_t more = 0; more <= 96 * kMiB; more += 2 * kMiB) {
        SCOPED_TRACE(least + more);
        CommandOptions limited = options();
        limited.most_memory = least + more;
        const CommandResult result = run_tconv(command(false, {"--threads", "2"}), limited);
        if (result.exit_code == 0) {
            succeeded++;
            EXPECT_TRUE(fs::remove(work_.file("y.npy")));
        } else {
            refused++;
            expect_one_line(result, {});
        }
        EXPECT_EQ(tree_of(work_.path()), (std::vector<std::string>{"case.json", "w.npy", "x.npy"}));
    }
    EXPECT_GT(succeeded, 0);
    EXPECT_GT(refused, 0);
}

TEST_F(RunLimits, LargestFile) {
    for (const bool signalled : {false, true}) {
        for (const int64_t bytes : {0, 1, 100, 128, 1000}) {
            CommandOptions limited = options();
            limited.largest_file = bytes;
            limited.signal_large_files = signalled;
            expect_refused(command(), {"--output = y.npy: cannot be written: File too large"}, limited);
        }
    }
}

TEST_F(RunLimits, FullDisk) {
    const std::string disk = work_.file("disk");
    fs::create_directory(disk);
    // Mounts of this process alone, gone when it ends.
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("none", disk.c_str(), "tmpfs", 0, "size=8192") != 0) {
        GTEST_SKIP() << "needs the right to mount a tmpfs: " << std::strerror(errno);
    }
    write("case.json", json{{"op", "keras.ops.conv_transpose"}, {"strides", 20}});
    std::vector<std::string> arguments = command();
    *std::find(arguments.begin(), arguments.end(), "y.npy") = "disk/y.npy";
    expect_refused(arguments, {"--output = disk/y.npy: cannot be written: No space left on device"});
    EXPECT_TRUE(tree_of(disk).empty());
    umount(disk.c_str());
}

TEST_F(RunLimits, AReaderThatGoesAway) {
    ASSERT_EQ(mkfifo(work_.file("pipe").c_str(), 0600), 0);
    write("case.json",
          json{{"op", "keras.ops.conv_transpose"}, {"strides", 200}});  // megabytes, more than a pipe holds
    std::vector<std::string> arguments = command();
    *std::find(arguments.begin(), arguments.end(), "y.npy") = "pipe";
    RunningCommand running(arguments, options());
    {
        std::ifstream reader(work_.file("pipe"), std::ios::binary);
        char magic[6] = {};
        EXPECT_TRUE(reader.read(magic, sizeof(magic)));
    }
    expect_one_line(running.wait(), {"--output = pipe: cannot be written: Broken pipe"});
    EXPECT_TRUE(fs::is_fifo(work_.file("pipe")));
}

struct Interruption {
    const char *name;
    int signal;
    bool to_group;
};

class RunInterrupted : public RunLimits, public testing::WithParamInterface<Interruption> {
protected:
    void interrupt(RunningCommand &running) const {
        GetParam().to_group ? running.send_to_group(GetParam().signal) : running.send(GetParam().signal);
        const auto sent = std::chrono::steady_clock::now();
        expect_one_line(running.wait(), {"interrupted: nothing was written"});
        EXPECT_LT(std::chrono::steady_clock::now() - sent, 20s);
    }
};

TEST_P(RunInterrupted, WhileComputing) {
    write_long_call();
    ASSERT_EQ(mkfifo(work_.file("pipe").c_str(), 0600), 0);
    write("y.npy", std::string("old"));
    std::vector<std::string> arguments = command(false, {"--threads", "2"});
    arguments[1] = "pipe";  // so that it is known when the command has begun
    const std::vector<std::string> before = tree_of(work_.path());
    RunningCommand running(arguments, options());
    std::ofstream(work_.file("pipe")) << bytes_of("case.json");
    std::this_thread::sleep_for(1s);
    ASSERT_TRUE(running.running()) << "the call was over too soon: " << running.wait().err;
    interrupt(running);
    EXPECT_EQ(tree_of(work_.path()), before);
    EXPECT_EQ(bytes_of("y.npy"), "old");
    EXPECT_TRUE(tree_of(temporary_.path()).empty());
}

TEST_P(RunInterrupted, WhileWaitingForAReader) {
    ASSERT_EQ(mkfifo(work_.file("case.pipe").c_str(), 0600), 0);
    ASSERT_EQ(mkfifo(work_.file("y.pipe").c_str(), 0600), 0);
    std::vector<std::string> arguments = command();
    arguments[1] = "case.pipe";
    *std::find(arguments.begin(), arguments.end(), "y.npy") = "y.pipe";
    RunningCommand running(arguments, options());
    std::ofstream(work_.file("case.pipe")) << bytes_of("case.json");
    std::this_thread::sleep_for(500ms);
    ASSERT_TRUE(running.running());
    interrupt(running);
}

INSTANTIATE_TEST_SUITE_P(Signals, RunInterrupted,
                         testing::Values(Interruption{"sigint", SIGINT, false}, Interruption{"sigterm", SIGTERM, false},
                                         Interruption{"sighup", SIGHUP, false},
                                         Interruption{"control_c", SIGINT, true}),
                         [](const auto &instance) { return instance.param.name; });

}  // namespace
}  // namespace tconv::test
