// SPDX-License-Identifier: Apache-2.0
// Targets outside the table, as a user of the command meets them: warned of, refused by name, or compiled for with
// care.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "command.h"
#include "runtime/base/child_process.h"
#include "runtime/base/files.h"

namespace tconv::test {
namespace {

class RawTarget : public testing::Test {
protected:
    void SetUp() override { folder_.write("up.json", small_layer("up")); }

    CommandResult build(const std::string &target, const std::string &more = "", const std::string &prefix = "") const {
        return folder_.tconv("build up.json --target " + target + " -o out " + more, prefix);
    }

    void expect_refused(const std::string &target, const std::string &rule) const {
        for (const char *verb : {"build -o out", "verify", "explain"}) {
            const CommandResult result = folder_.tconv(std::string(verb) + " up.json --target " + target);
            EXPECT_EQ(result.exit_code, 1) << target;
            EXPECT_TRUE(is_one_line(result.err)) << result.err;
            EXPECT_EQ(result.err.rfind("tconv: --target = " + target + ": ", 0), 0u) << result.err;
            EXPECT_NE(result.err.find(rule), std::string::npos) << result.err;
        }
        EXPECT_FALSE(folder_.has("out"));
    }

    // The assembly of all parts of a library that was built with --assembly.
    std::string assembly() const {
        std::string text;
        for (const auto &entry : std::filesystem::directory_iterator(folder_.path("out"))) {
            if (entry.path().extension() == ".s") {
                text += *read_file(entry.path().string());
            }
        }
        return text;
    }

