// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "command.h"
#include "tools/verify/ptxas.h"
#include "tools/verify/toolchain.h"

namespace tconv::test {
namespace {

using testing::Test;

class Verify : public Test {
protected:
    void SetUp() override { folder_.write("up.json", small_layer("up")); }

    void expect_pass(const CommandResult &result, const std::string &how) {
        EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
        EXPECT_EQ(result.out.rfind("PASS  up ", 0), 0u) << result.out;
        EXPECT_NE(result.out.find(how), std::string::npos) << result.out;
        EXPECT_EQ(result.err, "");
        EXPECT_EQ(folder_.leftovers(), "");
    }

    void expect_error(const CommandResult &result, const std::string &message) {
        EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
        EXPECT_TRUE(is_one_line(result.err)) << result.err;
        EXPECT_EQ(result.err.rfind("tconv: ", 0), 0u) << result.err;
        EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
        EXPECT_EQ(folder_.leftovers(), "");
    }

    CommandFolder folder_;
};

TEST_F(Verify, RunsNatively) {
    const CommandResult result = folder_.tconv("verify up.json --target host");
    expect_pass(result, "native");
    EXPECT_NE(result.out.find("integers exact"), std::string::npos) << result.out;
}

TEST_F(Verify, TakesAVariantAndASeed) {
    const CommandResult result = folder_.tconv("verify up.json --target host --variant reference --seed 7");
    expect_pass(result, "variant reference");
}

TEST_F(Verify, TakesAListOfLayers) {
    const CommandResult result =
        folder_.tconv("verify '" TCONV_BENCHMARK_LAYERS "' --layers vae_d3,fcn_upscore2 --target host");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.out.find("PASS  vae_d3 "), std::string::npos) << result.out;
    EXPECT_NE(result.out.find("PASS  fcn_upscore2 "), std::string::npos) << result.out;
}

TEST_F(Verify, TakesAListOfOurOwn) {
    folder_.write("list.json", "[" + small_layer("first") + ", " + small_layer("second") + "]");
    const CommandResult all = folder_.tconv("verify list.json --target host");
    EXPECT_EQ(all.exit_code, 0) << all.err;
    EXPECT_NE(all.out.find("PASS  first "), std::string::npos) << all.out;
    EXPECT_NE(all.out.find("PASS  second "), std::string::npos) << all.out;
    const CommandResult one = folder_.tconv("verify list.json --layers second --target host");
    EXPECT_EQ(one.out.rfind("PASS  second ", 0), 0u) << one.out;
}

TEST_F(Verify, RunsUnderAnEmulator) {
    if (!find_program("qemu-aarch64") || !find_program("aarch64-linux-gnu-gcc")) {
        GTEST_SKIP() << "needs qemu-aarch64 and aarch64-linux-gnu-gcc";
    }
    expect_pass(folder_.tconv("verify up.json --target arm64-neon"), "qemu-aarch64");
}

TEST_F(Verify, RunsOnAnOpenClDevice) {
    const CommandResult result = folder_.tconv("verify up.json --target opencl");
    if (result.err.find("libOpenCL.so.1: not found") != std::string::npos ||
        result.err.find("no OpenCL device") != std::string::npos) {
        GTEST_SKIP() << result.err;
    }
    expect_pass(result, "variant gpu_phases");
}

TEST_F(Verify, AssemblesCudaKernels) {
    if (!find_ptxas()) {
        GTEST_SKIP() << "needs ptxas";
    }
    const CommandResult result = folder_.tconv("verify up.json --target cuda-sm80");
    expect_pass(result, "ptxas");
    EXPECT_NE(result.out.find("(sm_80): "), std::string::npos) << result.out;
}

TEST_F(Verify, ReportsWhatPtxasSays) {
    folder_.write_script("ptxas",
                         "echo \"ptxas info    : Compiling entry function 'k' for 'sm_86'\" >&2\n"
                         "echo '    8 bytes stack frame, 12 bytes spill stores, 16 bytes spill loads' >&2\n"
                         "echo 'ptxas info    : Used 77 registers, 512 bytes smem, 400 bytes cmem[0]' >&2\n");
    expect_pass(folder_.tconv("verify up.json --target cuda-sm86", "TCONV_PTXAS=./ptxas"),
                "k (sm_86): 77 registers, 12 bytes spill stores, 16 bytes spill loads, 512 bytes shared memory");
    folder_.write_script("ptxas", "echo 'ptxas fatal: too bad' >&2\nexit 255\n");
    const CommandResult refused = folder_.tconv("verify up.json --target cuda-sm86", "TCONV_PTXAS=./ptxas");
    expect_error(refused, "ptxas fatal: too bad");
    EXPECT_NE(refused.out.find("FAIL  up "), std::string::npos) << refused.out;
}

// Without an operating system it runs nowhere, whatever processor this is.
TEST_F(Verify, ChecksAvx512WhereItCannotRun) {
    const CommandResult result =
        folder_.tconv("verify up.json --target x86-64-noos-avx-avx2-avx512-avx512_skylake-f16c-fma-sse41");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.out.find("compiled only"), std::string::npos) << result.out;
    EXPECT_NE(result.out.find("all on zmm registers"), std::string::npos) << result.out;
}

