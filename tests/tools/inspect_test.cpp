// SPDX-License-Identifier: Apache-2.0
// `tconv inspect`, and what other verbs say of layers of PyTorch and ONNX, as a user runs them.
#include <gtest/gtest.h>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "command.h"

namespace tconv::test {
namespace {

using Json = nlohmann::json;

constexpr const char *kLayer =
    R"({"name": "up", "op": "conv_transpose", "input_shape": [1, 3, 5, 6], "filter_shape": [3, 4, 3, 3],
        "stride": 2, "padding": 1, "output_padding": [1, 0], "bias": true)";

class Inspect : public testing::Test {
protected:
    // The layer with more keys.
    void write_layer(const std::string &file, const std::string &keys = "") const {
        folder_.write(file, kLayer + keys + "}");
    }

    Json inspected(const std::string &arguments) const {
        const CommandResult result = folder_.tconv("inspect " + arguments);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        EXPECT_EQ(result.err, "");
        return Json::parse(result.out, nullptr, false);
    }

    std::string absolute(const std::string &file) const {
        return std::filesystem::absolute(folder_.path(file)).lexically_normal().string();
    }

    CommandFolder folder_;
};

TEST_F(Inspect, PrintsWhatTheFileSays) {
    write_layer("up.json");
    const Json layer = inspected("up.json");
    EXPECT_EQ(layer["name"], "up");
    EXPECT_EQ(layer["op"], "conv_transpose");
    EXPECT_EQ(layer["arguments"], (Json{{"stride", 2}, {"padding", 1}, {"output_padding", {1, 0}}, {"bias", true}}));
    EXPECT_EQ(layer["files"], Json::array());
    EXPECT_EQ(layer["layout"], "channels_first");
    EXPECT_EQ(layer["filter_layout"], "IOHW");
    EXPECT_EQ(layer["filter_shape"], (Json{3, 4, 3, 3}));
    EXPECT_EQ(layer["output_shape"], (Json{1, 4, 10, 11}));
    EXPECT_EQ(layer["axes"][0],
              (Json{{"input", 5}, {"kernel", 3}, {"stride", 2}, {"dilation", 1}, {"output", 10}, {"pad_before", 1}}));
    EXPECT_EQ(layer["activation"], "none");
}

// Longer than any message would quote.
TEST_F(Inspect, PrintsArgumentsAsStated) {
    const Json slopes = std::vector<double>(4, 0.0123456789012345);
    const std::string path(150, 'a');
    write_layer("list.json", R"(, "activation": {"name": "prelu", "alpha": )" + slopes.dump() + "}");
    EXPECT_EQ(inspected("list.json")["arguments"]["activation"]["alpha"], slopes);
    write_layer("path.json", R"(, "activation": {"name": "prelu", "alpha": ")" + path + R"("})");
    EXPECT_EQ(inspected("path.json")["arguments"]["activation"]["alpha"], path);
}

// None of these exists.
TEST_F(Inspect, NamesFilesWithoutOpeningThem) {
    write_layer("up.json",
                R"(, "weights": {"filter": "some [w.npy", "bias": "b.npy"},
                     "activation": {"name": "prelu", "alpha": "sub/../slopes.npy"})");
    EXPECT_EQ(inspected("up.json")["files"],
              (Json{absolute("some [w.npy"), absolute("b.npy"), absolute("slopes.npy")}));
    const CommandResult cmake = folder_.tconv("inspect up.json --cmake");
    EXPECT_EQ(cmake.out, "NAME=up\nFILE=" + absolute("some [w.npy") + "\nFILE=" + absolute("b.npy") +
                             "\nFILE=" + absolute("slopes.npy") + "\n");
}

// Whatever else the entries hold: one of them has to be chosen first.
TEST_F(Inspect, NamesTheLayersOfAList) {
    folder_.write("list.json", "[" + small_layer("a") + R"(, {"name": "b"}])");
    const CommandResult cmake = folder_.tconv("inspect list.json --cmake");
    EXPECT_EQ(cmake.exit_code, 0) << cmake.err;
    EXPECT_EQ(cmake.out, "NAMES=a;b\n");
    EXPECT_EQ(folder_.tconv("inspect list.json --cmake --layers a").out, "NAME=a\n");
    folder_.write("two.json", "[" + small_layer("a") + ", " + small_layer("b") + "]");
    const Json both = inspected("two.json");
    ASSERT_TRUE(both.is_array() && both.size() == 2);
    EXPECT_EQ(both[1]["name"], "b");
}

TEST_F(Inspect, RefusesWhatIsNoLayer) {
    write_layer("up.json", R"(, "pads": 1)");
    for (const char *form : {"", " --cmake"}) {
        const CommandResult result = folder_.tconv(std::string("inspect up.json") + form);
        EXPECT_EQ(result.exit_code, 1);
        EXPECT_EQ(result.out, "");
        EXPECT_EQ(result.err, "tconv: up.json: padding = 1: is another name of pads, which is given too\n");
    }
}

TEST_F(Inspect, WarnsOfPadsThatAreIgnored) {
    folder_.write("up.json",
                  R"({"name": "up", "op": "conv_transpose", "input_shape": [1, 1, 4], "filter_shape": [1, 1, 3],
                      "pads": [1, 2], "output_shape": [5]})");
    const CommandResult result = folder_.tconv("inspect up.json");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.err,
              "tconv: warning: up.json: up: pads = [1,2]: ignored, since output_shape decides in their place\n");
    EXPECT_EQ(Json::parse(result.out)["output_shape"], (Json{1, 1, 5}));
}

TEST_F(Inspect, ChannelsFirstHasItsCostStated) {
    const std::string line = "\n  channels_first costs an estimated ";
    write_layer("first.json");
    std::string last = kLayer;
    last.replace(last.find("[1, 3, 5, 6]"), 12, "[1, 5, 6, 3]");
    folder_.write("last.json", last + R"(, "data_format": "channels_last"})");
    for (const std::string verb : {"explain ", "build -o out "}) {
        for (const std::string forced : {"", " --variant phases"}) {
            const std::string target = " --target x86-64-avx2" + forced;
            const CommandResult first = folder_.tconv(verb + "first.json" + target);
            const CommandResult other = folder_.tconv(verb + "last.json" + target);
            ASSERT_EQ(first.exit_code, 0) << first.err;
            ASSERT_EQ(other.exit_code, 0) << other.err;
            EXPECT_NE(first.out.find(line), std::string::npos) << first.out;
            EXPECT_EQ(other.out.find(line), std::string::npos) << other.out;
        }
    }
}

}  // namespace
}  // namespace tconv::test
