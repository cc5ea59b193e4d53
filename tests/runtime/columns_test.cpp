// SPDX-License-Identifier: Apache-2.0
// Plans by columns: where they are chosen, what they hold, and layers larger than the pieces that they are cut into.
// Random layers are in tests/property.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tconv/layer_file.h"
#include "tconv/operators.h"
#include "tconv/plan.h"
#include "tests/support/layer_data.h"
#include "tools/verify/oracle.h"

namespace tconv::test {
namespace {

Layer layer_of(const std::string &keys) {
    const auto layers = parse_layer_text(R"({"name": "c", "op": "keras.ops.conv_transpose", )" + keys + "}", "");
    EXPECT_TRUE(layers) << layers.error().message;
    return layers ? layers->front() : Layer();
}

std::vector<Isa> available() {
    std::vector<Isa> isas = built_isas();
    isas.erase(std::remove_if(isas.begin(), isas.end(), [](Isa isa) { return !is_available(isa); }), isas.end());
    return isas;
}

const char *const kSpectrogram = R"("input_shape": [1, 435, 4098], "filter_shape": [4096, 1, 4098], "strides": 1024)";

// A filter of one output channel, filled up to a block of them, took 8 to 16 times its memory.
TEST(Columns, HoldTheFilterOnce) {
    for (const Isa isa : available()) {
        for (const auto &[keys, factor] : {
                 std::pair<const char *, double>{kSpectrogram, 1.01},
                 {R"("input_shape": [1, 224, 1026], "filter_shape": [1024, 1, 1026], "strides": 256)", 1.01},
                 {R"("input_shape": [1, 16, 16, 16, 256], "filter_shape": [4, 4, 4, 1, 256], "strides": 2)", 1.01},
                 {R"("input_shape": [1, 128, 128, 128], "filter_shape": [4, 4, 3, 128], "strides": 2)", 1.4},
             }) {
            const Layer layer = layer_of(keys);
            const double filter = 4.0 * static_cast<double>(layer.filter_elements());
            EXPECT_LE(static_cast<double>(Plan::packed_bytes(layer, isa)), factor * filter + 256)
                << keys << " " << to_string(isa);
        }
    }
}

TEST(Columns, AreChosenForFewOutputChannels) {
    for (const Isa isa : available()) {
        const auto method = [isa](const std::string &keys) {
            const Layer layer = layer_of(keys);
            const std::vector<float> filter(static_cast<size_t>(layer.filter_elements()), 1.0f);
            PlanOptions options;
            options.isa = isa;
            const auto plan = Plan::create(layer, filter.data(), nullptr, options);
            return plan ? plan->method() : Method::kCheapest;
        };
        for (const char *channels : {"1", "2", "3"})
            EXPECT_EQ(method(R"("input_shape": [1, 32, 32, 128], "filter_shape": [5, 5, )" + std::string(channels) +
                             R"(, 128], "strides": 2, "padding": "same")"),
                      Method::kColumns)
                << to_string(isa) << " " << channels;
        EXPECT_EQ(method(R"("input_shape": [1, 8, 8, 16], "filter_shape": [4, 4, 64, 16], "strides": 2)"),
                  Method::kChannels);
        EXPECT_EQ(method(R"("input_shape": [1, 2, 1], "filter_shape": [2, 1, 1], "strides": 9000)"), Method::kChannels)
            << "a window fits no box";
    }
}

TEST(Columns, AreRightWhereEveryPieceIsCut) {
    for (const char *keys :
         {// Several parts of the input channels, and chunks of phases, the last of which is smaller.
          R"("input_shape": [1, 7, 4098], "filter_shape": [203, 1, 4098], "strides": 50, "padding": "valid")",
          // Boxes along x.
          R"("input_shape": [1, 5000, 3], "filter_shape": [9, 1, 3], "strides": 4, "padding": "same", "bias": true)",
          // Lanes of one phase in many blocks, with dilation.
          R"("input_shape": [1, 90, 17], "filter_shape": [300, 2, 17], "dilation_rate": 2, "padding": "valid")",
          // Phases without taps.
          R"("input_shape": [2, 9, 70], "filter_shape": [190, 3, 70], "strides": 250, "padding": "valid",
                "bias": true, "activation": "tanh")",
          // Rows apart.
          R"("input_shape": [1, 600, 6, 11], "filter_shape": [3, 70, 3, 600], "strides": [2, 30], "padding": "same",
                "data_format": "channels_first", "activation": "relu")",
          // Boxes along two and three axes.
          R"("input_shape": [1, 150, 150, 5], "filter_shape": [3, 3, 1, 5], "padding": "same", "bias": true)",
          R"("input_shape": [1, 20, 21, 22, 6], "filter_shape": [2, 3, 2, 1, 6], "strides": [2, 2, 3],
                "padding": "same")",
          R"("input_shape": [1, 3, 40, 30, 20], "filter_shape": [3, 3, 3, 1, 3], "data_format": "channels_first",
                "padding": "valid", "activation": "softplus")"}) {
        const Layer layer = layer_of(keys);
        const LayerData data = random_layer_data(layer, 1);
        const OracleResult expected = oracle(layer, data.input.data(), data.filter.data(), data.bias_or_null());
        for (const Isa isa : available()) {
            PlanOptions options;
            options.isa = isa;
            options.method = Method::kColumns;
            const auto plan = Plan::create(layer, data.filter.data(), data.bias_or_null(), options);
            ASSERT_TRUE(plan) << plan.error().message;
            EXPECT_EQ(plan->method(), Method::kColumns);
            std::vector<float> output(static_cast<size_t>(layer.output_elements()));
            ASSERT_TRUE(
                plan->run({data.input.data(), layer.input_shape(), {}}, {output.data(), layer.output_shape(), {}}));
            EXPECT_EQ(compare(layer, expected, output.data(), 1.0).message, "") << keys << " " << to_string(isa);
        }
    }
}

TEST(OneCall, PacksOnTheCallersThreads) {
    constexpr int64_t kChannels = 600;
    const std::vector<float> input(kChannels, 1.0f), filter(4 * kChannels * kChannels, 0.5f);
    keras::ops::ConvTransposeArguments arguments;
    arguments.strides = 4;
    std::vector<int64_t> counts;
    const ParallelFor backwards = [&](int64_t count, const std::function<void(int64_t)> &body) {
        counts.push_back(count);
        for (int64_t i = count; i-- > 0;) body(i);
    };
    std::vector<float> output(4 * kChannels);
    const Status status = keras::ops::conv_transpose({input.data(), {1, 1, kChannels}, {}},
                                                     {filter.data(), {4, kChannels, kChannels}, {}}, arguments,
                                                     {output.data(), {1, 4, kChannels}, {}}, backwards);
    ASSERT_TRUE(status) << status.error().message;
    ASSERT_EQ(counts.size(), 2u) << "packing and computing";
    EXPECT_GT(counts[0], 1);
    EXPECT_EQ(output, std::vector<float>(4 * kChannels, 0.5f * kChannels));
}

}  // namespace
}  // namespace tconv::test
