// SPDX-License-Identifier: Apache-2.0
// Same inputs, same bytes: from any folder, at any time, alone or beside other layers.
#include <gtest/gtest.h>

#include <filesystem>

#include "runtime/base/child_process.h"
#include "runtime/base/files.h"
#include "tconv/npy.h"
#include "tests/codegen/layer_builds.h"

namespace tconv::test {
namespace {

namespace fs = std::filesystem;

const char *const kList = TCONV_SOURCE_DIR "/benchmarks/layers.json";

// tconv build, started in a folder.
void build_in(const std::string &folder, const std::vector<std::string> &arguments) {
    std::vector<std::string> command = {"env", "-C", folder, TCONV_COMMAND, "build"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto result = run_program(command);
    ASSERT_TRUE(result) << result.error().message;
    ASSERT_EQ(result->exit_code, 0) << result->output;
}

// The three files of a library.
std::vector<std::string> library_files(const std::string &name) {
    return {"lib" + name + ".a", name + ".h", name + ".json"};
}

void expect_same_library(const std::string &name, const std::string &folder, const std::string &other) {
    for (const std::string &file : library_files(name)) {
        const std::string expected = file_text(folder + "/" + file);
        EXPECT_GT(expected.size(), 100u) << file;
        EXPECT_TRUE(expected == file_text(other + "/" + file)) << file << " differs";
    }
}

class Reproducible : public testing::TestWithParam<std::string> {};

TEST_P(Reproducible, FromAnyFolderAndBesideOtherLayers) {
    const TemporaryFolder here, there;
    build_in(here.path(), {kList, "--layers", "vae_d1", "--target", GetParam(), "-o", "out"});
    build_in(here.path(), {kList, "--layers", "vae_d1", "--target", GetParam(), "-o", "again"});
    build_in("/", {kList, "--layers", "hifigan_u4,vae_d1,vae_d3", "--target", GetParam(), "-o",
                   there.file("a folder/with others")});
    expect_same_library("vae_d1", here.file("out"), here.file("again"));
    expect_same_library("vae_d1", here.file("out"), there.file("a folder/with others"));
    EXPECT_EQ(std::distance(fs::directory_iterator(there.file("a folder/with others")), fs::directory_iterator()), 9);
}

INSTANTIATE_TEST_SUITE_P(CpuTargets, Reproducible, testing::Values("x86-64-avx2", "arm64-neon"),
                         [](const auto &instance) { return name_of(BuildCase{"for", instance.param}); });

TEST(ReproducibleWeights, FromAnyFolder) {
    const TemporaryFolder here, there;
    for (const TemporaryFolder *folder : {&here, &there}) {
        const std::vector<float> filter{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        ASSERT_TRUE(write_npy(folder->file("filter.npy"), {{2, 2, 3, 1}, filter}));
        ASSERT_TRUE(write_file(folder->file("layer.json"),
                               R"({"name": "weighted", "op": "keras.ops.conv_transpose", "input_shape": [1, 4, 4, 1],
                                   "filter_shape": [2, 2, 3, 1], "strides": 2, "weights": {"filter": "filter.npy"}})"));
    }
    build_in(here.path(), {"layer.json", "--target", "x86-64-avx2", "-o", "."});
    build_in("/", {there.file("layer.json"), "--target", "x86-64-avx2", "-o", there.file("out")});
    expect_same_library("weighted", here.path(), there.file("out"));
}

// An archive of ar: "!<arch>\n", then for each member a header of 60 bytes and its contents, of even length.
void expect_no_owner_and_date(const std::string &archive) {
    ASSERT_EQ(archive.substr(0, 8), "!<arch>\n");
    const auto field = [&](size_t begin, size_t size) {
        const std::string text = archive.substr(begin, size);
        return text.substr(0, text.find_last_not_of(' ') + 1);
    };
    int members = 0;
    for (size_t at = 8; at + 60 <= archive.size(); members++) {
        ASSERT_EQ(archive.substr(at + 58, 2), "`\n");
        const std::string name = field(at, 16), date = field(at + 16, 12), owner = field(at + 28, 6),
                          group = field(at + 34, 6);
        EXPECT_TRUE(date.empty() || date == "0") << name << ": date " << date;
        EXPECT_TRUE(owner.empty() || owner == "0") << name << ": owner " << owner;
        EXPECT_TRUE(group.empty() || group == "0") << name << ": group " << group;
        const size_t size = std::stoul(field(at + 48, 10));
        at += 60 + size + size % 2;
    }
    EXPECT_GE(members, 3);
}

TEST(ReproducibleFiles, NothingTellsWhereAndWhenItWasMade) {
    const TemporaryFolder folder;
    build_in(folder.path(), {kList, "--layers", "vae_d1", "--target", "x86-64-avx2", "-o", folder.file("out")});
    for (const std::string &file : library_files("vae_d1")) {
        const std::string text = file_text(folder.file("out/" + file));
        for (const std::string &trace : {folder.path(), fs::temp_directory_path().string() + "/", std::string("/home/"),
                                         std::string(TCONV_SOURCE_DIR), std::string(".tconv-")}) {
            EXPECT_EQ(text.find(trace), std::string::npos) << file << " holds " << trace;
        }
    }
    expect_no_owner_and_date(file_text(folder.file("out/libvae_d1.a")));
}

}  // namespace
}  // namespace tconv::test
