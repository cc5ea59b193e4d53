// SPDX-License-Identifier: Apache-2.0
// Libraries in the hands of a C compiler: the header in both languages, several libraries in one program, threads.
#include <Halide.h>
#include <gtest/gtest.h>

#include <numeric>
#include <sstream>

#include "runtime/base/child_process.h"
#include "runtime/base/files.h"
#include "tconv/npy.h"
#include "tests/generators/corner_layers.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/runtime/temporary_folder.h"

namespace tconv::test {
namespace {

using Command = std::vector<std::string>;

const std::string kPrograms = TCONV_TEST_PROGRAMS;

// A program's output; a failure to compile or run it is a GoogleTest failure.
std::string checked_output(const Command &argv) {
    const auto result = run_program(argv);
    if (!result) {
        ADD_FAILURE() << result.error().message;
        return "";
    }
    EXPECT_EQ(result->exit_code, 0) << testing::PrintToString(argv) << "\n" << result->output;
    return result->output;
}

void expect_builds(const Layer &layer, const TargetInfo &target, const std::string &folder) {
    const auto built = build_library(layer, target, folder);
    ASSERT_TRUE(built) << built.error().message;
}

Layer renamed(const std::string &corner, const std::string &name) {
    Layer layer = corner_layer(corner);
    layer.name = name;
    return layer;
}

class Header : public testing::Test {
protected:
    // The header next to it compiles in both languages without a warning.
    void expect_compiles(const Layer &layer, const TargetInfo &target) {
        expect_builds(layer, target, folder_.path());
        const Command checks = {"-Wall", "-Wextra", "-Werror", "-pedantic", "-I", folder_.path(), "-fsyntax-only"};
        Command c = {"cc", "-std=c99"}, cpp = {"c++", "-std=c++17"};
        c.insert(c.end(), checks.begin(), checks.end());
        cpp.insert(cpp.end(), checks.begin(), checks.end());
        c.push_back(kPrograms + "/use_header.c");
        cpp.insert(cpp.end(), {"-x", "c++", kPrograms + "/use_header.c"});
        EXPECT_EQ(checked_output(c), "");
        EXPECT_EQ(checked_output(cpp), "");
    }

