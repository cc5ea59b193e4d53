// SPDX-License-Identifier: Apache-2.0
// NAME_supported() on many processors, as qemu plays them, against what a compiler's own library finds out there.
#include "tools/compiler/processor_check.h"

#include <Halide.h>
#include <gtest/gtest.h>

#include "runtime/base/child_process.h"
#include "runtime/base/files.h"
#include "tests/runtime/temporary_folder.h"
#include "tests/tools/program_output.h"
#include "tools/compiler/target_table.h"

namespace tconv::test {
namespace {

// Prints what the object says, what the compiler's library says, and whether registers are kept that a caller relies
// on: a clobbered rbx would show in the sum.
const char *const kX86Program = R"(
#include <stdio.h>
extern int model_supported(void);
int main(void) {
    __builtin_cpu_init();
    int calls = 0, yes = 0;
    for (; calls < 100; calls++) yes += model_supported();
    printf("%g %d\n", yes / (double)calls, EXPECTED);
    return 0;
}
)";

const char *const kAvx2 =
    "(!!__builtin_cpu_supports(\"avx2\") && !!__builtin_cpu_supports(\"fma\") && !!__builtin_cpu_supports(\"bmi\") && "
    "!!__builtin_cpu_supports(\"bmi2\") && !!__builtin_cpu_supports(\"popcnt\"))";
const char *const kAvx512 =
    "(!!__builtin_cpu_supports(\"avx512f\") && !!__builtin_cpu_supports(\"avx512bw\") && "
    "!!__builtin_cpu_supports(\"avx512dq\") && !!__builtin_cpu_supports(\"avx512vl\") && "
    "!!__builtin_cpu_supports(\"avx512cd\"))";

const char *const kArmProgram = R"(
#include <stdio.h>
#include <sys/auxv.h>
extern int model_supported(void);
int main(void) {
    const unsigned long has = getauxval(AT_HWCAP);
    (void)has;
    printf("%d %d\n", model_supported(), EXPECTED);
    return 0;
}
)";

class ProcessorCheck : public testing::Test {
protected:
    // A program that asks for `target`, and says itself whether the processor has it by the C expression `expected`.
    void link(const std::string &target, const std::string &program, const std::string &expected) {
        const auto info = find_target(target);
        ASSERT_TRUE(info) << info.error().message;
        const auto object = processor_check_object("model_supported", Halide::Target(info->halide));
        ASSERT_TRUE(object) << target;
        ASSERT_TRUE(write_file(folder_.file("check.o"), *object));
        ASSERT_TRUE(write_file(folder_.file("main.c"), program));
        // For the least processor: the program itself must run on all of them.
        ASSERT_EQ(output_of({info->cc, "-O2", "-Wl,--fatal-warnings", "-DEXPECTED=" + expected, "-o", program_,
                             folder_.file("main.c"), folder_.file("check.o")}),
                  "");
    }

    std::string on(const std::string &emulator, const std::string &processor) const {
        return output_of({"sh", "-c", emulator + " -cpu " + processor + " \"$0\" 2>/dev/null", program_});
    }

    const TemporaryFolder folder_;
    const std::string program_ = folder_.file("program");
};

constexpr char kX86[] = "qemu-x86_64", kArm[] = "qemu-aarch64 -L /usr/aarch64-linux-gnu";

TEST_F(ProcessorCheck, OfX86IsYesEverywhere) {
    link("x86-64", kX86Program, "1");
    for (const char *processor : {"qemu64", "Opteron_G1", "Nehalem", "Haswell", "max"}) {
        EXPECT_EQ(on(kX86, processor), "1 1\n") << processor;
    }
}

TEST_F(ProcessorCheck, OfAvx2NeedsAllThatTheCodeUses) {
    link("x86-64-avx2", kX86Program, kAvx2);
    for (const char *processor : {"qemu64", "Nehalem", "SandyBridge", "Haswell,-avx2", "Haswell,-fma", "Haswell,-bmi2",
                                  "Haswell,-bmi1", "Haswell,-avx"}) {
        EXPECT_EQ(on(kX86, processor), "0 0\n") << processor;
    }
    for (const char *processor : {"Haswell", "Skylake-Client", "EPYC", "max"}) {
        EXPECT_EQ(on(kX86, processor), "1 1\n") << processor;
    }
    // The compiler's library has no names for these.
    for (const char *processor : {"Haswell,-f16c", "Haswell,-movbe", "Haswell,-abm", "Haswell,-xsave"}) {
        EXPECT_EQ(on(kX86, processor).substr(0, 2), "0 ") << processor;
    }
}

