// SPDX-License-Identifier: Apache-2.0
// The innermost loops of the tap product do what their schedule meant: multiply-adds on the widest registers, all sums
// in registers.
#include <gtest/gtest.h>

#include "generators/variants/variant.h"
#include "tests/codegen/layer_builds.h"
#include "tools/measure/assembly_check.h"

namespace tconv::test {
namespace {

// Multiply-adds on the widest registers of the target.
int widest(const MultiplyAddLoop &loop, const std::string &target) {
    return target == "x86-64-avx512" ? loop.zmm : target == "x86-64-avx2" ? loop.ymm : loop.xmm;
}

// What is wrong with a loop; empty where it is as it should be.
std::string complaint(const MultiplyAddLoop &loop, const std::string &target, int sums) {
    const std::string where = "loop at line " + std::to_string(loop.first_line) + " (" + loop.label + "): ";
    if (widest(loop, target) != loop.multiply_adds) {
        return where + std::to_string(loop.multiply_adds - widest(loop, target)) + " multiply-adds on narrow registers";
    }
    if (loop.multiply_adds < sums) {
        return where + std::to_string(loop.multiply_adds) + " multiply-adds, the tile has " + std::to_string(sums);
    }
    if (loop.vector_spills > 0) {
        return where + std::to_string(loop.vector_spills) + " spilled vectors";
    }
    // A tile of many pixels may have more row addresses than x86-64 has general registers. Reloading one takes one of
    // two loads a cycle, which the multiply-adds, two a cycle at best, leave free.
    if (loop.address_reloads * 8 > loop.multiply_adds) {
        return where + std::to_string(loop.address_reloads) + " spilled addresses";
    }
    return loop.gathers > 0 ? where + std::to_string(loop.gathers) + " gathers" : "";
}

class InnerLoop : public testing::TestWithParam<BuildCase> {};

TEST_P(InnerLoop, KeepsItsTileInRegisters) {
    const auto &[name, target] = GetParam();
    BuildOptions options;
    options.variant = "phases";
    options.assembly = true;
    const LayerBuild build(layer_named(name), target, options);
    const Knobs &knobs = build.library.choice.knobs;
    ASSERT_EQ(knobs.count("tile_co"), 1u);
    int kernels = 0;
    for (const std::string &kernel : build.library.kernels) {
        if (kernel.rfind("taps", 0) != 0) {
            continue;
        }
        kernels++;
        const std::vector<MultiplyAddLoop> loops = multiply_add_loops(build.assembly(kernel));
        EXPECT_FALSE(loops.empty()) << kernel << " has no loop of multiply-adds";
        for (const MultiplyAddLoop &loop : loops) {
            EXPECT_EQ(complaint(loop, target, knobs.at("tile_co") * knobs.at("tile_x")), "")
                << kernel << ", " << to_string(knobs);
        }
    }
    EXPECT_GE(kernels, 1);
}

INSTANTIATE_TEST_SUITE_P(DefaultKnobs, InnerLoop,
                         testing::ValuesIn(every_combination({"unet_up1", "pix2pix_up6", "cyclegan_u1", "dcgan_g3",
                                                              "hifigan_u1", "unet3d_up1", "fcn8s_upscore8", "voxel_k3",
                                                              "prime_channels+tanh", "channels_first"},
                                                             {"x86-64-avx2", "x86-64-avx512", "arm64-neon"})),
                         [](const auto &instance) { return name_of(instance.param); });

// The rules above on loops that break them.
TEST(InnerLoopRules, SeeWhatIsWrong) {
    const std::string good =
        "kernel:\n.L1:\n\tvbroadcastss\t(%rax), %ymm2\n\tvfmadd231ps\t(%rcx), %ymm2, %ymm0\n"
        "\tvfmadd231ps\t32(%rcx), %ymm2, %ymm1\n\tdecq\t%rdx\n\tjne\t.L1\n";
    const auto judged = [](const std::string &assembly, int sums) {
        const auto loops = multiply_add_loops(assembly);
        return loops.size() == 1 ? complaint(loops[0], "x86-64-avx2", sums) : std::to_string(loops.size()) + " loops";
    };
    const auto with = [&](const std::string &line) {
        std::string text = good;
        return text.insert(text.find("\tdecq"), line);
    };
    EXPECT_EQ(judged(good, 2), "");
    EXPECT_EQ(judged(good, 3), "loop at line 2 (.L1): 2 multiply-adds, the tile has 3");
    EXPECT_EQ(judged(with("\tvmovups\t%ymm1, 64(%rsp)\n"), 2), "loop at line 2 (.L1): 1 spilled vectors");
    EXPECT_EQ(judged(with("\tmovq\t8(%rsp), %rcx\n"), 2), "loop at line 2 (.L1): 1 spilled addresses");
    EXPECT_EQ(judged(with("\tvfmadd231ps\t%xmm3, %xmm2, %xmm4\n"), 2),
              "loop at line 2 (.L1): 1 multiply-adds on narrow registers");
    EXPECT_EQ(judged(with("\tvgatherdps\t%ymm3, (%rax,%ymm2,4), %ymm4\n"), 2), "loop at line 2 (.L1): 1 gathers");
}

}  // namespace
}  // namespace tconv::test
