// SPDX-License-Identifier: Apache-2.0
// NaN in the weights stays with the output channels that it belongs to. (library_test puts NaN and Inf into the input
// of every corner layer.)
#include <gtest/gtest.h>

#include <cmath>

#include "tests/generators/corner_layers.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/support/special_values.h"

namespace tconv::test {
namespace {

class NonfiniteWeights : public testing::TestWithParam<LibraryCase> {
protected:
    void SetUp() override {
        BuildOptions options;
        options.variant = GetParam().variant;
        auto built = CompiledLibrary::build(layer, GetParam().target, options);
        ASSERT_TRUE(built) << built.error().message;
        library = std::make_unique<CompiledLibrary>(*built);
    }

    int64_t channel_of(size_t output_cell) const {
        const auto cell = static_cast<int64_t>(output_cell);
        if (layer.layout == Layout::kChannelsLast) return cell % layer.out_channels;
        return cell / (layer.output_elements() / layer.batch / layer.out_channels) % layer.out_channels;
    }

    const Layer &layer = GetParam().layer;
    std::unique_ptr<CompiledLibrary> library;
};

TEST_P(NonfiniteWeights, NanBiasFillsItsChannelAlone) {
    LayerData data = random_layer_data(layer, 2);
    for (const int64_t channel : {int64_t{0}, layer.out_channels - 1}) {
        std::fill(data.bias.begin(), data.bias.end(), 0.5f);
        data.bias[static_cast<size_t>(channel)] = kNaN;
        const std::vector<float> output = run_library(layer, *library, data);
        for (size_t i = 0; i < output.size(); i++)
            ASSERT_EQ(std::isnan(output[i]), channel_of(i) == channel) << "output[" << i << "], channel " << channel;
    }
}

// Where the tap lies beside the image it may make a NaN (of the zero that stands for what is not there), or not.
TEST_P(NonfiniteWeights, NanFilterReachesItsChannelAlone) {
    for (const int64_t channel : {int64_t{0}, layer.out_channels - 1}) {
        LayerData data = random_layer_data(layer, 4);
        data.filter[static_cast<size_t>(channel * layer.in_channels)] = kNaN;
        const OracleResult reference = oracle_of(layer, data);
        const std::vector<float> output = run_library(layer, *library, data);
        for (size_t i = 0; i < output.size(); i++) {
            if (channel_of(i) != channel) {
                ASSERT_FALSE(std::isnan(output[i])) << "output[" << i << "], channel " << channel;
            } else if (std::isnan(reference.value[i])) {
                ASSERT_TRUE(std::isnan(output[i])) << "output[" << i << "], channel " << channel;
            }
        }
    }
}

std::vector<Layer> layers_with_bias() {
    return {corner_layer("line_stride_above_kernel_cropped"),
            corner_layer("image_k4_s2"),
            corner_layer("image_blocks_and_a_rest"),
            corner_layer("image_batch_3"),
            corner_layer("image_channels_first"),
            corner_layer("volume_kernel_1")};
}

INSTANTIATE_TEST_SUITE_P(Native, NonfiniteWeights,
                         testing::ValuesIn(with_every_variant(layers_with_bias(), host_target())), NameOfCase());

}  // namespace
}  // namespace tconv::test
