// SPDX-License-Identifier: Apache-2.0
// AVX-512 libraries of every variant, run where there is such a processor: this one, or an emulated one. They are linked
// into one program, because an emulated machine takes longer to start than to compute small layers.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <utility>

#include "generators/variants/variant.h"
#include "runtime/base/child_process.h"
#include "schedules/machine.h"
#include "tests/generators/corner_layers.h"
#include "tests/runtime/temporary_folder.h"
#include "tests/support/variant_calls.h"
#include "tools/compiler/build_library.h"

namespace tconv::test {
namespace {

constexpr size_t kLayersOfAVariant = 4;

// Whole and partial blocks of channels, three axes, a row less than a vector, one channel, and what is left.
const std::vector<std::string> &layers_by_interest() {
    static const std::vector<std::string> names = {
        "image_blocks_and_a_rest",  "volume_k4_s2", "line_single_output",
        "image_one_output_channel", "image_k4_s2",  "image_strided_and_dilated",
        "image_channels_first",     "line_dense",   "image_kernel_above_input",
    };
    return names;
}

struct Linked {
    std::string name;  // prefix of its symbols
    std::string corner, variant;
    bool direct;
};

// A library of that layer in that variant, in `folder`.
Linked build(const std::string &corner, const Variant &variant, const TargetInfo &target, const std::string &folder) {
    Layer layer = corner_layer(corner);
    layer.name = corner + "_" + variant.id;
    BuildOptions options;
    options.variant = variant.id;
    options.stack = false;
    const auto built = build_library(layer, target, folder, options);
    if (!built) {
        ADD_FAILURE() << built.error().message;
        return {};
    }
    return {layer.name, corner, variant.id, built->choice.error_growth <= 1};
}

// An element of kLinkedLibraries.
constexpr const char *kElement = R"(    {"CORNER", "VARIANT", DIRECT, NAME_WEIGHTS_BYTES, NAME_WORKSPACE_BYTES,
     [](const float *input, float *output, const void *weights, void *workspace, const int64_t *input_strides,
        const int64_t *output_strides) {
         if (!NAME_supported()) return -1;  // no status of the library's
         const NAME_args args = {input, output, weights, workspace, input_strides, output_strides, nullptr};
         return NAME_run(&args);
     },
     NAME_pack},
)";

std::string element_of(const Linked &library) {
    std::string text = kElement;
    const std::pair<const char *, std::string> words[] = {{"NAME", library.name},
                                                          {"CORNER", library.corner},
                                                          {"VARIANT", library.variant},
                                                          {"DIRECT", library.direct ? "true" : "false"}};
    for (const auto &[word, value] : words) text = std::regex_replace(text, std::regex(word), value);
    return text;
}

// cases.cpp of library_case.h.
std::string table_of(const std::vector<Linked> &libraries) {
    std::ostringstream text;
    for (const Linked &library : libraries) text << "#include \"" << library.name << ".h\"\n";
    text << "#include \"tests/emulated/library_case.h\"\n\nnamespace tconv::test {\n\n"
         << "const std::vector<LinkedLibrary> kLinkedLibraries = {\n";
    for (const Linked &library : libraries) text << element_of(library);
    text << "};\n\n}  // namespace tconv::test\n";
    return text.str();
}

// Compiles and links; a failure is a GoogleTest failure.
void link_program(const std::vector<Linked> &libraries, const std::string &folder, const std::string &program) {
    std::ofstream(folder + "/cases.cpp") << table_of(libraries);
    std::vector<std::string> command = {TCONV_CXX,
                                        "-std=c++17",
                                        "-O1",
                                        "-static",
                                        "-I",
                                        folder,
                                        "-I",
                                        TCONV_SOURCE_DIR,
                                        "-I",
                                        TCONV_SOURCE_DIR "/runtime/include",
                                        "-o",
                                        program,
                                        folder + "/cases.cpp"};
    for (const char *archive : {TCONV_CHECK_ARCHIVES}) command.push_back(archive);
    for (const Linked &library : libraries) command.push_back(folder + "/lib" + library.name + ".a");
    const auto linked = run_program(command);
    ASSERT_TRUE(linked) << linked.error().message;
    ASSERT_EQ(linked->exit_code, 0) << linked->output;
}

TEST(Avx512Libraries, AreRightInEveryVariant) {
    const std::string runner = TCONV_RUN_AVX512;
    const auto usable = run_program({runner, "--check"});
    ASSERT_TRUE(usable) << usable.error().message;
    if (usable->exit_code != 0) GTEST_SKIP() << usable->output;

    const auto target = find_target("x86-64-avx512");
    ASSERT_TRUE(target) << target.error().message;
    const Machine machine = target->machine();
    const TemporaryFolder folder;
    std::vector<Linked> libraries;
    for (const Variant &variant : variants()) {
        if (variant.for_gpu) continue;
        size_t built = 0;
        for (const std::string &corner : layers_by_interest()) {
            if (built == kLayersOfAVariant || !takes(variant, corner_layer(corner), machine)) continue;
            libraries.push_back(build(corner, variant, *target, folder.path()));
            built++;
        }
        EXPECT_GT(built, 0u) << "no layer here that variant " << variant.id << " accepts: add one";
    }
    if (HasFailure()) return;
    const std::string program = folder.file("check_libraries");
    ASSERT_NO_FATAL_FAILURE(link_program(libraries, folder.path(), program));
    const auto ran = run_program({runner, "--timeout", "600", program});
    ASSERT_TRUE(ran) << ran.error().message;
    EXPECT_EQ(ran->exit_code, 0) << ran->output;
    const std::string verdict = std::to_string(libraries.size()) + " libraries, 0 wrong";
    EXPECT_NE(ran->output.find(verdict), std::string::npos) << ran->output;
}

}  // namespace
}  // namespace tconv::test