    TemporaryFolder folder_;
};

TEST_F(Header, CompilesAsC99AndCpp17) { expect_compiles(renamed("image_k4_s2", "corner"), common_target()); }

TEST_F(Header, CompilesForAnEmptyBatch) { expect_compiles(renamed("image_batch_0", "corner"), common_target()); }

TEST_F(Header, CompilesForThreeAxesInChannelsFirst) {
    expect_compiles(renamed("volume_k2_s2_channels_first", "corner"), common_target());
}

TEST_F(Header, CompilesForADevice) { expect_compiles(renamed("line_dense", "corner"), *find_target("opencl")); }

TEST_F(Header, CompilesWithWeightsInside) {
    Layer layer = renamed("line_dense", "corner");
    const LayerData data = random_layer_data(layer, 1);
    layer.weights = WeightFiles{folder_.file("filter.npy"), ""};
    ASSERT_TRUE(write_npy(layer.weights->filter, {layer.filter_shape(), data.filter}));
    expect_compiles(layer, common_target());
}

// ---- Programs ----

// libtwice.a and twice.h: a pipeline of someone else's, with Halide's run-time library and its thread pool.
void build_halide_library(const std::string &folder) {
    Halide::ImageParam input(Halide::Float(32), 1, "input");
    Halide::Func twice("twice");
    Halide::Var x("x"), outer("outer");
    twice(x) = 2.0f * input(x);
    twice.split(x, outer, x, 64).parallel(outer).vectorize(x, 8);
    const Halide::Target target(common_target().halide);
    twice.compile_to_static_library(folder + "/libtwice", {input}, "twice", target);
    ASSERT_EQ(std::rename((folder + "/libtwice.h").c_str(), (folder + "/twice.h").c_str()), 0);
}

double sum_on_ones(const Layer &layer) {
    const auto ones = [](int64_t count) { return std::vector<float>(static_cast<size_t>(count), 1.0f); };
    const LayerData data{ones(layer.input_elements()), ones(layer.filter_elements()),
                         ones(layer.bias ? layer.out_channels : 0)};
    const OracleResult result = oracle_of(layer, data);
    return std::accumulate(result.value.begin(), result.value.end(), 0.0);
}

TEST(Linking, LibrariesOfTconvAndHalideShareAProgram) {
    const TemporaryFolder folder;
    const Layer a = renamed("image_k4_s2", "same_a"), b = renamed("image_k4_s2", "same_b");
    const Layer other = renamed("volume_k2_s2_channels_first", "other");
    for (const Layer &layer : {a, b, other}) expect_builds(layer, common_target(), folder.path());
    build_halide_library(folder.path());
    const std::string program = folder.file("program");
    checked_output({"cc",          "-std=c11",    "-Wall",
                    "-Wextra",     "-Werror",     "-I",
                    folder.path(), "-isystem",    TCONV_HALIDE_INCLUDE,
                    "-o",          program,       kPrograms + "/many_libraries.c",
                    "-L",          folder.path(), "-lsame_a",
                    "-lother",     "-ltwice",     "-lsame_b",
                    "-lpthread",   "-ldl",        "-lm"});
    std::ostringstream expected;
    expected << sum_on_ones(a) << " " << sum_on_ones(b) << " " << sum_on_ones(other) << " 2000\n";
    EXPECT_EQ(checked_output({program}), expected.str());
}

// A program asks on whatever processor it runs: the function brings nothing else with it.
TEST(Linking, TheProcessorCheckStandsAlone) {
    const TemporaryFolder folder;
    expect_builds(renamed("image_k4_s2", "corner"), host_target(), folder.path());
    const std::string source = folder.file("ask.c"), program = folder.file("ask");
    ASSERT_TRUE(write_file(source, "#include \"corner.h\"\nint main(void) { return corner_supported() ? 0 : 1; }\n"));
    EXPECT_EQ(checked_output({"cc", "-I", folder.path(), "-Wl,--trace-symbol=corner_run", "-o", program, source, "-L",
                              folder.path(), "-lcorner"}),
              "");
    EXPECT_EQ(checked_output({program}), "");
}

TEST(Linking, ALibraryWithoutAProcessorCheckSaysSo) {
    const TemporaryFolder folder;
    for (const char *target : {"opencl", "arm-32-linux"}) {
        expect_builds(renamed("line_dense", "corner"), *find_target(target), folder.path());
        const Expected<std::string> header = read_file(folder.file("corner.h"));
        ASSERT_TRUE(header);
        EXPECT_NE(header->find("#define corner_HAS_SUPPORTED 0"), std::string::npos) << target;
        EXPECT_EQ(header->find("corner_supported("), std::string::npos) << target;
    }
}

class FourThreads : public testing::TestWithParam<LibraryCase> {};

TEST_P(FourThreads, GiveTheBytesOfOne) {
    const TemporaryFolder folder;
    Layer layer = GetParam().layer;
    layer.name = "corner";
    BuildOptions options;
    options.variant = GetParam().variant;
    const auto built = build_library(layer, GetParam().target, folder.path(), options);
    ASSERT_TRUE(built) << built.error().message;
    const std::string program = folder.file("program");
    checked_output({"cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-I", folder.path(), "-o", program,
                    kPrograms + "/four_threads.c", built->archive, "-lpthread"});
    EXPECT_NE(checked_output({program}).find(" tasks"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Native, FourThreads,
                         testing::ValuesIn(with_every_variant({corner_layer("image_blocks_and_a_rest"),
                                                               corner_layer("image_channels_first"),
                                                               corner_layer("volume_k4_s2")},
                                                              common_target())),
                         NameOfCase());

}  // namespace
}  // namespace tconv::test
