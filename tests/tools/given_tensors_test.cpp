// SPDX-License-Identifier: Apache-2.0
// `tconv verify` on the caller's own tensors, weights that are NaN or Inf in `build` and `verify`, and what NAME.json and
// `explain` say of rounding.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command.h"
#include "runtime/base/files.h"
#include "tconv/layer_file.h"
#include "tconv/npy.h"
#include "tests/support/layer_data.h"
#include "tests/support/special_values.h"
#include "tools/compiler/target_table.h"
#include "tools/verify/toolchain.h"

namespace tconv::test {
namespace {

using OrderedJson = nlohmann::ordered_json;

class GivenTensorsTest : public testing::Test {
protected:
    void SetUp() override {
        folder_.write("up.json", small_layer("up"));
        layer_ = read_layer_file(folder_.path("up.json"), {})->front();
        write(rough_layer_data(layer_, Roughness::kOutliers1e6, 1));
    }

    void write(const LayerData &data) {
        data_ = data;
        write_array("x.npy", layer_.input_shape(), data.input);
        write_array("w.npy", layer_.filter_shape(), data.filter);
        write_array("b.npy", {layer_.out_channels}, data.bias);
    }

    void write_array(const std::string &file, const std::vector<int64_t> &shape,
                     const std::vector<float> &cells) const {
        ASSERT_TRUE(write_npy(folder_.path(file), {shape, cells}));
    }

    // up.json with more keys, as another file.
    void write_layer(const std::string &file, const OrderedJson &changes) const {
        OrderedJson json = OrderedJson::parse(small_layer("up"));
        json.merge_patch(changes);
        folder_.write(file, json.dump());
    }

    void write_weighted_layer() const {
        write_layer("up.json", {{"weights", {{"filter", "w.npy"}, {"bias", "b.npy"}}}});
    }

    void expect_pass(const CommandResult &result, const std::vector<std::string> &texts) const {
        EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
        EXPECT_EQ(result.err, "");
        EXPECT_EQ(result.out.rfind("PASS  up ", 0), 0u) << result.out;
        for (const std::string &text : texts) {
            EXPECT_NE(result.out.find(text), std::string::npos) << text << " in " << result.out;
        }
        EXPECT_EQ(folder_.leftovers(), "");
    }

    void expect_refused(const std::string &arguments, const std::string &message) const {
        const CommandResult result = folder_.tconv("verify " + arguments);
        EXPECT_EQ(result.exit_code, 1) << result.out;
        EXPECT_EQ(result.err.rfind("tconv: " + message, 0), 0u) << result.err;
        EXPECT_TRUE(is_one_line(result.err)) << result.err;
        EXPECT_EQ(folder_.leftovers(), "");
    }

