// SPDX-License-Identifier: Apache-2.0
// What a library adds to a program that uses all of it.
#include <gtest/gtest.h>

#include <sstream>

#include "runtime/base/child_process.h"
#include "runtime/base/files.h"
#include "tests/codegen/layer_builds.h"

namespace tconv::test {
namespace {

constexpr int64_t kMostBytes = 32 * 1024;

// Code and constants of a program linked by the target's compiler; -1 where it cannot be.
int64_t program_size(const LayerBuild &build, const TargetInfo &target, const std::string &name,
                     const std::string &source, const std::vector<std::string> &libraries) {
    const std::string c = build.folder.file(name + ".c"), program = build.folder.file(name);
    EXPECT_TRUE(write_file(c, source));
    std::vector<std::string> command = {target.cc, "-std=c99", "-O2", "-o", program, c};
    command.insert(command.end(), libraries.begin(), libraries.end());
    const auto linked = run_program(command);
    if (!linked || linked->exit_code != 0) {
        ADD_FAILURE() << target.cc << ": " << (linked ? linked->output : linked.error().message);
        return -1;
    }
    // "   text    data     bss ..." above the numbers; text is code, constants and unwinding tables.
    const auto sizes = run_program({"llvm-size", program});
    EXPECT_TRUE(sizes && sizes->exit_code == 0) << "llvm-size (Debian's package llvm has it)";
    std::istringstream lines(sizes ? sizes->output : "");
    std::string heading;
    std::getline(lines, heading);
    int64_t text = -1;
    lines >> text;
    return text;
}

class LibrarySize : public testing::TestWithParam<BuildCase> {};

TEST_P(LibrarySize, IsBelow32Kilobytes) {
    const auto &[name, target_name] = GetParam();
    const Layer layer = layer_named(name);
    const TargetInfo target = *find_target(target_name);
    const LayerBuild build(layer, target_name);
    ASSERT_FALSE(build.library.archive.empty());
    const std::string calls =
        "#include \"" + build.library.header + "\"\n" + "int main(int argc, char **argv) {\n    " + layer.name +
        "_args args = {0};\n    args.input = (const float *)argv;\n    return " + layer.name + "_run(&args) + " +
        layer.name + "_task(&args, argc, 0) + " + layer.name + "_pack(args.input, 0, argv);\n}\n";
    const int64_t with = program_size(build, target, "with", calls, {build.library.archive});
    const int64_t without = program_size(build, target, "without", "int main(void) { return 0; }\n", {});
    ASSERT_GT(without, 0);
    EXPECT_GT(with, without);
    EXPECT_LT(with - without, kMostBytes);
    RecordProperty("bytes", std::to_string(with - without));
}

INSTANTIATE_TEST_SUITE_P(Layers, LibrarySize,
                         testing::ValuesIn(every_combination({"fcn8s_upscore8", "long_sequence", "gan3d_g1", "dcgan_g3",
                                                              "prime_channels+relu6", "prime_channels+tanh",
                                                              "channels_first+tanh"},
                                                             {"x86-64-avx2", "x86-64-avx512", "arm64-neon"})),
                         [](const auto &instance) { return name_of(instance.param); });

}  // namespace
}  // namespace tconv::test
