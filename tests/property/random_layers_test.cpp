// SPDX-License-Identifier: Apache-2.0
// The random layers are what the properties are worth.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/property/layer_sweep.h"
#include "tests/property/properties.h"

namespace tconv::test {
namespace {

TEST(RandomLayers, AreReadAsMeant) { expect_on_random_layers(is_read_as_meant); }

TEST(RandomLayers, ComeFromTheirSeedAlone) {
    for (const uint64_t seed : {1, 2, 3}) {
        const auto first = random_layer(seed), again = random_layer(seed), next = random_layer(seed + 1);
        ASSERT_TRUE(first && again && next);
        EXPECT_EQ(first->text, again->text);
        EXPECT_NE(first->text, next->text);
    }
}

bool any_axis(const Layer &layer, bool (*holds)(const Axis &)) {
    return std::any_of(layer.axes.begin(), layer.axes.end(), holds);
}

std::map<std::string, bool> traits_of(const RandomLayer &random) {
    const Layer &layer = random.layer;
    std::map<std::string, bool> traits = {
        {"batch 0", layer.batch == 0},
        {"batch 3", layer.batch == 3},
        {"bias", layer.bias},
        {"channels first", layer.layout == Layout::kChannelsFirst},
        {"one input channel", layer.in_channels == 1},
        {"one output channel", layer.out_channels == 1},
        {"17 output channels", layer.out_channels == 17},
        {"many input channels", layer.in_channels > 128},
        {"many output channels", layer.out_channels > 128},
        {"much work", layer.useful_macs() > 300'000},
        {"stride above kernel", any_axis(layer, [](const Axis &a) { return a.stride > a.kernel; })},
        {"stride with dilation",
         any_axis(layer, [](const Axis &a) { return a.stride > 1 && a.dilation > 1 && a.kernel > 1; })},
        {"common factor",
         any_axis(layer, [](const Axis &a) { return a.stride % 2 == 0 && a.dilation % 2 == 0 && a.kernel > 1; })},
        {"crop", any_axis(layer, [](const Axis &a) { return a.pad_before > 0; })},
        {"cells beyond the last tap",
         any_axis(layer, [](const Axis &a) { return a.output + a.pad_before > a.full_extent(); })},
        {"no output", any_axis(layer, [](const Axis &a) { return a.output == 0; })},
        {"long axis", any_axis(layer, [](const Axis &a) { return a.input >= 1000; })},
        {"long softmax", layer.activation == Activation::kSoftmax && layer.output_shape().back() > 1600},
        {"large filter", layer.filter_elements() > 150'000},
        {"large kernel", any_axis(layer, [](const Axis &a) { return a.kernel > 7; })},
        {"output padding", random.call.output_padding},
        {"filter of PyTorch", random.call.filter_first},
        {"crops, form " + std::to_string(static_cast<int>(random.call.crops)), true},
        {"padding pairs", random.call.op == Op::kConv2dTranspose && random.call.crops == Crops::kStated},
        {"crop of all taps", any_axis(layer, [](const Axis &a) { return a.pad_before >= a.effective_kernel(); })},
        {"rank " + std::to_string(layer.spatial_rank), true},
        {to_string(layer.op), true},
        {std::string("activation ") + to_string(layer.activation), true},
        {random.call.same ? "same" : "valid", true},
    };
    return traits;
}

TEST(RandomLayers, HaveEveryTrait) {
    constexpr int kLayers = 2000, kLeast = 6;
    std::map<std::string, int> counts;
    for (int seed = 1; seed <= kLayers; seed++) {
        const auto random = random_layer(static_cast<uint64_t>(seed));
        ASSERT_TRUE(random) << random.error().message;
        for (const auto &[trait, holds] : traits_of(*random)) counts[trait] += holds;
    }
    EXPECT_EQ(std::count_if(counts.begin(), counts.end(),
                            [](const auto &entry) { return entry.first.rfind("activation ", 0) == 0; }),
              static_cast<std::ptrdiff_t>(all_activations().size()));
    for (const auto &[trait, count] : counts) EXPECT_GE(count, kLeast) << trait;
}

}  // namespace
}  // namespace tconv::test