    CommandFolder folder_;
    Layer layer_;
    LayerData data_;
    const std::string kAll = " --input x.npy --filter w.npy --bias b.npy";
};

TEST_F(GivenTensorsTest, AreComparedByEveryKindOfVariant) {
    for (const char *variant : {"winograd", "phases"}) {
        for (const Roughness roughness : {Roughness::kOutliers1e6, Roughness::kLognormal}) {
            write(rough_layer_data(layer_, roughness, 3));
            expect_pass(folder_.tconv("verify up.json --target host --variant " + std::string(variant) + kAll),
                        {"variant " + std::string(variant), "largest error ", " of the largest output (",
                         " of its bound; ", std::to_string(layer_.output_elements()) + " cells compared"});
        }
    }
}

TEST_F(GivenTensorsTest, MayComeWithWeightsOfTheLayerFile) {
    write_weighted_layer();
    expect_pass(folder_.tconv("verify up.json --target host --input x.npy"), {" of its bound; "});
    expect_pass(folder_.tconv("verify up.json --target host --variant winograd"), {"largest difference "});
}

TEST_F(GivenTensorsTest, RunUnderAnEmulator) {
    if (!find_program("qemu-aarch64") || !find_program("aarch64-linux-gnu-gcc")) {
        GTEST_SKIP() << "needs qemu-aarch64 and aarch64-linux-gnu-gcc";
    }
    expect_pass(folder_.tconv("verify up.json --target arm64-neon" + kAll), {"qemu-aarch64", " of its bound; "});
}

// An emulator that runs the program and then changes one cell of its output: OUTPUT is the fifth word.
TEST_F(GivenTensorsTest, ShowAWrongCell) {
    folder_.write_script("emulator",
                         "\"$@\" || exit\n"
                         "printf '\\000\\000\\200\\177' | dd of=\"$5\" bs=4 seek=17 conv=notrunc 2>/dev/null\n");
    const CommandResult result = folder_.tconv("verify up.json --target host --emulator ./emulator" + kAll);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.err.find("output[0, 0, 0, 17] = inf: must be within "), std::string::npos) << result.err;
}

TEST_F(GivenTensorsTest, MustFitTheLayerAndEachOther) {
    write_array("long.npy", {1, 5, 6, 9}, std::vector<float>(270));
    folder_.write("text.npy", "no array");
    write_layer("plain.json", {{"bias", false}});
    write_layer("weighted.json", {{"weights", {{"filter", "w.npy"}, {"bias", "b.npy"}}}});
    const std::string host = " --target host ";
    expect_refused("up.json" + host + "--input ''", "--input = \"\": must be the path of a file");
    expect_refused("up.json" + host + "--input none.npy --filter w.npy --bias b.npy", "--input = none.npy: ");
    expect_refused("up.json" + host + "--input text.npy --filter w.npy --bias b.npy",
                   "--input = text.npy: not a .npy file");
    expect_refused(
        "up.json" + host + "--input long.npy --filter w.npy --bias b.npy",
        "--input = long.npy: the array has shape [1, 5, 6, 9], must have [1, 5, 6, 8], the layer's input_shape");
    expect_refused(
        "up.json" + host + "--input x.npy --filter x.npy --bias b.npy",
        "--filter = x.npy: the array has shape [1, 5, 6, 8], must have [4, 4, 20, 8], the layer's filter_shape");
    expect_refused("up.json" + host + "--input x.npy --filter w.npy --bias w.npy",
                   "--bias = w.npy: the array has shape ");
    expect_refused("up.json" + host + "--input x.npy", "--input = x.npy: needs --filter, or weights in the layer file");
    expect_refused("up.json" + host + "--input x.npy --filter w.npy",
                   "--input = x.npy: needs --bias: layer up has one");
    expect_refused("plain.json" + host + kAll, "--bias = b.npy: layer up has no bias");
    expect_refused("up.json" + host + "--filter w.npy", "--filter = w.npy: goes with --input");
    expect_refused("weighted.json" + host + "--input x.npy --filter w.npy", "--filter = w.npy: layer up names weights");
    expect_refused("'" TCONV_BENCHMARK_LAYERS "' --layers vae_d3,vae_d1" + host + kAll,
                   "--input = x.npy: is for one layer, not 2; choose one with --layers");
    expect_refused("up.json --target cuda-sm80" + kAll, "--input = x.npy: nothing here runs code for cuda-sm80");
}

TEST_F(GivenTensorsTest, MayHoldNaN) {
    data_.input[3 * 8 + 2] = kNaN;
    write(data_);
    for (const char *variant : {"winograd", "folded", "planar"}) {
        const CommandResult result =
            folder_.tconv("verify up.json --target host --variant " + std::string(variant) + kAll);
        if (result.err.find("does not take") != std::string::npos) continue;
        expect_pass(result, {"input is not finite: 1 of 240 is NaN or Inf, the first input[0, 0, 3, 2] = nan"});
    }
}

TEST_F(GivenTensorsTest, SayWhereSumsMayOverflow) {
    for (float &cell : data_.input) cell = 3e38f;
    for (float &tap : data_.filter) tap *= 1e-3f;
    write(data_);
    const CommandResult result = folder_.tconv("verify up.json --target host --variant winograd" + kAll);
    EXPECT_NE(result.out.find("sums may overflow on the way: variant winograd is sure not to where |input| <= "),
              std::string::npos)
        << result.out;
}

// Weights that training spoilt.
class NonfiniteWeightFiles : public GivenTensorsTest {
protected:
    void SetUp() override {
        GivenTensorsTest::SetUp();
        LayerData data = random_layer_data(layer_, 1);
        data.filter[(7 * 20 + 3) * 8 + 5] = kNaN;  // [1, 3, 3, 5]
        data.filter[(9 * 20 + 3) * 8 + 5] = -kInf;
        data.bias[11] = kInf;
        write(data);
        write_weighted_layer();
    }

    const std::string kFound = "weights are not finite: 3 of 2580 are NaN or Inf, the first filter[1, 3, 3, 5] = nan";
};

TEST_F(NonfiniteWeightFiles, AreBuiltWithAWarning) {
    const CommandResult result = folder_.tconv("build up.json --target host -o out");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "tconv: warning: up: " + kFound + "\n");
    EXPECT_TRUE(folder_.has("out/libup.a"));
    EXPECT_FALSE(folder_.has("out/up.nonfinite"));
    write(random_layer_data(layer_, 1));
    EXPECT_EQ(folder_.tconv("build up.json --target host -o out").err, "");
}

