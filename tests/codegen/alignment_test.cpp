// SPDX-License-Identifier: Apache-2.0
// No access claims more alignment than its memory has: tensors of callers start at any element, views at any element of
// the workspace, and only what a function keeps on its own stack is aligned to vectors.
#include <gtest/gtest.h>

#include <ostream>

#include "generators/layer_program.h"
#include "generators/variants/variant.h"
#include "schedules/machine.h"
#include "tests/codegen/layer_builds.h"
#include "tests/codegen/llvm_ir.h"
#include "tests/generators/corner_layers.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {
namespace {

using Halide::Target;

std::string llvm_of(const Halide::Module &module) {
    const TemporaryFolder folder;
    module.compile({{Halide::OutputFileType::llvm_assembly, folder.file("module.ll")}});
    return file_text(folder.file("module.ll"));
}

// What is wrong with a module's accesses, one a line. `aligned_to_vectors` counts those that claim more than an
// element.
std::string complaints(const std::string &module, int64_t tensor_element, int &aligned_to_vectors) {
    std::string found;
    for (const MemoryAccess &access : memory_accesses(module)) {
        const std::string wrong = alignment_complaint(access, tensor_element);
        found += wrong.empty() ? "" : wrong + "\n";
        aligned_to_vectors += access.alignment > access.element_bytes ? 1 : 0;
    }
    return found;
}

// Few cells, so that rows on the stack are shorter than a vector; borders, rests of channels and of columns; a long
// epilogue, which keeps rows of its own.
std::vector<Layer> layers() {
    std::vector<Layer> layers;
    Layer single = corner_layer("line_single_output");
    single.name = "line_single_cell_of_few_channels";
    single.in_channels = 3;
    single.out_channels = 1;
    layers.push_back(single);
    for (const char *name : {"image_one_output_channel", "image_blocks_and_a_rest", "image_k4_s2"})
        layers.push_back(corner_layer(name));
    return layers;
}

struct AlignmentCase {
    std::string target, variant;
};

void PrintTo(const AlignmentCase &alignment_case, std::ostream *stream) {
    *stream << alignment_case.variant << " for " << alignment_case.target;
}

std::vector<AlignmentCase> every_variant_and_target() {
    std::vector<AlignmentCase> cases;
    for (const char *target : {"x86-64", "x86-64-avx2", "x86-64-avx512", "arm64-neon"}) {
        for (const Variant &variant : variants()) {
            if (!variant.for_gpu) cases.push_back({target, variant.id});
        }
    }
    return cases;
}

class Alignment : public testing::TestWithParam<AlignmentCase> {};

TEST_P(Alignment, IsWhatMemoryHas) {
    const auto info = find_target(GetParam().target);
    ASSERT_TRUE(info) << info.error().message;
    const Machine machine = info->machine();
    const Target program = Target(info->halide).with_feature(Target::NoRuntime).with_feature(Target::NoBoundsQuery);
    const Variant &variant = *find_variant(GetParam().variant);
    int aligned_to_vectors = 0, kernels = 0;
    for (const Layer &layer : layers()) {
        if (!takes(variant, layer, machine)) continue;
        const LayerPlan plan = variant.plan(layer, machine, proposed_knobs(variant, layer, machine));
        for (const Kernel &kernel : plan.kernels) {
            const Halide::Module module =
                kernel.lower(kernel_symbol(layer, kernel), program.with_feature(Target::NoAsserts));
            EXPECT_EQ(complaints(llvm_of(module), sizeof(float), aligned_to_vectors), "") << layer.name;
            kernels++;
        }
        // Behind its pointers are strides of the caller, of eight bytes, and tables of its own.
        EXPECT_EQ(complaints(llvm_of(layer_program(layer, plan, program, {})), sizeof(int64_t), aligned_to_vectors),
                  "");
    }
    EXPECT_GT(kernels, 0) << "accepts none of these layers: add one";
    if (variant.id == "column_rows") {
        EXPECT_GT(aligned_to_vectors, 0)
            << "its rows on the stack are accessed by vectors: are accesses still understood?";
    }
}

INSTANTIATE_TEST_SUITE_P(Cpu, Alignment, testing::ValuesIn(every_variant_and_target()), [](const auto &instance) {
    return name_of(BuildCase{instance.param.variant, instance.param.target});
});

// The rules on accesses that break them.
TEST(AlignmentRules, SeeWhatIsWrong) {
    const auto judged = [](const std::string &instructions) {
        int aligned = 0;
        const std::string found = complaints("define i32 @kernel(ptr noalias %view) {\nentry:\n" + instructions + "}\n",
                                             sizeof(float), aligned);
        return found.substr(0, found.find('\n'));
    };
    const std::string row =
        "  %row = alloca [16 x float], align 64\n  %cell = alloca float, align 4\n  %host = load ptr, ptr %view, align "
        "8\n";
    const std::string vector = "<16 x float> %v, ptr %at, align 64";
    EXPECT_EQ(judged(row + "  %at = getelementptr inbounds float, ptr %host, i64 %i\n  store <16 x float> %v, ptr %at, "
                           "align 4, !tbaa !5\n"),
              "");
    EXPECT_EQ(judged(row + "  store <16 x float> %v, ptr %row, align 64\n"), "");
    EXPECT_EQ(judged(row + "  %at = getelementptr inbounds float, ptr %host, i64 %i\n  store " + vector + "\n"),
              "@kernel: store " + vector + ": %host is memory that need not be aligned");
    EXPECT_EQ(judged(row + "  %at = phi ptr [ %row, %entry ], [ %cell, %loop ]\n  store " + vector + "\n"),
              "@kernel: store " + vector + ": %cell is a stack variable aligned to 4, offset -1");
    EXPECT_EQ(judged(row + "  %at = getelementptr inbounds i8, ptr %row, i64 32\n  store " + vector + "\n"),
              "@kernel: store " + vector + ": %row is a stack variable aligned to 64, offset 32");
    EXPECT_EQ(judged("  %at = alloca [3 x float], align 64\n  store " + vector + "\n"),
              "@kernel: store " + vector + ": %at is a stack variable of 12 bytes");
    const std::string masked =
        "call void @llvm.masked.store.v16f32.p0(<16 x float> %v, ptr %cell, i32 64, <16 x i1> %m)";
    EXPECT_EQ(judged(row + "  " + masked + "\n"),
              "@kernel: " + masked + ": %cell is a stack variable aligned to 4, offset 0");
    const std::string copy =
        "call void @llvm.memcpy.p0.p0.i64(ptr align 16 %row, ptr align 16 %host, i64 64, i1 false)";
    EXPECT_EQ(judged(row + "  " + copy + "\n"), "@kernel: " + copy + ": %host is memory that need not be aligned");
}

}  // namespace
}  // namespace tconv::test