    CommandFolder folder_;
};

TEST_F(RawTarget, WithoutSchedulesIsWarnedOf) {
    for (const char *target : {"arm-32-linux", "riscv-64-linux-rvv-vector_bits_128", "wasm-32-wasmrt"}) {
        for (const char *verb : {"build -o out", "explain"}) {
            const CommandResult result = folder_.tconv(std::string(verb) + " up.json --target " + target);
            EXPECT_EQ(result.exit_code, 0) << result.err;
            EXPECT_TRUE(is_one_line(result.err)) << result.err;
            EXPECT_EQ(
                result.err.rfind(std::string("tconv: warning: --target = ") + target + ": there are no schedules", 0),
                0u)
                << result.err;
            EXPECT_NE(result.err.find("variant reference"), std::string::npos) << result.err;
            EXPECT_NE(result.err.find("a schedule family for it would be needed"), std::string::npos) << result.err;
            EXPECT_EQ(result.out.find("least estimated cycles"), std::string::npos) << result.out;
        }
    }
}

TEST_F(RawTarget, WithoutSchedulesIsRefusedWhereTheyAreRequired) {
    for (const char *verb : {"build -o out", "verify", "explain", "bench"}) {
        const CommandResult result =
            folder_.tconv(std::string(verb) + " up.json --require-schedule --target arm-32-linux");
        EXPECT_EQ(result.exit_code, 1) << verb;
        EXPECT_TRUE(is_one_line(result.err)) << result.err;
        EXPECT_EQ(result.err.rfind("tconv: --target = arm-32-linux: there are no schedules for arm-32: ", 0), 0u)
            << result.err;
    }
    EXPECT_FALSE(folder_.has("out"));
    const CommandResult host = folder_.tconv("explain up.json --require-schedule");
    EXPECT_EQ(host.exit_code, 0) << host.err;
    EXPECT_EQ(host.err, "");
}

// A forced variant is the caller's wish and no lack of the target.
TEST_F(RawTarget, WithSchedulesIsNotWarnedOf) {
    const CommandResult result = build("x86-64", "--variant reference --require-schedule");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "");
}

TEST_F(RawTarget, ThatNothingCanBeCompiledForIsNamed) {
    expect_refused("riscv-64-linux", "must state the length of vectors: add -rvv-vector_bits_128");
    expect_refused("arm-64-linux-sve2", "must state the length of vectors: add -vector_bits_128");
    expect_refused("hexagon-32-noos", "nothing can be compiled for it");
    expect_refused("arm-64-qurt", "nothing can be compiled for it");
    expect_refused("arm-32-windows", "nothing can be compiled for it");
    expect_refused("x86-64-linux-vsx", "incompatible");
}

// Some targets show only in real kernels what Halide has against them.
TEST_F(RawTarget, WhoseLibraryCannotBeLoweredIsNamed) {
    const CommandResult result = build("hexagon-32-noos-hvx_128");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_TRUE(is_one_line(result.err)) << result.err;
    EXPECT_EQ(result.err.rfind("tconv: --target = hexagon-32-noos-hvx_128: ", 0), 0u) << result.err;
    EXPECT_FALSE(folder_.has("out"));
}

TEST_F(RawTarget, WithVectorsOfAnotherLengthIsRefused) {
    expect_refused("arm-64-linux-sve2-vector_bits_256", "vectors of 256 bits are not supported");
    expect_refused("arm-64-linux-vector_bits_512", "vectors of 512 bits are not supported");
    expect_refused("riscv-64-linux-rvv-vector_bits_256", "vectors of 256 bits are not supported");
}

TEST_F(RawTarget, WithSveOf128BitsIsRightOnLongerVectors) {
    for (const char *length : {"sve128=on", "sve256=on", "sve512=on"}) {
        const CommandResult result =
            folder_.tconv(std::string("verify up.json --target arm-64-linux-sve2-vector_bits_128 "
                                      "--emulator 'qemu-aarch64 -cpu max,") +
                          length + " -L /usr/aarch64-linux-gnu'");
        EXPECT_EQ(result.exit_code, 0) << length << ": " << result.out << result.err;
    }
}

// The platform keeps a shadow stack there.
TEST_F(RawTarget, ThatReservesRegisterX18DoesNotUseIt) {
    const std::regex x18(R"(\b[xw]18\b)");
    ASSERT_EQ(build("arm-64-linux", "--assembly").exit_code, 0);
    EXPECT_TRUE(std::regex_search(assembly(), x18)) << "the layer needs too few registers to show anything";
    for (const char *target : {"arm-64-android", "arm-64-android-arm_dot_prod", "arm-64-osx"}) {
        // A user's own arguments for LLVM neither reach the code nor take the place of ours.
        for (const char *prefix : {"", "HL_LLVM_ARGS=-no-such-argument"}) {
            const CommandResult result = build(target, "--assembly", prefix);
            ASSERT_EQ(result.exit_code, 0) << result.err;
            EXPECT_NE(assembly().find("fmla"), std::string::npos) << target;
            EXPECT_FALSE(std::regex_search(assembly(), x18)) << target;
        }
    }
}

// The run-time library of a device is code of the same platform.
TEST_F(RawTarget, ThatReservesRegisterX18DoesNotUseItForDevices) {
    const auto uses_of_x18 = [&](const std::string &target) {
        EXPECT_EQ(build(target).exit_code, 0) << target;
        const auto code = run_program({"llvm-objdump", "-d", "--no-show-raw-insn", folder_.path("out/libup.a")});
        EXPECT_TRUE(code && code->exit_code == 0) << "llvm-objdump (Debian's package llvm has it)";
        const std::string text = code ? code->output : "";
        const std::regex x18(R"([ \t,\[][xw]18\b)");
        return std::distance(std::sregex_iterator(text.begin(), text.end(), x18), std::sregex_iterator());
    };
    EXPECT_GT(uses_of_x18("arm-64-linux-opencl"), 0);
    EXPECT_EQ(uses_of_x18("arm-64-android-opencl"), 0);
}

// What is forced upon a function takes the place of its features: they must all be there again.
TEST_F(RawTarget, ThatReservesRegisterX18KeepsItsFeatures) {
    ASSERT_EQ(build("arm-64-android-sve2-vector_bits_128", "--assembly").exit_code, 0);
    const std::string text = assembly();
    EXPECT_TRUE(std::regex_search(text, std::regex(R"(\bz[0-9]+\.)"))) << "no instruction of SVE";
    EXPECT_FALSE(std::regex_search(text, std::regex(R"(\b[xw]18\b)")));
}

// They call Halide's run-time library, which is in no library of a CPU, or spoil results on purpose.
TEST_F(RawTarget, OfDebuggingIsRefused) {
    for (const std::string feature : {"debug", "profile", "trace_stores", "asan", "fuzz_float_stores"}) {
        expect_refused("x86-64-linux-" + feature, "must not set " + feature);
    }
}

}  // namespace
}  // namespace tconv::test
