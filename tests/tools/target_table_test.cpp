// SPDX-License-Identifier: Apache-2.0
// Names of targets, and what is refused in their place.
#include "tools/compiler/target_table.h"

#include <Halide.h>
#include <gtest/gtest.h>

#include <set>

namespace tconv::test {
namespace {

std::string refusal(const std::string &name) {
    const auto target = find_target(name);
    return target ? "(accepted)" : target.error().message;
}

TEST(TargetTable, FindsEveryName) {
    std::set<std::string> names;
    for (const TargetInfo &target : named_targets()) {
        EXPECT_TRUE(names.insert(target.name).second) << target.name << " stands twice in the table";
        const auto found = find_target(target.name);
        ASSERT_TRUE(found) << found.error().message;
        EXPECT_EQ(found->name, target.name);
        EXPECT_EQ(found->halide, target.halide);
        EXPECT_TRUE(Halide::Target::validate_target_string(target.halide)) << target.halide;
        EXPECT_FALSE(target.family.empty() || target.cc.empty() || target.verified_by.empty()) << target.name;
    }
    for (const char *name : {"x86-64", "x86-64-avx2", "x86-64-avx512", "arm64-neon", "arm64-neon-dotprod", "cuda-sm80",
                             "cuda-sm86", "opencl"}) {
        EXPECT_EQ(names.count(name), 1u) << name;
    }
}

TEST(TargetTable, KnowsWhatItsTargetsAre) {
    EXPECT_TRUE(find_target("cuda-sm80")->is_gpu());
    EXPECT_TRUE(find_target("cuda-sm80")->is_cuda());
    EXPECT_FALSE(find_target("cuda-sm80")->is_opencl());
    EXPECT_TRUE(find_target("opencl")->is_opencl());
    EXPECT_FALSE(find_target("x86-64-avx2")->is_gpu());
    EXPECT_EQ(find_target("x86-64-avx2")->architecture(), "x86");
    EXPECT_EQ(find_target("arm64-neon")->architecture(), "arm");
    EXPECT_EQ(find_target("arm64-neon")->bits(), 64);
    EXPECT_EQ(find_target("arm-32-linux")->bits(), 32);
}

TEST(TargetTable, HostIsATargetThatRunsHere) {
    const auto host = find_target("host");
    ASSERT_TRUE(host) << host.error().message;
    EXPECT_EQ(host->name, host_target_name());
    EXPECT_FALSE(host->is_gpu());
    if (Halide::get_host_target().os == Halide::Target::Linux) {
        EXPECT_TRUE(runs_natively(*host));
    }
}

TEST(TargetTable, TakesHalideTargetStrings) {
    const auto plain = find_target("x86-64-linux-avx-sse41");
    ASSERT_TRUE(plain) << plain.error().message;
    EXPECT_EQ(plain->name, "x86-64-linux-avx-sse41");
    EXPECT_EQ(plain->halide, "x86-64-linux-avx-sse41");
    EXPECT_EQ(plain->family, "x86_sse");
    EXPECT_EQ(find_target("x86-64-linux-avx-avx2-f16c-fma-sse41")->family, "x86_avx2");
    EXPECT_EQ(find_target("x86-64-linux-avx-avx2-avx512-avx512_skylake-f16c-fma-sse41")->family, "x86_avx512");
    EXPECT_EQ(find_target("arm-64-linux-arm_fp16")->family, "arm_neon");
    EXPECT_EQ(find_target("arm-64-linux-arm_fp16")->cc, "aarch64-linux-gnu-gcc");
    EXPECT_EQ(find_target("arm-32-linux")->family, "reference");
    EXPECT_EQ(find_target("x86-64-linux-cuda")->family, "gpu");
}

TEST(TargetTable, RefusesWhatIsNoTarget) {
    for (const char *name :
         {"", "x86", "riscv9", "x86-64-avx", "X86-64", "x86-64-linux-avx9", "x86-64-linux-", "-", "--help", "arm64"}) {
        EXPECT_EQ(refusal(name).rfind(std::string("--target = ") + name + ": must be one of x86-64, x86-64-avx2, ", 0),
                  0u)
            << refusal(name);
    }
}

TEST(TargetTable, RefusesFeaturesThatTconvChooses) {
    for (const char *feature : {"jit", "no_asserts", "no_bounds_query", "no_runtime", "strict_float", "user_context",
                                "c_plus_plus_name_mangling"}) {
        const std::string target = std::string("x86-64-linux-") + feature;
        EXPECT_EQ(
            refusal(target).rfind("--target = " + target + ": must not set features that tconv chooses itself", 0), 0u)
            << refusal(target);
    }
}

TEST(TargetTable, KnowsWhatHasSchedules) {
    for (const TargetInfo &target : named_targets()) {
        EXPECT_TRUE(has_schedules(target)) << target.name;
    }
    EXPECT_TRUE(has_schedules(*find_target("arm-64-android")));
    const Status none = has_schedules(*find_target("arm-32-linux"));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().message.rfind("--target = arm-32-linux: there are no schedules for arm-32: ", 0), 0u)
        << none.error().message;
}

TEST(TargetTable, RefusesVectorsOfUnknownOrAnotherLength) {
    EXPECT_NE(refusal("arm-64-linux-sve").find("must state the length of vectors"), std::string::npos);
    EXPECT_NE(refusal("arm-64-linux-sve2-vector_bits_256").find("must be 128"), std::string::npos);
    EXPECT_EQ(refusal("arm-64-linux-sve2-vector_bits_128"), "(accepted)");
    EXPECT_EQ(refusal("x86-64-linux-avx10_1-vector_bits_256"), "(accepted)");
}

TEST(TargetTable, RefusesOtherGpuInterfaces) {
    EXPECT_EQ(refusal("arm-64-osx-metal"),
              "--target = arm-64-osx-metal: of the GPU interfaces only cuda and opencl are supported");
    EXPECT_NE(refusal("x86-64-linux-vulkan").find("only cuda and opencl"), std::string::npos);
}

}  // namespace
}  // namespace tconv::test