// An emulator that runs the program and then changes one cell of its output: OUTPUT is the fifth word.
TEST_F(Verify, NoticesAWrongCell) {
    folder_.write_script("emulator",
                         "\"$@\" || exit\n"
                         "printf '\\000\\000\\200\\077' | dd of=\"$5\" bs=4 seek=17 conv=notrunc 2>/dev/null\n");
    const CommandResult result = folder_.tconv("verify up.json --target host --emulator ./emulator");
    expect_error(result, "up on ");
    EXPECT_NE(result.out.find("FAIL  up "), std::string::npos) << result.out;
    // Once, on whichever stream.
    const std::string reason = "output[0, 0, 0, 17] = 1: must be within 0 of ", all = result.out + result.err;
    const size_t first = all.find(reason);
    EXPECT_NE(first, std::string::npos) << all;
    EXPECT_EQ(all.find(reason, first + 1), std::string::npos) << all;
}

TEST_F(Verify, GoesOnAfterALayerThatFails) {
    folder_.write("second.json", small_layer("second"));
    folder_.write_script("emulator", "echo 'out of order' >&2\nexit 3\n");
    const CommandResult result = folder_.tconv("verify up.json second.json --target host --emulator ./emulator");
    expect_error(result, "out of order (and 1 more of 2)");
    EXPECT_NE(result.out.find("FAIL  up "), std::string::npos) << result.out;
    EXPECT_NE(result.out.find("FAIL  second "), std::string::npos) << result.out;
    const size_t reason = result.out.find("out of order");  // of the second; the first one's is the command's error
    EXPECT_GT(reason, result.out.find("FAIL  second ")) << result.out;
    EXPECT_NE(reason, std::string::npos) << result.out;
}

TEST_F(Verify, NamesAMissingTool) {
    expect_error(folder_.tconv("verify up.json --target host --cc no-such-cc"), "--cc = no-such-cc: ");
    expect_error(folder_.tconv("verify up.json --target host --emulator 'no-such-emulator -x'"),
                 "--emulator = no-such-emulator -x: no-such-emulator was not found");
    expect_error(folder_.tconv("verify up.json --target cuda-sm80", "TCONV_PTXAS=./absent"),
                 "TCONV_PTXAS = ./absent: ");
}

TEST_F(Verify, RefusesWhatItCannotBuild) {
    expect_error(folder_.tconv("verify up.json --target x86-65"), "--target = x86-65: ");
    expect_error(folder_.tconv("verify up.json --target host --variant fastest"), "--variant = fastest: ");
    expect_error(folder_.tconv("verify up.json --target host", "env TMPDIR=absent"), "TMPDIR = absent: ");
}

TEST_F(Verify, LeavesNothingBehindWhenInterrupted) {
    folder_.write_script("emulator", "exec sleep 60\n");
    const CommandResult result =
        folder_.tconv("verify up.json --target host --emulator ./emulator", "timeout --preserve-status -s INT 4");
    expect_error(result, "interrupted");
}

TEST_F(Verify, HelpShowsAnExample) {
    const CommandResult result = folder_.tconv("verify --help");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_NE(result.out.find("tconv verify decoder_up1.json --target"), std::string::npos) << result.out;
}

}  // namespace
}  // namespace tconv::test
