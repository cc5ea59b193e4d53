// SPDX-License-Identifier: Apache-2.0
#include "tools/verify/assembly_check.h"

#include <gtest/gtest.h>

namespace tconv {
namespace {

// A kernel of two nested loops; `inner` are the instructions of the inner one.
std::string kernel(const std::string &inner, const std::string &prologue = "") {
    return "kernel:                                 # @kernel\n"
           "\tsubq\t$64, %rsp\n" +
           prologue +
           ".LBB0_1:                                # =>This Loop Header: Depth=1\n"
           "\tmovq\t8(%rsp), %rdx\n"
           "\txorl\t%eax, %eax\n"
           ".LBB0_2:                                #   Parent Loop BB0_1 Depth=1\n" +
           inner +
           "\taddq\t$4, %rax\n"
           "\tcmpq\t%rcx, %rax\n"
           "\tjne\t.LBB0_2\n"
           "\tvmovups\t%zmm0, 16(%rsp)\n"
           "\tdecq\t%rdi\n"
           "\tjne\t.LBB0_1\n"
           "\tretq\n";
}

const char *const kZmm = "\tvbroadcastss\t(%rdi,%rax), %zmm1\n\tvfmadd231ps\t(%rsi), %zmm1, %zmm0\n";

TEST(AssemblyCheck, FindsTheInnermostLoop) {
    const std::vector<MultiplyAddLoop> loops = multiply_add_loops(kernel(kZmm));
    ASSERT_EQ(loops.size(), 1u);
    EXPECT_EQ(loops[0].label, ".LBB0_2");
    EXPECT_EQ(loops[0].first_line, 6);
    EXPECT_EQ(loops[0].last_line, 11);
    EXPECT_EQ(loops[0].instructions, 5);
    EXPECT_EQ(loops[0].multiply_adds, 1);
    EXPECT_EQ(loops[0].zmm, 1);
    EXPECT_EQ(loops[0].vector_spills + loops[0].address_reloads, 0);
    EXPECT_TRUE(require_zmm_loops("kernel.s", kernel(kZmm)));
}

TEST(AssemblyCheck, AcceptsTheFrameRegisterAsAnOrdinaryOne) {
    const std::string inner = std::string(kZmm) + "\tvbroadcastss\t(%rbp,%rax), %zmm2\n";
    EXPECT_TRUE(require_zmm_loops("kernel.s", kernel(inner)));
    const Expected<std::vector<MultiplyAddLoop>> framed =
        require_zmm_loops("kernel.s", kernel(inner, "\tpushq\t%rbp\n\tmovq\t%rsp, %rbp\n"));
    EXPECT_FALSE(framed);
}

TEST(AssemblyCheck, TellsSpilledVectorsFromAddresses) {
    const std::vector<MultiplyAddLoop> loops =
        multiply_add_loops(kernel(std::string(kZmm) + "\tmovq\t24(%rsp), %r8\n\tvmovups\t64(%rsp), %zmm3\n"));
    ASSERT_EQ(loops.size(), 1u);
    EXPECT_EQ(loops[0].vector_spills, 1);
    EXPECT_EQ(loops[0].address_reloads, 1);
}

TEST(AssemblyCheck, RefusesNarrowVectorsGathersAndSpills) {
    for (const char *instruction : {"\tvfmadd231ps\t(%rsi), %ymm1, %ymm0\n", "\tvfmadd231ps\t(%rsi), %xmm1, %xmm0\n",
                                    "\tvgatherdps\t(%rdi,%zmm4,4), %zmm5 {%k1}\n", "\tvmovaps\t%zmm7, (%rsp)\n"}) {
        const auto loops = require_zmm_loops("kernel.s", kernel(std::string(kZmm) + instruction));
        ASSERT_FALSE(loops) << instruction;
        EXPECT_NE(loops.error().message.find("kernel.s: the inner loop at line 6 (.LBB0_2)"), std::string::npos)
            << loops.error().message;
    }
}

TEST(AssemblyCheck, IgnoresScalarMultiplyAddsAndLoopsWithout) {
    EXPECT_TRUE(multiply_add_loops(kernel("\tvfmadd231ss\t(%rsi), %xmm1, %xmm0\n")).empty());
    EXPECT_TRUE(multiply_add_loops(kernel("\tvaddps\t(%rsi), %zmm1, %zmm0\n")).empty());
}

TEST(AssemblyCheck, ReadsArm) {
    const std::vector<MultiplyAddLoop> loops = multiply_add_loops(
        "kernel:                                 // @kernel\n"
        "\tsub\tsp, sp, #64\n"
        ".LBB0_1:                                // %loop\n"
        "\tldr\tq1, [x1], #16\n"
        "\tldr\tq2, [sp, #16]                  // 16-byte Folded Reload\n"
        "\tldr\tx3, [sp, #8]\n"
        "\tfmla\tv0.4s, v1.4s, v2.s[0]\n"
        "\tsubs\tx2, x2, #1\n"
        "\tb.ne\t.LBB0_1\n"
        "\tret\n");
    ASSERT_EQ(loops.size(), 1u);
    EXPECT_EQ(loops[0].multiply_adds, 1);
    EXPECT_EQ(loops[0].xmm, 1);
    EXPECT_EQ(loops[0].vector_spills, 1);
    EXPECT_EQ(loops[0].address_reloads, 1);
}

}  // namespace
}  // namespace tconv
