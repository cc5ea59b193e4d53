// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/prefetch_hint.h"

#include <gtest/gtest.h>

#include "runtime/base/files.h"
#include "tconv/layer_file.h"
#include "tests/runtime/temporary_folder.h"
#include "tools/compiler/build_library.h"
#include "tools/compiler/target_table.h"

namespace tconv::test {
namespace {

size_t count(const std::string &text, const std::string &word) {
    size_t times = 0;
    for (size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += word.size()) times++;
    return times;
}

class PrefetchHint : public testing::Test {
protected:
    // A sum over rows that fetches ahead, at several distances: short and long displacements, with an index and without.
    // Its constant has the bytes of a prefetch: 0F 18 00 is prefetchnta (%rax).
    void SetUp() override {
        Halide::ImageParam in(Halide::Int(32), 2, "in");
        Halide::Func sum("sum"), out("out");
        Halide::Var x("x"), y("y");
        Halide::RDom k(0, 64);
        sum(x, y) += in(x + k, y) * in(k, y + 1) + 0x180f00;
        out(x, y) = sum(x, y);
        sum.compute_at(out, y).update().prefetch(in, k, k, 5, Halide::PrefetchBoundStrategy::NonFaulting);
        out.prefetch(in, y, y, 3, Halide::PrefetchBoundStrategy::NonFaulting);
        const Halide::Target target("x86-64-linux-avx2-no_runtime-no_asserts-no_bounds_query");
        const Halide::Module module = out.compile_to_module({in}, "kernel", target);
        Machine machine;
        ASSERT_TRUE(drops_prefetched_lines(module, machine));
        machine.keeps_streamed = true;
        ASSERT_FALSE(drops_prefetched_lines(module, machine));
        module.compile({{Halide::OutputFileType::object, object_}, {Halide::OutputFileType::assembly, assembly_}});
        before_ = *read_file(object_);
        text_ = *read_file(assembly_);
    }

    TemporaryFolder folder_;
    std::string object_ = folder_.file("kernel.o"), assembly_ = folder_.file("kernel.s");
    std::string before_, text_;
};

TEST_F(PrefetchHint, IsChangedInEveryPrefetchAndNowhereElse) {
    const size_t prefetches = count(text_, "prefetchnta");
    ASSERT_GE(prefetches, 2u);
    ASSERT_GT(count(before_, std::string("\x0f\x18\x00", 3)), 0u);
    ASSERT_TRUE(keep_prefetched_lines(object_, assembly_));
    const std::string after = *read_file(object_), text = *read_file(assembly_);
    EXPECT_EQ(count(text, "prefetcht0"), prefetches);
    EXPECT_EQ(count(text, "prefetchnta"), 0u);
    ASSERT_EQ(after.size(), before_.size());
    size_t changed = 0;
    for (size_t i = 2; i < after.size(); i++) {
        if (after[i] == before_[i]) continue;
        changed++;
        EXPECT_EQ(after[i], before_[i] | 8);
        EXPECT_EQ(after.substr(i - 2, 2), "\x0f\x18");
    }
    EXPECT_EQ(changed, prefetches);
    EXPECT_EQ(count(after, std::string("\x0f\x18\x00", 3)), count(before_, std::string("\x0f\x18\x00", 3)));
    // A second time there is nothing to do.
    ASSERT_TRUE(keep_prefetched_lines(object_, assembly_));
    EXPECT_EQ(*read_file(object_), after);
}

TEST_F(PrefetchHint, IsLeftAloneWhereAssemblyAndObjectDiffer) {
    ASSERT_TRUE(write_file(assembly_, text_ + "\tprefetchnta\t77(%rbp)\n"));
    const Status status = keep_prefetched_lines(object_, assembly_);
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("kernel.o: lacks a prefetchnta of "), std::string::npos)
        << status.error().message;
    EXPECT_EQ(*read_file(object_), before_);
}

// Of a filter that every tile reads again. On Zen, where choices were measured with prefetchnta, that is what it stays.
TEST(PrefetchHintOfALibrary, IsThatOfItsProcessor) {
    const Layer layer =
        parse_layer_text(R"({"name": "up", "op": "keras.ops.conv_transpose", "input_shape": [1, 4, 4, 64],
                                             "filter_shape": [3, 3, 16, 64], "strides": 2})",
                         "")
            ->front();
    const TemporaryFolder folder;
    for (const auto &[cpu, expected, other] : {std::tuple("sapphirerapids", "prefetcht0", "prefetchnta"),
                                               {"generic", "prefetcht0", "prefetchnta"},
                                               {"znver3", "prefetchnta", "prefetcht0"}}) {
        BuildOptions options;
        options.variant = "streamed";
        options.assembly = true;
        const auto library = build_library(layer, *find_target("x86-64-avx2", cpu), folder.file(""), options);
        ASSERT_TRUE(library) << library.error().message;
        std::string text;
        for (const std::string &file : library->assembly) text += *read_file(file);
        EXPECT_GT(count(text, expected), 0u) << cpu;
        EXPECT_EQ(count(text, other), 0u) << cpu;
    }
}

}  // namespace
}  // namespace tconv::test
