// SPDX-License-Identifier: Apache-2.0
// The innermost loops of a library's kernels do what their schedules meant: multiply-adds on the widest registers, all
// sums in registers, nothing gathered.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "generators/variants/variant.h"
#include "schedules/machine.h"
#include "tests/codegen/layer_builds.h"
#include "tests/schedules/schedule_layers.h"
#include "tools/verify/assembly_check.h"

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

// What the loops of multiply-adds of a library's kernels have wrong with them. NAME_pack's kernels run once for all and
// are not looked at. `sums`: the least multiply-adds of a loop.
std::string complaints(const LayerBuild &build, const std::string &target, int sums) {
    std::string found;
    for (const std::string &kernel : build.library.kernels) {
        if (kernel == "pack_filter" || kernel == "sum_filter") {
            continue;
        }
        for (const MultiplyAddLoop &loop : multiply_add_loops(build.assembly(kernel))) {
            const std::string wrong = complaint(loop, target, sums);
            found += wrong.empty() ? "" : kernel + ", " + wrong + "\n";
        }
    }
    return found;
}

// The multiply-adds of the fullest loop.
int most_multiply_adds(const LayerBuild &build) {
    int most = 0;
    for (const std::string &kernel : build.library.kernels) {
        for (const MultiplyAddLoop &loop : multiply_add_loops(build.assembly(kernel))) {
            most = std::max(most, loop.multiply_adds);
        }
    }
    return most;
}

// Sums that keep two multiply-add units busy for the four cycles that each takes.
constexpr int kSumsInFlight = 8;

class InnerLoop : public testing::TestWithParam<BuildCase> {};

TEST_P(InnerLoop, KeepsItsTileInRegisters) {
    const auto &[name, target] = GetParam();
    BuildOptions options;
    options.variant = "phases";
    options.assembly = true;
    const LayerBuild build(layer_named(name), target, options);
    const Knobs &knobs = build.library.choice.knobs;
    EXPECT_GE(most_multiply_adds(build), knobs.at("tile_co") * std::min(knobs.at("tile_x"), kSumsInFlight));
    EXPECT_EQ(complaints(build, target, 1), "") << to_string(knobs);
}

INSTANTIATE_TEST_SUITE_P(DefaultKnobs, InnerLoop,
                         testing::ValuesIn(every_combination({"unet_up1", "pix2pix_up6", "cyclegan_u1", "dcgan_g3",
                                                              "hifigan_u1", "unet3d_up1", "fcn8s_upscore8", "voxel_k3",
                                                              "prime_channels+tanh", "channels_first"},
                                                             {"x86-64-avx2", "x86-64-avx512", "arm64-neon"})),
                         [](const auto &instance) { return name_of(instance.param); });

// What users get: the default choice for the layers that tconv is measured by.
class DefaultChoice : public testing::TestWithParam<BuildCase> {};

TEST_P(DefaultChoice, HasCleanInnerLoops) {
    const auto &[name, target] = GetParam();
    BuildOptions options;
    options.assembly = true;
    const LayerBuild build(layer_named(name), target, options);
    const Choice &choice = build.library.choice;
    EXPECT_GE(most_multiply_adds(build), kSumsInFlight) << choice.variant << " " << to_string(choice.knobs);
    EXPECT_EQ(complaints(build, target, 1), "") << choice.variant << " " << to_string(choice.knobs);
}

std::vector<std::string> names_of_benchmark_layers() {
    std::vector<std::string> names;
    for (const Layer &layer : benchmark_layers()) names.push_back(layer.name);
    return names;
}

INSTANTIATE_TEST_SUITE_P(X86, DefaultChoice,
                         testing::ValuesIn(every_combination(names_of_benchmark_layers(),
                                                             {"x86-64-avx2", "x86-64-avx512"})),
                         [](const auto &instance) { return name_of(instance.param); });

// Every variant on the smallest benchmark layer without an obstacle for it, for every CPU target with wide registers.
struct VariantCase {
    std::string variant;
    BuildCase build;
};

void PrintTo(const VariantCase &variant_case, std::ostream *stream) {
    *stream << variant_case.variant << " " << name_of(variant_case.build);
}

std::vector<VariantCase> smallest_layer_of_every_variant() {
    std::vector<VariantCase> cases;
    for (const std::string target : {"x86-64-avx2", "x86-64-avx512", "arm64-neon"}) {
        const Machine machine = find_target(target)->machine();
        for (const Variant &variant : variants()) {
            const Layer *smallest = nullptr;
            for (const Layer &layer : benchmark_layers()) {
                const bool smaller = smallest == nullptr || layer.useful_macs() < smallest->useful_macs();
                if (smaller && variant.obstacle(layer, machine).empty()) smallest = &layer;
            }
            if (smallest != nullptr && !variant.is_reference) cases.push_back({variant.id, {smallest->name, target}});
        }
    }
    return cases;
}

class EveryVariant : public testing::TestWithParam<VariantCase> {};

TEST_P(EveryVariant, HasCleanInnerLoops) {
    BuildOptions options;
    options.variant = GetParam().variant;
    options.assembly = true;
    const LayerBuild build(layer_named(GetParam().build.layer), GetParam().build.target, options);
    EXPECT_GT(most_multiply_adds(build), 0);
    EXPECT_EQ(complaints(build, GetParam().build.target, 1), "") << to_string(build.library.choice.knobs);
}

INSTANTIATE_TEST_SUITE_P(Cpu, EveryVariant, testing::ValuesIn(smallest_layer_of_every_variant()),
                         [](const auto &instance) {
                             return instance.param.variant + "_" + name_of(instance.param.build);
                         });

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
