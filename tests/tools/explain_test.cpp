// SPDX-License-Identifier: Apache-2.0
// `tconv explain --svg` as a user runs it; what the pictures say is tested in explain_picture_test.cpp.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "command.h"
#include "runtime/base/files.h"
#include "small_xml.h"

namespace tconv::test {
namespace {

namespace fs = std::filesystem;

class Explain : public testing::Test {
protected:
    void SetUp() override { folder_.write("up.json", small_layer("up")); }

    std::string text(const std::string &file) const { return *read_file(folder_.path(file)); }

    // One line, naming what is wrong, and nothing on stdout.
    void expect_refused(const std::string &arguments, const std::string &message) const {
        const CommandResult result = folder_.tconv("explain " + arguments);
        EXPECT_EQ(result.exit_code, 1) << arguments;
        EXPECT_EQ(result.out, "");
        EXPECT_TRUE(is_one_line(result.err)) << result.err;
        EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
    }

    // The names of the files there are, apart from what the command printed.
    std::set<std::string> files() const {
        std::set<std::string> names;
        for (const auto &entry : fs::directory_iterator(folder_.path("."))) {
            names.insert(entry.path().filename().string());
        }
        for (const char *name : {"out.txt", "err.txt", "tmp"}) {
            names.erase(name);
        }
        return names;
    }

    CommandFolder folder_;
};

TEST_F(Explain, WritesThePictureBesideTheText) {
    const CommandResult plain = folder_.tconv("explain up.json");
    const CommandResult drawn = folder_.tconv("explain up.json --svg up.svg");
    ASSERT_EQ(drawn.exit_code, 0) << drawn.err;
    EXPECT_EQ(drawn.err, "");
    EXPECT_EQ(drawn.out, plain.out);
    EXPECT_EQ(parse_xml(text("up.svg")).name, "svg");
    EXPECT_NE(text("up.svg").find("padding = &quot;same&quot;, strides = 2<"), std::string::npos);
    EXPECT_EQ(files(), (std::set<std::string>{"up.json", "up.svg"}));
    ASSERT_EQ(folder_.tconv("explain up.json --svg again.svg --target arm64-neon").exit_code, 0);
    EXPECT_EQ(text("again.svg"), text("up.svg")) << "geometry does not depend on the target";
}

TEST_F(Explain, StatesTheMemoryThatALibraryAsksFor) {
    const std::string forced = "explain up.json --target x86-64-avx2 --variant phases --knobs trim_x=";
    const CommandResult copied = folder_.tconv(forced + "0");
    // 20 channels in two or three vectors of eight: 4 x 4 x 8 x 24 and as many biases. A copy with a column on either
    // side.
    EXPECT_NE(copied.out.find("\n  packed weights 12384 bytes (12.4 kB)\n"), std::string::npos) << copied.out;
    EXPECT_NE(copied.out.find("\n  workspace 1280 bytes (1.28 kB) of at most 32000000 bytes (32.0 MB) (the default of "
                              "max_workspace_bytes)\n"),
              std::string::npos)
        << copied.out;
    EXPECT_NE(folder_.tconv(forced + "1").out.find("\n  workspace 0 bytes of at most "), std::string::npos);
    std::string limited = small_layer("up");
    limited.insert(1, "\"max_workspace_bytes\": 0, ");
    folder_.write("limited.json", limited);
    const CommandResult tight = folder_.tconv("explain limited.json --target x86-64-avx2");
    EXPECT_NE(tight.out.find("\n  workspace 0 bytes of at most 0 bytes (max_workspace_bytes)\n"), std::string::npos)
        << tight.out;
    EXPECT_NE(tight.out.find("not for this layer: needs a workspace of at least "), std::string::npos) << tight.out;
    EXPECT_NE(folder_.tconv("explain up.json --target opencl").out.find("\n  workspace 0 bytes: "), std::string::npos);
}

TEST_F(Explain, PrintsThePlan) {
    const std::string forced = "explain up.json --target x86-64-avx2 --variant phases --knobs trim_x=0";
    const CommandResult plain = folder_.tconv(forced), with_plan = folder_.tconv(forced + " --plan");
    ASSERT_EQ(with_plan.exit_code, 0) << with_plan.err;
    // It stands behind everything else.
    ASSERT_EQ(plain.out.substr(plain.out.size() - 2), "\n\n");
    const std::string before = plain.out.substr(0, plain.out.size() - 1);
    EXPECT_EQ(with_plan.out.substr(0, before.size()), before);
    const std::string plan = with_plan.out.substr(before.size());
    for (const char *line : {
             "\n  plan of variant phases; a dimension of a view is its minimum, extent and stride\n",
             "\n  kernels, and their buffers (dimensions)\n    repack ",
             "  filter(3) -> output(4), in NAME_pack\n",
             "\n  workspace 320 elements\n",
             "\n    stage repack: ",
             "\n      grid n, 1 row\n        first  0\n        count  1\n",
             "\n      calls repack\n        input = input + n.first * input.stride_n\n          0, 8, input.stride_c\n",
             "\n    stage product: ",
             "\n      calls taps2_",
             "\n        filter = filter + co.block * ",
             "\n        bias = bias + co.block * ",
         }) {
        EXPECT_NE(plan.find(line), std::string::npos) << "lacks " << line << plan;
    }
    EXPECT_EQ(folder_.tconv("explain up.json --target opencl --plan").exit_code, 0);
}

TEST_F(Explain, KeepsTheLayerFile) {
    const std::string layer = text("up.json");
    expect_refused("up.json --svg ./up.json", "--svg = ./up.json: must be another file than the layer file");
    EXPECT_EQ(text("up.json"), layer);
}

TEST_F(Explain, StatesTheArgumentsOfEveryKindOfFile) {
    ASSERT_EQ(folder_.tconv("explain '" TCONV_BENCHMARK_LAYERS "' --layers dcgan_g1 --svg list.svg").exit_code, 0);
    EXPECT_NE(text("list.svg").find(">keras.ops.conv_transpose: padding = &quot;same&quot;"), std::string::npos);
    folder_.write("own.json", "[" + small_layer("first") + ", " + small_layer("second") + "]");
    ASSERT_EQ(folder_.tconv("explain own.json --layers second --svg list.svg").exit_code, 0);
    EXPECT_NE(text("list.svg").find("padding = &quot;same&quot;, strides = 2<"), std::string::npos);
    const std::string config =
        R"({"name": "up", "filters": 3, "kernel_size": [3, 3], "strides": [2, 2], "padding": "SAME",
        "output_padding": [1, 1]})";
    folder_.write("config.json", config);
    folder_.write("object.json", R"({"class_name": "Conv2DTranspose", "config": )" + config + "}");
    for (const char *file : {"config.json", "object.json"}) {
        const CommandResult result =
            folder_.tconv(std::string("explain ") + file + " --input-shape 1,5,5,2 --svg config.svg");
        ASSERT_EQ(result.exit_code, 0) << result.err;
        EXPECT_NE(text("config.svg")
                      .find(">keras.layers.Conv2DTranspose: padding = &quot;SAME&quot;, strides = [2,2], "
                            "output_padding = [1,1]<"),
                  std::string::npos)
            << file;
    }
}

