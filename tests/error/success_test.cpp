// SPDX-License-Identifier: Apache-2.0
// What the refusals are told from: calls that succeed.
#include <algorithm>
#include <filesystem>

#include "tests/error/refusals.h"

namespace tconv::test {
namespace {

using Success = Refusals;

TEST_F(Success, MakesMissingFoldersAndPrintsOneLineALibrary) {
    nlohmann::json other = good_layer();
    other["name"] = "other";
    write("good.json", good_layer());
    write("other.json", other);
    const CommandResult result =
        run_tconv({"build", "good.json", "other.json", "--target", "x86-64-avx2", "-o", "a/b/c"}, options());
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.err, "");
    EXPECT_FALSE(result.left_processes);
    EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 2) << result.out;
    EXPECT_EQ(result.out.rfind("a/b/c/libgood.a: x86-64-avx2, variant ", 0), 0u) << result.out;
    EXPECT_NE(result.out.find("\na/b/c/libother.a: "), std::string::npos) << result.out;
    EXPECT_EQ(
        tree_of(work_.path()),
        (std::vector<std::string>{"a/", "a/b/", "a/b/c/", "a/b/c/good.h", "a/b/c/good.json", "a/b/c/libgood.a",
                                  "a/b/c/libother.a", "a/b/c/other.h", "a/b/c/other.json", "good.json", "other.json"}));
    EXPECT_TRUE(tree_of(temporary_.path()).empty());
}

TEST_F(Success, ReplacesAnOlderLibrary) {
    write("layer.json", good_layer());
    write("libgood.a", std::string("stale"));
    ASSERT_EQ(run_tconv({"build", "layer.json", "--target", "x86-64-avx2", "-o", "."}, options()).exit_code, 0);
    EXPECT_EQ(tree_of(work_.path()), (std::vector<std::string>{"good.h", "good.json", "layer.json", "libgood.a"}));
    EXPECT_GT(std::filesystem::file_size(work_.file("libgood.a")), 1000u);
}

}  // namespace
}  // namespace tconv::test