TEST_F(ProcessorCheck, OfAvx512IsWhatThisMachineHas) {
    link("x86-64-avx512", kX86Program, kAvx512);
    EXPECT_EQ(on(kX86, "max"), "0 0\n");  // qemu has no AVX-512
    const std::string here = runs_natively(*find_target("x86-64-avx512")) ? "1 1\n" : "0 0\n";
    EXPECT_EQ(output_of({program_}), here);
}

TEST_F(ProcessorCheck, OfEveryNamedTargetAgreesWithThisMachine) {
    for (const TargetInfo &target : named_targets()) {
        if (target.architecture() == "x86" && !target.is_gpu()) {
            link(target.name, kX86Program, "1");
            EXPECT_EQ(output_of({program_}), runs_natively(target) ? "1 1\n" : "0 1\n") << target.name;
        }
    }
}

TEST_F(ProcessorCheck, OfArmIsYesEverywhere) {
    link("arm64-neon", kArmProgram, "1");
    for (const char *processor : {"cortex-a53", "cortex-a76", "max"}) {
        EXPECT_EQ(on(kArm, processor), "1 1\n") << processor;
    }
}

TEST_F(ProcessorCheck, OfArmDotProductsAsksTheProcessor) {
    link("arm64-neon-dotprod", kArmProgram, "!!(has&HWCAP_ASIMDDP)");
    for (const char *processor : {"cortex-a35", "cortex-a53", "cortex-a72"}) {
        EXPECT_EQ(on(kArm, processor), "0 0\n") << processor;
    }
    for (const char *processor : {"cortex-a76", "neoverse-n1", "max"}) {
        EXPECT_EQ(on(kArm, processor), "1 1\n") << processor;
    }
}

TEST_F(ProcessorCheck, OfArmHalfPrecisionAsksForTwoFields) {
    link("arm-64-linux-arm_dot_prod-arm_fp16", kArmProgram,
         "!!(has&HWCAP_ASIMDDP)&&!!(has&HWCAP_FPHP)&&!!(has&HWCAP_ASIMDHP)");
    for (const auto &[processor, output] :
         {std::pair("cortex-a53", "0 0\n"), {"a64fx", "0 0\n"}, {"cortex-a76", "1 1\n"}, {"max", "1 1\n"}}) {
        EXPECT_EQ(on(kArm, processor), output) << processor;
    }
}

TEST_F(ProcessorCheck, StandsAloneAndKeepsNothing) {
    for (const char *target : {"x86-64-avx512", "arm64-neon-dotprod"}) {
        const auto object = processor_check_object("model_supported", Halide::Target(find_target(target)->halide));
        ASSERT_TRUE(object);
        ASSERT_TRUE(write_file(folder_.file("check.o"), *object));
        const std::string text = output_of({"llvm-readelf", "--all", "--wide", folder_.file("check.o")});
        for (const char *part : {"warning", "error", "failed", "<corrupt", "<unknown", " WA ", " UND model"}) {
            EXPECT_EQ(text.find(part), std::string::npos) << part << " in: " << text;
        }
        EXPECT_NE(text.find("GLOBAL DEFAULT"), std::string::npos) << text;
        EXPECT_EQ(output_of({"llvm-nm", "--undefined-only", folder_.file("check.o")}), "");
    }
}

TEST(ProcessorCheckAbsence, IsWhereALibraryCannotHaveIt) {
    for (const char *target :
         {"arm-32-linux", "x86-32-linux", "x86-64-windows", "arm-64-osx", "riscv-64-linux",
          "x86-64-linux-avx-avx2-f16c-fma-sse41-cuda", "x86-64-linux-opencl", "x86-64-linux-avx512_knl",
          "arm-64-linux-sve2-vector_bits_128", "arm-64-noos-arm_dot_prod"}) {
        EXPECT_FALSE(processor_check_object("f", Halide::Target(target))) << target;
    }
    for (const char *target : {"arm-64-noos", "arm-64-android", "x86-64-noos-avx2", "x86-64-linux-avx512_zen4",
                               "x86-64-linux-avx-large_buffers"}) {
        EXPECT_TRUE(processor_check_object("f", Halide::Target(target))) << target;
    }
}

}  // namespace
}  // namespace tconv::test
