// SPDX-License-Identifier: Apache-2.0
// Layer files that are long and wrong in every part: what fuzzing does not reach, since its inputs are short. The time
// to refuse one must grow with its length, not with the square of it; that would be hours for the longest one allowed.
#include <gtest/gtest.h>

#include <ctime>
#include <functional>
#include <string>

#include "tconv/layer_file.h"

namespace tconv {
namespace {

constexpr double kMostSeconds = 10;  // of the processor: linear time takes below one, sanitizers included

std::string repeated(int count, const std::function<std::string(int)> &element) {
    std::string text = element(0);
    for (int i = 1; i < count; i++) text += "," + element(i);
    return text;
}

std::string repeated(int count, const std::string &element) {
    return repeated(count, [&](int) { return element; });
}

// A layer with one more member.
std::string layer_with(const std::string &member) {
    return R"({"name": "up", "op": "tf.nn.conv2d_transpose", "input_shape": [1, 4, 4, 3], "filter_shape": [3, 3, 2, 3],
               "output_shape": [1, 8, 8, 2], )" +
           member + "}";
}

void expect_quick_refusal(const std::string &text, const std::string &message) {
    const std::clock_t begin = std::clock();
    const auto layers = parse_layer_text(text, "");
    const auto call = parse_call(text, "", {{1, 4, 4, 3}, {3, 3, 2, 3}, {}});
    EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, kMostSeconds);
    ASSERT_FALSE(layers);
    EXPECT_NE(layers.error().message.find(message), std::string::npos) << layers.error().message;
    EXPECT_FALSE(call);
}

TEST(LongFiles, AListOfRefusedIntegers) {
    const std::string list = "[" + repeated(200000, "0") + "]";
    expect_quick_refusal(layer_with("\"strides\": " + list), "must not be below 1");
    expect_quick_refusal(layer_with("\"dilations\": " + list), "must not be below 1");
}

TEST(LongFiles, AListOfObjects) {
    expect_quick_refusal(layer_with("\"activation\": [" + repeated(300000, "{}") + "]"), "activation = [{},{}");
}

TEST(LongFiles, UnknownKeys) {
    const auto member = [](int i) { return "\"key" + std::to_string(i) + "\": 0"; };
    expect_quick_refusal(layer_with(repeated(100000, member)), "unknown key");
}

TEST(LongFiles, ABenchmarkListOfManyNames) {
    const auto entry = [](int i) { return "{\"name\": \"n" + std::to_string(i) + "\"}"; };
    expect_quick_refusal("[" + repeated(100000, entry) + "]", "layer n0: op = (missing)");
}

TEST(LongFiles, TextThatIsNoJson) {
    expect_quick_refusal(layer_with("\"strides\": " + std::string(1000000, '1')), "not valid JSON");
    expect_quick_refusal("\"" + std::string(1000000, 'x'), "not valid JSON");
    expect_quick_refusal(std::string(1000000, '['), "nested deeper than 32 levels");
}

}  // namespace
}  // namespace tconv
