// SPDX-License-Identifier: Apache-2.0
// Layer files that say nothing, too much, or what cannot be. The rules have tests of their own in tests/runtime; here
// they have to reach the user as one line, and nothing may be left.
#include <filesystem>

#include "tests/error/refusals.h"

namespace tconv::test {
namespace {

using nlohmann::json;

using LayerFile = Refusals;

TEST_F(LayerFile, UnknownKey) {
    expect_change_refused({{"stride", 2}}, {"stride = 2: unknown key", "; did you mean strides?"});
}

TEST_F(LayerFile, WrongType) {
    expect_change_refused({{"strides", "two"}}, {"strides = \"two\": must be"});
    expect_change_refused({{"name", 7}}, {"name = 7: must be a string"});
    expect_change_refused({{"bias", 1}}, {"bias = 1: must be true or false"});
    expect_change_refused({{"filter_shape", {2, 2, 8.0, 8}}}, {"filter_shape", "8.0"});
}

TEST_F(LayerFile, UnknownOperatorAndActivation) {
    expect_change_refused({{"op", "tf.nn.conv9d"}},
                          {"op = \"tf.nn.conv9d\": must be one of", "keras.ops.conv_transpose"});
    expect_change_refused({{"op", "keras.op.conv_transpose"}}, {"; did you mean keras.ops.conv_transpose?"});
    expect_change_refused({{"activation", "gelu9"}},
                          {"activation = \"gelu9\": unknown; must be one of", "; did you mean gelu?"});
}

TEST_F(LayerFile, NameThatIsNoIdentifier) {
    for (const char *name : {"", "a-b", "9lives", "a b", "../up"}) {
        expect_change_refused({{"name", name}}, {"name = ", name});
    }
}

TEST_F(LayerFile, NegativeAndZeroSizes) {
    expect_change_refused({{"input_shape", {1, -4, 4, 8}}}, {"input_shape", "-4"});
    expect_change_refused({{"strides", 0}}, {"strides = 0: must not be below 1"});
    expect_change_refused({{"filter_shape", {0, 2, 8, 8}}}, {"filter_shape", "0"});
}

TEST_F(LayerFile, ShapesThatDoNotFitTogether) {
    expect_change_refused({{"input_shape", {1, 4, 4, 9}}}, {"9", "8"});
    expect_change_refused({{"filter_shape", {2, 2, 2, 8, 8}}}, {"filter_shape = [2,2,2,8,8]"});
    expect_change_refused({{"input_shape", {4, 4, 8}}},
                          {"layer.json: input_shape = [4,4,8]: must be a list of 4 integers", "is the batch missing?"});
}

TEST_F(LayerFile, OverflowingExtents) {
    expect_change_refused({{"input_shape", {1, 100000, 100000, 8}}}, {"input_shape", "2147483647"});
    expect_change_refused({{"input_shape", {1, 40000, 40000, 1}}, {"filter_shape", {2, 2, 1, 1}}}, {"2147483647"});
    expect_change_refused({{"strides", 4611686018427387904}}, {"strides = 4611686018427387904"});
    expect_change_refused({{"input_shape", {1, 4, 4, 1e300}}}, {"input_shape", "1e+300"});
}

TEST_F(LayerFile, ExtentsThatAreKnownOnlyAtRunTime) {
    expect_layer_refused(R"({"name": "open", "op": "keras.ops.conv_transpose", "input_shape": [null, 4, 4, 8],
                             "filter_shape": [2, 2, 8, 8], "strides": 2})",
                         {"input_shape = [null,4,4,8]"});
}

TEST_F(LayerFile, MissingKeys) {
    for (const char *key : {"op", "input_shape", "filter_shape", "name"}) {
        expect_change_refused({{key, nullptr}}, {key});
    }
}

TEST_F(LayerFile, TextThatIsNoLayer) {
    const std::string good = good_layer().dump();
    for (size_t length : {size_t{1}, good.size() / 2, good.size() - 1}) {
        expect_layer_refused(good.substr(0, length), {"not valid JSON"});
    }
    expect_layer_refused("", {"empty"});
    expect_layer_refused(" \n\t ", {"empty"});
    expect_layer_refused("5", {"the file = 5: must hold a layer"});
    expect_layer_refused("[]", {"layer.json: "});
    expect_layer_refused(std::string("\x7f"
                                     "ELF\x02\x01\0\0",
                                     8),
                         {"not valid JSON"});
    expect_layer_refused(R"({"name": "a", "name": "b"})", {"\"name\" appears twice"});
    expect_layer_refused(std::string(100000, '['), {"nested deeper than 32 levels"});
}

TEST_F(LayerFile, NewlinesInValuesDoNotBreakTheLine) {
    expect_change_refused({{"name", "two\nlines"}}, {"name = "});
    expect_change_refused({{"key\nwith newline", 1}}, {"unknown key"});
}

TEST_F(LayerFile, MissingFileAndFolder) {
    expect_refused({"build", "absent.json", "--target", "x86-64-avx2", "-o", "out"}, {"absent.json", "No such file"});
    std::filesystem::create_directory(work_.file("folder"));
    expect_refused({"build", "folder", "--target", "x86-64-avx2", "-o", "out"}, {"folder", "is a directory"});
}

// What a configuration says of its input is under Keras's names for it.
TEST_F(LayerFile, ConfigurationsThatLeaveTheBatchOpen) {
    expect_layer_refused(R"({"name": "up", "filters": 8, "kernel_size": [2, 2], "batch_input_shape": [null, 4, 4, 8]})",
                         {"batch_input_shape = [null,4,4,8]: ", "--input-shape"});
    expect_layer_refused(R"({"name": "up", "filters": 8, "kernel_size": [2], "batch_input_shape": [1, 4, 4, 8]})",
                         {"batch_input_shape = [1,4,4,8]: must be a list of 3 integers"});
}

TEST_F(LayerFile, ListsOfOurOwn) {
    json bad = good_layer(), good = good_layer();
    bad["name"] = "bad";
    bad["strides"] = 0;
    expect_layer_refused(json::array({good, bad}).dump(), {"layer bad: strides = 0"});
    expect_layer_refused(json::array({good, good}).dump(), {"name of entry 1 = \"good\": must not appear twice"});
    write("list.json", json::array({good, bad}));
    for (const char *verb : {"explain", "verify", "bench"}) {
        expect_refused({verb, "list.json", "--target", "host"}, {"list.json: layer bad: strides = 0"});
        expect_refused({verb, "list.json", "--target", "host", "--layers", "baad"},
                       {"layers = baad: not in the list", "did you mean bad?"});
    }
}

TEST_F(LayerFile, EveryVerbReadsItTheSame) {
    write("layer.json", json{{"name", "x"}});
    expect_refused({"explain", "layer.json"}, {"layer.json: ", "op"});
    expect_refused({"verify", "layer.json", "--target", "host"}, {"layer.json: ", "op"});
    expect_refused({"bench", "layer.json"}, {"layer.json: ", "op"});
}

}  // namespace
}  // namespace tconv::test
