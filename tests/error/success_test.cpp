// SPDX-License-Identifier: Apache-2.0
// What the refusals are told from: calls that succeed.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tconv/npy.h"
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

// A list of layer files, the second with its weights in a folder beside the list.
TEST_F(Success, BuildsAListOfOurOwn) {
    nlohmann::json plain = good_layer(), trained = good_layer();
    plain["name"] = "plain";
    trained["name"] = "trained";
    trained["weights"] = {{"filter", "weights/w.npy"}};
    std::filesystem::create_directories(work_.file("models/weights"));
    ASSERT_TRUE(write_npy(work_.file("models/weights/w.npy"), {{2, 2, 8, 8}, std::vector<float>(256, 1)}));
    write("models/list.json", nlohmann::json::array({plain, trained}));
    const CommandResult all =
        run_tconv({"build", "models/list.json", "--target", "x86-64-avx2", "-o", "all"}, options());
    EXPECT_EQ(all.exit_code, 0) << all.err;
    EXPECT_EQ(std::count(all.out.begin(), all.out.end(), '\n'), 2) << all.out;
    const CommandResult one = run_tconv(
        {"build", "models/list.json", "--layers", "trained", "--target", "x86-64-avx2", "-o", "one"}, options());
    EXPECT_EQ(one.exit_code, 0) << one.err;
    EXPECT_EQ(one.out.rfind("one/libtrained.a: ", 0), 0u) << one.out;
    std::ifstream header(work_.file("one/trained.h"));
    EXPECT_NE(std::string(std::istreambuf_iterator<char>(header), {}).find("#define trained_WEIGHTS_IN_LIBRARY 1"),
              std::string::npos);
}

TEST_F(Success, PrintsTheMemoryThatALibraryAsksFor) {
    nlohmann::json layer = good_layer();
    layer["max_workspace_bytes"] = 0;
    write("layer.json", layer);
    const CommandResult result = run_tconv({"build", "layer.json", "--target", "x86-64-avx2", "-o", "out"}, options());
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.out.find("), packed weights 1024 bytes (1.02 kB), workspace 0 bytes\n"), std::string::npos)
        << result.out;
}

// Options that take several values, separated by commas, leave the layers behind them alone.
TEST_F(Success, TakesLayersBehindOptions) {
    write("layer.json", good_layer());
    for (const std::vector<std::string> &option : std::vector<std::vector<std::string>>{
             {"--target", "x86-64-avx2"}, {"--input-shape", "1,4,4,8"}, {"--layers", "good"}}) {
        std::vector<std::string> arguments = {"build", "-o", "out"};
        if (option[0] != "--target") arguments.insert(arguments.end(), {"--target", "x86-64-avx2"});
        const bool list = option[0] == "--layers";
        write("list.json", nlohmann::json::array({good_layer()}));
        arguments.insert(arguments.end(), option.begin(), option.end());
        arguments.push_back(list ? "list.json" : "layer.json");
        const CommandResult result = run_tconv(arguments, options());
        EXPECT_EQ(result.exit_code, 0) << option[0] << ": " << result.err;
    }
}

TEST_F(Success, SaysThatAnOptionOverridesTheFile) {
    write("layer.json", good_layer());
    const CommandResult other = run_tconv(
        {"build", "layer.json", "--input-shape", "1,6,6,8", "--target", "x86-64-avx2", "-o", "out"}, options());
    EXPECT_EQ(other.exit_code, 0);
    EXPECT_EQ(other.err,
              "tconv: note: layer.json: input_shape = [1,4,4,8]: --input-shape takes its place, [1, 6, 6, 8]\n");
    const CommandResult same = run_tconv(
        {"build", "layer.json", "--input-shape", "1,4,4,8", "--target", "x86-64-avx2", "-o", "out"}, options());
    EXPECT_EQ(same.exit_code, 0);
    EXPECT_EQ(same.err, "");
}

TEST_F(Success, BuildsConfigurationsOfEveryRank) {
    for (int rank = 1; rank <= 3; rank++) {
        const std::vector<int> window(static_cast<size_t>(rank), 2);
        write("config.json", nlohmann::json{{"name", "up"},
                                            {"filters", 8},
                                            {"kernel_size", window},
                                            {"strides", window},
                                            {"padding", "valid"},
                                            {"use_bias", true},
                                            {"activation", "relu"}});
        std::string shape = "1";
        for (int axis = 0; axis < rank; axis++) {
            shape += ",4";
        }
        const CommandResult result =
            run_tconv({"verify", "config.json", "--input-shape", shape + ",8", "--target", "host"}, options());
        EXPECT_EQ(result.exit_code, 0) << result.err;
        EXPECT_EQ(result.out.rfind("PASS  up ", 0), 0u) << result.out;
    }
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