TEST_F(NonfiniteWeightFiles, LeaveTheOtherChannelsToBeVerified) {
    for (const char *variant : {"winograd", "folded", "planar"}) {
        const CommandResult result = folder_.tconv("verify up.json --target host --variant " + std::string(variant));
        if (result.err.find("does not take") != std::string::npos) continue;
        expect_pass(result, {kFound + "; compared: 18 of 20 output channels"});
    }
    write_layer("up.json", {{"weights", {{"filter", "w.npy"}, {"bias", "b.npy"}}}, {"activation", "softmax"}});
    expect_pass(folder_.tconv("verify up.json --target host"),
                {"nothing compared", kFound + "; compared: 0 of 20 output channels"});
}

TEST_F(NonfiniteWeightFiles, DoNotHideAWrongCell) {
    const auto change_cell = [&](int cell) {
        folder_.write_script("emulator",
                             "\"$@\" || exit\n"
                             "printf '\\000\\000\\200\\101' | dd of=\"$5\" bs=4 seek=" +
                                 std::to_string(cell) + " conv=notrunc 2>/dev/null\n");
        return folder_.tconv("verify up.json --target host --emulator ./emulator");
    };
    const CommandResult other = change_cell(17);
    EXPECT_EQ(other.exit_code, 1);
    EXPECT_NE(other.err.find("output[0, 0, 0, 17] = 16: must be within "), std::string::npos) << other.err;
    EXPECT_EQ(change_cell(3).exit_code, 0);
    EXPECT_EQ(change_cell(11).exit_code, 0);
}

TEST_F(GivenTensorsTest, BoundStandsInTheSidecarAndInExplain) {
    const auto sidecar = [&](const std::string &variant) {
        const CommandResult built =
            folder_.tconv("build up.json --target host --variant " + variant + " -o " + variant);
        EXPECT_EQ(built.exit_code, 0) << built.err;
        return OrderedJson::parse(*read_file(folder_.path(variant + "/up.json")));
    };
    const OrderedJson direct = sidecar("phases");
    EXPECT_EQ(direct.at("error_bound"), OrderedJson::parse(R"({"n": 33, "relative_to": "magnitudes of the cell"})"));
    EXPECT_EQ(direct.at("finite_range").at("input"), 3.4e38);
    EXPECT_NEAR(direct.at("finite_range").at("terms").get<double>(), 8 * 4, 1e-3);
    EXPECT_EQ(direct.at("spreads_nonfinite"), false);
    const CommandResult built =
        folder_.tconv("build up.json --target host --variant winograd --knobs tile_2=3,share=0 -o tiles");
    ASSERT_EQ(built.exit_code, 0) << built.err;
    const OrderedJson tiles = OrderedJson::parse(*read_file(folder_.path("tiles/up.json")));
    EXPECT_EQ(tiles.at("error_bound"), OrderedJson::parse(R"({"c": [4.0, 4.0], "e": [5, 5], "E": [3, 3],
                                                         "relative_to": "magnitudes in the window of the cell's tile"})"));
    EXPECT_NE(tiles.at("error_growth_is").get<std::string>().find("root mean square on flat data"), std::string::npos);
    EXPECT_EQ(tiles.at("finite_range").at("input"), 3.4e38 / 4);
    EXPECT_EQ(tiles.at("spreads_nonfinite"), true);
    for (const auto &[header, text] :
         {std::pair("phases/up.h", "A NaN or Inf of the input reaches the cells of its taps and no others."),
          std::pair("tiles/up.h", "\"strict_nonfinite\": true in the layer file forbids that"),
          std::pair("tiles/up.h", "relative to the largest inputs in the window of\n * its tile")}) {
        EXPECT_NE(read_file(folder_.path(header))->find(text), std::string::npos) << header << ": " << text;
    }
    const CommandResult explained = folder_.tconv("explain up.json --variant winograd --knobs tile_2=3,share=0");
    for (const char *text :
         {"as a root mean square on flat data", "follows the largest inputs in the window of its tile",
          "x: c 4, e 5, E 3", "finite data stay finite while |input| <= 8.5e+37", "strict_nonfinite"}) {
        EXPECT_NE(explained.out.find(text), std::string::npos) << text << " in " << explained.out;
    }
}

}  // namespace
}  // namespace tconv::test
