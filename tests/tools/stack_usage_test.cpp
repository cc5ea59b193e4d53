// SPDX-License-Identifier: Apache-2.0
// Frames read from assembly, against sums made by hand.
#include "tools/compiler/stack_usage.h"

#include <gtest/gtest.h>

namespace tconv::test {
namespace {

constexpr int64_t kReturnAddress = 8;

TEST(StackUsage, AddsPushesAndTheFrameOnX86) {
    const auto frames = frame_bytes(
        "\t.text\n"
        "f:                                      # @f\n"
        "# %bb.0:\n"
        "\tpushq\t%rbp\n"
        "\tmovq\t%rsp, %rbp\n"
        "\tpushq\t%r15\n"
        "\tandq\t$-64, %rsp\n"
        "\tsubq\t$448, %rsp                      # imm = 0x1C0\n"
        ".LBB0_1:\n"
        "\tvmovups\t%ymm0, 32(%rsp)\n"
        "\taddq\t$448, %rsp\n"
        "\tpopq\t%r15\n"
        "\tpopq\t%rbp\n"
        "\tretq\n"
        ".Lfunc_end0:\n");
    EXPECT_EQ(frames, (std::map<std::string, int64_t>{{"f", kReturnAddress + 8 + 8 + 63 + 448}}));
}

TEST(StackUsage, KeepsFunctionsApart) {
    const auto frames = frame_bytes("leaf:\n\tretq\n\nouter:\n\tpushq\t%rax\n\tcallq\tleaf\n\tpopq\t%rax\n\tretq\n");
    EXPECT_EQ(frames, (std::map<std::string, int64_t>{{"leaf", kReturnAddress}, {"outer", kReturnAddress + 8}}));
}

TEST(StackUsage, AddsStoresAndTheFrameOnArm) {
    const auto frames = frame_bytes(
        "g:                                      // @g\n"
        "// %bb.0:                               // %entry\n"
        "\tstp\td15, d14, [sp, #-160]!          // 16-byte Folded Spill\n"
        "\tstp\tx29, x30, [sp, #64]             // 16-byte Folded Spill\n"
        "\tstr\tx28, [sp, #-16]!\n"
        "\tsub\tsp, sp, #496\n"
        "\tsub\tsp, sp, #2, lsl #12             // =8192\n"
        "\tadd\tx8, sp, #16\n"
        "\tadd\tsp, sp, #496\n"
        "\tldp\td15, d14, [sp], #160\n"
        "\tret\n");
    EXPECT_EQ(frames, (std::map<std::string, int64_t>{{"g", kReturnAddress + 160 + 16 + 496 + 8192}}));
}

TEST(StackUsage, AddsTheRoundingOfAFrameOnArm) {
    // LLVM aligns through a register: sub x9, sp, #n; and sp, x9, #~(alignment - 1).
    const auto frames = frame_bytes("h:\n\tsub\tx9, sp, #112\n\tand\tsp, x9, #0xffffffffffffffc0\n\tret\n");
    EXPECT_GE(frames.at("h"), kReturnAddress + 112 + 63);
}

TEST(StackUsage, IsNothingWithoutFunctions) {
    EXPECT_TRUE(frame_bytes("").empty());
    EXPECT_TRUE(frame_bytes("\t.section\t.rodata\n.Ltable:\n\t.long\t4\n").empty());
}

}  // namespace
}  // namespace tconv::test
