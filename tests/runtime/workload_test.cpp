// SPDX-License-Identifier: Apache-2.0
#include "runtime/layer/workload.h"

#include <gtest/gtest.h>

#include "tconv/layer_file.h"

namespace tconv {
namespace {

void expect_same(const Layer &layer) {
    const Expected<Layer> read = layer_of_workload(layer.workload());
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->workload(), layer.workload());
    EXPECT_EQ(read->axes, layer.axes) << layer.workload();
    EXPECT_EQ(read->input_shape(), layer.input_shape());
    EXPECT_EQ(read->output_shape(), layer.output_shape());
    EXPECT_EQ(read->useful_macs(), layer.useful_macs());
    EXPECT_EQ(read->bias, layer.bias);
    EXPECT_EQ(read->activation.kind, layer.activation.kind);
    EXPECT_EQ(read->activation.a, layer.activation.a);
    EXPECT_EQ(read->activation.b, layer.activation.b);
    EXPECT_EQ(read->slopes.empty(), layer.slopes.empty());
}

TEST(Workload, NamesALayerOfEveryList) {
    for (const char *list : {"layers.json", "layers_more.json"}) {
        const auto layers = read_layer_file(std::string(TCONV_SOURCE_DIR "/benchmarks/") + list);
        ASSERT_TRUE(layers) << layers.error().message;
        for (const Layer &layer : *layers) expect_same(layer);
    }
}

TEST(Workload, NamesALayerWithWhatFollowsItsSums) {
    Layer layer = read_layer_file(TCONV_SOURCE_DIR "/benchmarks/layers.json")->front();
    layer.bias = true;
    layer.layout = Layout::kChannelsFirst;
    layer.slopes.assign(static_cast<size_t>(layer.out_channels), 0.5f);
    for (int kind = Activation::kNone; kind <= Activation::kSoftmax; kind++) {
        Activation activation(static_cast<Activation::Kind>(kind));
        layer.activation = activation;
        if (kind != Activation::kPrelu) layer.slopes.clear();
        if (kind == Activation::kPrelu) layer.slopes = {1};
        expect_same(layer);
        if (activation.a == 0) continue;
        layer.activation.a = -0.015625f;
        expect_same(layer);
    }
}

TEST(Workload, IsRefusedWhereNoLayerHasIt) {
    for (const char *word :
         {"", "n1", "n1ci2i4co3k2s2d1p0o8", "n1ci2i4co3k2s2d1p0o8:f16:last", "n1ci2i4co3k2s2d1p0o8:f32:last:relu7",
          "n1ci2i4co3k2s2d1p0o8:f32:last:clip(0,1", "n1ci2i4co3k2s2d1p0o8:f32:last:elu(1)x",
          "n1ci2i4x4co3k2s2d1p0o8:f32:last", "n1ci2i4co3k2x2s2d1p0o8:f32:last", "n1ci2i4co3k2xs2d1p0o8:f32:last",
          "n1ci2i4x4x4x4co3k2s2d1p0o8:f32:last", "n01ci2i4co3k2s2d1p0o8:f32:last",
          "n1ci2i4co3k2s2d1p0o8:f32:last:relu:bias", "n1ci2i4co3k2s99999999999d1p0o8:f32:last",
          "n1ci2i4co3k99999999s2d1p0o8:f32:last", "n1ci200000i40000co3k2s2d1p0o8:f32:last"}) {
        const Expected<Layer> read = layer_of_workload(word);
        EXPECT_FALSE(read) << word;
    }
    EXPECT_TRUE(layer_of_workload("n1ci2i4co3k2s2d1p0o8:f32:last"));
    EXPECT_EQ(layer_of_workload("word").error().message.rfind("workload = word: ", 0), 0u);
}

}  // namespace
}  // namespace tconv
