// SPDX-License-Identifier: Apache-2.0
// The output of `tconv run`: where it cannot be written, what it replaces, and with which modes.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tconv/npy.h"
#include "tests/error/run_files.h"

namespace tconv::test {
namespace {

namespace fs = std::filesystem;

using RunOutputs = RunFiles;

TEST_F(RunOutputs, OutputsThatCannotBe) {
    fs::create_directory(work_.file("folder"));
    write("file", std::string("in the way"));
    expect_refused(with("--output", "none/y.npy"), {"--output = none/y.npy: cannot be written: No such file"});
    expect_refused(with("--output", "file/y.npy"), {"--output = file/y.npy: cannot be written: Not a directory"});
    expect_refused(with("--output", "folder"), {"--output = folder: must be a file, not a folder"});
    expect_refused(with("--output", "."), {"--output = .: must be a file, not a folder"});
    expect_refused(with("--output", "y.npy/"), {"--output = y.npy/: cannot be written"});
    expect_refused(with("--output", std::string(300, 'n')), {"--output = nnn", "File name too long"});
    expect_refused(with("--output", "/proc/y.npy"), {"--output = /proc/y.npy: cannot be written"});
    expect_refused(with("--output", "/dev/full"), {"--output = /dev/full: cannot be written: No space left on device"});
    EXPECT_TRUE(fs::is_character_file("/dev/full"));
    const TemporaryFolder elsewhere;
    fs::create_symlink("loop", elsewhere.file("loop"));
    expect_refused(with("--output", elsewhere.file("loop")),
                   {"--output = " + elsewhere.file("loop") + ": cannot be written"});
}

TEST_F(RunOutputs, OutputsThatMayNotBeWritten) {
    write("old.npy", std::string("old"));
    chmod(work_.file("old.npy").c_str(), 0444);
    expect_refused(with("--output", "old.npy"), {"--output = old.npy: cannot be written: Permission denied"},
                   with_modes());
    fs::create_directory(work_.file("closed"));
    chmod(work_.file("closed").c_str(), 0555);
    expect_refused(with("--output", "closed/y.npy"), {"--output = closed/y.npy: cannot be written: Permission denied"},
                   with_modes());
}

// The result does not take the place of what it is made from, by whatever name.
TEST_F(RunOutputs, OutputsThatAreInputs) {
    const std::string before = bytes_of("x.npy");
    expect_refused(with("--output", "x.npy"), {"--output = x.npy: must be another file than --input"});
    expect_refused(with("--output", "./w.npy"), {"--output = ./w.npy: must be another file than --filter"});
    expect_refused(with("--output", "case.json"), {"--output = case.json: must be another file than the layer file"});
    fs::create_symlink("x.npy", work_.file("link.npy"));
    expect_refused(with("--output", "link.npy"), {"--output = link.npy: must be another file than --input"});
    write_call(good_keras_layer());
    std::vector<std::string> arguments = with("--output", "b.npy");
    arguments.insert(arguments.end(), {"--bias", "b.npy"});
    expect_refused(arguments, {"--output = b.npy: must be another file than --bias"});
    EXPECT_TRUE(bytes_of("x.npy") == before);
}

// A failure leaves an older result as it was; a success replaces it, and keeps its mode and a link to it.
TEST_F(RunOutputs, OlderResults) {
    write("y.npy", std::string("old"));
    ASSERT_EQ(chmod(work_.file("y.npy").c_str(), 0640), 0);
    write("case.json", std::string("{}"));
    expect_refused(command(), {"op = (missing)"});
    EXPECT_EQ(bytes_of("y.npy"), "old");
    write("case.json", good_keras_op().arguments);
    fs::create_symlink("y.npy", work_.file("link.npy"));
    expect_runs(with("--output", "link.npy"));
    EXPECT_TRUE(fs::is_symlink(work_.file("link.npy")));
    EXPECT_TRUE(read_npy(work_.file("y.npy")));
    EXPECT_EQ(mode_of(work_.file("y.npy")), 0640u);
}

TEST_F(RunOutputs, HonoursTheUmask) {
    for (const mode_t mask : {022, 077, 002}) {
        const mode_t before = umask(mask);
        expect_runs(command());
        umask(before);
        EXPECT_EQ(mode_of(work_.file("y.npy")), 0666u & ~mask);
        fs::remove(work_.file("y.npy"));
    }
}

TEST_F(RunOutputs, StandardOutputAndDevices) {
    expect_runs(command());
    const CommandResult printed = run_tconv(with("--output", "/dev/stdout"), options());
    EXPECT_EQ(printed.exit_code, 0);
    EXPECT_EQ(printed.err, "");
    EXPECT_TRUE(printed.out == bytes_of("y.npy"));
    expect_runs(with("--output", "/dev/null"));
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

}  // namespace
}  // namespace tconv::test