TEST_F(Explain, RefusesPathsItCannotWriteTo) {
    fs::create_directory(folder_.path("folder"));
    expect_refused("up.json --svg absent/up.svg", "--svg = absent/up.svg: ");
    expect_refused("up.json --svg folder", "--svg = folder: ");
    expect_refused("up.json --svg ''", "--svg = \"\": must be the path of a file");
    expect_refused("up.json --svg up.json/up.svg", "--svg = up.json/up.svg: ");
    EXPECT_EQ(files(), (std::set<std::string>{"folder", "up.json"}));
}

TEST_F(Explain, DrawsOneLayer) {
    folder_.write("other.json", small_layer("other"));
    expect_refused("up.json other.json --svg two.svg", "--svg = two.svg: shows one layer, not 2");
    expect_refused("'" TCONV_BENCHMARK_LAYERS "' --svg all.svg", "choose one with --layers");
    EXPECT_EQ(files(), (std::set<std::string>{"other.json", "up.json"}));
}

TEST_F(Explain, LeavesAPictureAloneWhenItFails) {
    folder_.write("bad.json", R"({"name": "bad", "op": "keras.ops.conv_transpose", "input_shape": [1, 5, 1],
        "filter_shape": [3, 1, 1], "padding": "full"})");
    folder_.write("old.svg", "old");
    expect_refused("bad.json --svg old.svg", "padding = \"full\": ");
    expect_refused("up.json --target abacus --svg old.svg", "abacus");
    expect_refused("up.json --variant abacus --svg old.svg", "abacus");
    EXPECT_EQ(text("old.svg"), "old");
    EXPECT_EQ(files(), (std::set<std::string>{"bad.json", "old.svg", "up.json"}));
    ASSERT_EQ(folder_.tconv("explain up.json --svg old.svg").exit_code, 0);
    EXPECT_EQ(parse_xml(text("old.svg")).name, "svg");
}

TEST_F(Explain, HelpShowsThePicture) {
    const CommandResult result = folder_.tconv("explain --help");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_NE(result.out.find("tconv explain decoder_up1.json --svg decoder_up1.svg"), std::string::npos) << result.out;
    EXPECT_NE(result.out.find("--variant phases --plan"), std::string::npos) << result.out;
}

// After a change of the pictures: docs/images/make.sh.
TEST_F(Explain, DrawsThePicturesOfTheDocumentation) {
    const fs::path images = TCONV_IMAGES;
    int pictures = 0;
    for (const auto &entry : fs::directory_iterator(images)) {
        if (entry.path().extension() == ".svg") {
            EXPECT_TRUE(fs::exists(fs::path(entry.path()).replace_extension(".json"))) << entry.path();
        }
        if (entry.path().extension() != ".json") {
            continue;
        }
        const CommandResult result = folder_.tconv("explain '" + entry.path().string() + "' --svg now.svg");
        ASSERT_EQ(result.exit_code, 0) << result.err;
        const Expected<std::string> kept = read_file(fs::path(entry.path()).replace_extension(".svg").string());
        ASSERT_TRUE(kept) << kept.error().message;
        EXPECT_TRUE(*kept == text("now.svg")) << entry.path() << " is drawn differently now: run docs/images/make.sh";
        pictures++;
    }
    EXPECT_GE(pictures, 4);
}

}  // namespace
}  // namespace tconv::test
