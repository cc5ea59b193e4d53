// SPDX-License-Identifier: Apache-2.0
#include "tests/generators/corner_layers.h"

#include <algorithm>
#include <stdexcept>

namespace tconv::test {
namespace {

constexpr bool kNoBias = false, kBias = true;
constexpr Activation kNone = Activation::kNone, kRelu = Activation::kRelu, kRelu6 = Activation::kRelu6,
                     kLeaky = Activation::kLeakyRelu, kSigmoid = Activation::kSigmoid, kTanh = Activation::kTanh,
                     kPrelu = Activation::kPrelu;
constexpr Layout kLast = Layout::kChannelsLast, kFirst = Layout::kChannelsFirst;

struct Row {
    const char *name;
    int64_t batch, in_channels, out_channels;
    std::vector<Axis> axes;  // outermost first: {input, kernel, stride, dilation, output, pad_before}
    bool bias = kNoBias;
    Activation activation = kNone;
    Layout layout = kLast;
    const char *filter_order = "";
};

// Full extent of an axis: (input - 1) * stride + (kernel - 1) * dilation + 1.
const std::vector<Row> &rows() {
    static const std::vector<Row> table = {
        // One axis, one trait at a time.
        {"line_dense", 1, 4, 8, {{7, 3, 1, 1, 9, 0}}},
        {"line_kernel_1", 1, 5, 3, {{9, 1, 1, 1, 9, 0}}, kBias},
        {"line_single_cell", 1, 1, 1, {{1, 1, 1, 1, 1, 0}}, kBias, kRelu},
        {"line_width_1", 1, 3, 5, {{1, 5, 2, 1, 5, 0}}, kBias, kRelu6},
        {"line_stride_above_kernel", 1, 4, 7, {{5, 2, 3, 1, 14, 0}}, kBias},
        {"line_kernel_1_stride_4", 1, 3, 8, {{4, 1, 4, 1, 16, 0}}, kBias, kLeaky},
        {"line_stride_above_kernel_cropped", 2, 2, 3, {{4, 2, 5, 1, 13, 3}}, kBias},
        {"line_dilated", 1, 8, 8, {{6, 3, 1, 3, 12, 0}}},
        {"line_dilation_equals_stride", 1, 4, 9, {{6, 3, 2, 2, 15, 0}}, kBias},
        {"line_dilation_shares_factor", 1, 3, 4, {{5, 4, 4, 6, 35, 0}}, kBias, kTanh},
        {"line_dilation_coprime", 1, 5, 6, {{5, 4, 3, 2, 19, 0}}},
        {"line_dilation_multiple_of_stride", 1, 2, 8, {{6, 3, 2, 4, 19, 0}}, kBias, kRelu},
        {"line_crop_both_sides", 1, 4, 8, {{8, 7, 2, 1, 14, 3}}},
        {"line_crop_beyond_first_inputs", 1, 3, 5, {{8, 3, 2, 1, 4, 8}}, kBias},
        {"line_output_beyond_full", 1, 4, 8, {{4, 3, 2, 1, 10, 0}}, kBias},
        {"line_phases_without_output", 1, 3, 7, {{2, 3, 5, 1, 3, 0}}},
        {"line_single_output", 1, 6, 8, {{5, 4, 2, 1, 1, 4}}, kBias, kSigmoid},
        {"line_long", 1, 4, 8, {{101, 3, 2, 1, 203, 0}}, kBias, kRelu},
        {"line_channels_first", 2, 5, 7, {{6, 4, 2, 1, 12, 1}}, kBias, kRelu, kFirst},

        // Images.
        {"image_k4_s2", 1, 8, 16, {{4, 4, 2, 1, 8, 1}, {5, 4, 2, 1, 10, 1}}, kBias, kRelu},
        {"image_k2_s2", 1, 24, 24, {{3, 2, 2, 1, 6, 0}, {7, 2, 2, 1, 14, 0}}, kBias},
        {"image_k3_s2_output_padding", 1, 6, 12, {{5, 3, 2, 1, 10, 1}, {6, 3, 2, 1, 12, 1}}, kNoBias, kLeaky},
        {"image_k5_s2", 2, 7, 10, {{3, 5, 2, 1, 6, 1}, {4, 5, 2, 1, 8, 1}}, kBias},
        {"image_k16_s8", 1, 21, 21, {{2, 16, 8, 1, 16, 4}, {3, 16, 8, 1, 24, 4}}},
        {"image_prime_channels", 1, 7, 13, {{5, 3, 2, 1, 11, 0}, {4, 3, 3, 1, 12, 0}}, kBias, kRelu},
        {"image_one_output_channel", 1, 17, 1, {{4, 2, 2, 1, 8, 0}, {6, 2, 2, 1, 12, 0}}, kBias, kSigmoid},
        {"image_one_input_channel", 1, 1, 33, {{3, 3, 1, 1, 3, 1}, {5, 3, 1, 1, 5, 1}}, kBias, kTanh},
        {"image_one_channel_each", 3, 1, 1, {{4, 3, 2, 1, 8, 0}, {4, 3, 2, 1, 8, 0}}},
        {"image_blocks_and_a_rest", 1, 4, 41, {{3, 3, 2, 1, 7, 0}, {9, 4, 2, 1, 20, 0}}, kBias, kRelu6},
        {"image_batch_0", 0, 3, 8, {{4, 3, 2, 1, 9, 0}, {4, 3, 2, 1, 9, 0}}, kBias, kRelu},
        {"image_no_rows", 2, 3, 5, {{0, 5, 2, 1, 3, 0}, {4, 4, 2, 1, 8, 1}}, kBias, kSigmoid},
        {"image_no_columns_channels_first", 1, 3, 4, {{3, 2, 2, 1, 6, 0}, {0, 2, 2, 1, 1, 0}}, kBias, kNone, kFirst},
        {"image_batch_3", 3, 4, 17, {{3, 3, 2, 1, 6, 1}, {3, 4, 2, 1, 6, 1}}, kBias, kLeaky},
        {"image_wide_and_low", 1, 4, 8, {{1, 4, 2, 1, 4, 0}, {37, 3, 2, 1, 75, 0}}},
        {"image_width_1", 1, 4, 24, {{6, 3, 2, 1, 12, 0}, {1, 3, 2, 1, 2, 0}}, kBias},
        {"image_unlike_axes", 1, 3, 5, {{4, 5, 1, 2, 12, 0}, {6, 2, 4, 1, 23, 1}}, kBias, kTanh},
        {"image_rows_without_taps", 2, 4, 8, {{3, 2, 3, 1, 9, 0}, {4, 4, 2, 1, 8, 1}}, kBias, kRelu},
        {"image_columns_without_taps", 1, 4, 8, {{4, 4, 2, 1, 8, 1}, {3, 2, 3, 1, 9, 0}}, kBias, kRelu},
        {"image_only_empty_columns", 1, 3, 8, {{3, 3, 1, 1, 5, 0}, {2, 1, 4, 1, 1, 2}}, kBias, kSigmoid},
        {"image_kernel_above_input", 1, 4, 8, {{3, 9, 1, 1, 3, 4}, {2, 7, 1, 1, 2, 3}}},
        {"image_atrous", 1, 8, 8, {{5, 3, 1, 2, 5, 2}, {6, 3, 1, 2, 6, 2}}, kBias, kRelu},
        {"image_strided_and_dilated", 1, 5, 9, {{4, 3, 2, 3, 13, 0}, {4, 3, 4, 2, 15, 1}}, kBias},
        {"image_crop_all_sides", 1, 6, 8, {{6, 5, 3, 1, 9, 6}, {6, 5, 3, 1, 8, 5}}, kBias},
        {"image_channels_first", 2, 6, 10, {{4, 4, 2, 1, 8, 1}, {5, 4, 2, 1, 10, 1}}, kBias, kRelu, kFirst},
        {"image_channels_first_dense", 1, 8, 1, {{4, 3, 1, 1, 4, 1}, {1, 3, 1, 1, 1, 1}}, kNoBias, kSigmoid, kFirst},
        {"image_gelu", 1, 5, 11, {{3, 3, 2, 1, 6, 0}, {4, 3, 2, 1, 8, 0}}, kBias, Activation::kGelu},
        {"image_softmax", 2, 4, 21, {{3, 4, 2, 1, 6, 1}, {3, 4, 2, 1, 6, 1}}, kBias, Activation::kSoftmax},
        {"image_softmax_channels_first",
         1,
         3,
         2,
         {{2, 3, 2, 1, 4, 0}, {9, 3, 2, 1, 18, 0}},
         kBias,
         Activation::kSoftmax,
         kFirst},
        {"image_prelu", 2, 5, 11, {{3, 4, 2, 1, 6, 1}, {5, 3, 2, 1, 10, 0}}, kBias, kPrelu},
        {"image_prelu_few_channels_first", 1, 9, 3, {{4, 4, 2, 1, 8, 1}, {5, 4, 2, 1, 10, 1}}, kNoBias, kPrelu, kFirst},
        {"image_prelu_stride_1", 1, 8, 24, {{6, 3, 1, 1, 6, 1}, {9, 3, 1, 1, 9, 1}}, kBias, kPrelu},
        {"image_prelu_one_channel", 1, 8, 1, {{4, 2, 2, 1, 8, 0}, {6, 2, 2, 1, 12, 0}}, kNoBias, kPrelu},
        {"image_filter_iohw", 1, 9, 17, {{4, 4, 2, 1, 8, 1}, {5, 3, 2, 1, 10, 1}}, kBias, kRelu, kFirst, "IOHW"},
        {"image_filter_iohw_stride_1", 1, 8, 16, {{6, 3, 1, 1, 6, 1}, {9, 3, 1, 1, 9, 1}}, kBias, kNone, kLast, "IOHW"},
        {"image_filter_iohw_one_channel",
         1,
         12,
         1,
         {{4, 5, 2, 1, 8, 2}, {6, 4, 2, 1, 12, 1}},
         kBias,
         kNone,
         kFirst,
         "IOHW"},
        {"image_filter_ohwi", 2, 5, 6, {{3, 3, 2, 1, 6, 1}, {4, 2, 2, 1, 8, 0}}, kNoBias, kNone, kLast, "OHWI"},
        {"line_filter_iow", 1, 7, 3, {{9, 6, 2, 1, 18, 2}}, kBias, kNone, kFirst, "IOW"},
        {"volume_filter_iodhw",
         1,
         3,
         9,
         {{2, 3, 2, 1, 4, 1}, {3, 2, 2, 1, 6, 0}, {2, 3, 1, 1, 2, 1}},
         kBias,
         kNone,
         kFirst,
         "IODHW"},
        // output_padding of PyTorch, which goes on for a stride and more behind the full output.
        {"image_far_beyond_full", 1, 8, 16, {{5, 3, 1, 3, 13, 0}, {6, 3, 1, 3, 13, 1}}, kBias, kSigmoid},
        {"image_far_beyond_full_strided", 2, 6, 9, {{4, 3, 2, 5, 20, 1}, {5, 3, 2, 5, 22, 1}}, kBias, kRelu},
        {"image_far_beyond_full_few", 1, 9, 2, {{4, 3, 2, 3, 14, 1}, {5, 4, 1, 4, 18, 2}}, kBias, kSigmoid},
        {"line_softmax_over_nothing", 1, 3, 4, {{1, 2, 2, 1, 0, 1}}, kBias, Activation::kSoftmax, kFirst},
        {"image_channels_first_gaps", 1, 1, 8, {{3, 1, 2, 1, 6, 0}, {4, 2, 3, 1, 12, 0}}, kBias, kNone, kFirst},

        // Volumes.
        {"volume_k4_s2", 1, 4, 8, {{2, 4, 2, 1, 4, 1}, {3, 4, 2, 1, 6, 1}, {3, 4, 2, 1, 6, 1}}, kBias, kRelu},
        {"volume_k2_s2_channels_first",
         1,
         3,
         5,
         {{2, 2, 2, 1, 4, 0}, {3, 2, 2, 1, 6, 0}, {2, 2, 2, 1, 4, 0}},
         kBias,
         kRelu,
         kFirst},
        {"volume_dilated", 1, 2, 3, {{3, 3, 1, 2, 7, 0}, {1, 3, 2, 1, 3, 0}, {4, 2, 3, 3, 13, 0}}},
        {"volume_stride_above_kernel", 2, 3, 8, {{3, 1, 2, 1, 6, 0}, {2, 2, 3, 1, 6, 0}, {3, 2, 3, 1, 9, 0}}, kBias},
        {"volume_kernel_1", 1, 5, 13, {{2, 1, 1, 1, 2, 0}, {3, 1, 1, 1, 3, 0}, {5, 1, 1, 1, 5, 0}}, kBias, kTanh},
    };
    return table;
}

Layer layer_of(const Row &row) {
    Layer layer;
    layer.name = row.name;
    layer.layout = row.layout;
    layer.filter_order = row.filter_order;
    layer.spatial_rank = static_cast<int>(row.axes.size());
    layer.batch = row.batch;
    layer.in_channels = row.in_channels;
    layer.out_channels = row.out_channels;
    std::copy_backward(row.axes.begin(), row.axes.end(), layer.axes.end());
    layer.bias = row.bias;
    layer.activation = row.activation;
    for (int64_t channel = 0; row.activation == kPrelu && channel < row.out_channels; channel++) {
        layer.slopes.push_back(static_cast<float>(channel % 5 - 2) / 4);  // exact on small integers; of every sign
    }
    return layer;
}

}  // namespace

const std::vector<Layer> &corner_layers() {
    static const std::vector<Layer> layers = [] {
        std::vector<Layer> made;
        for (const Row &row : rows()) made.push_back(layer_of(row));
        return made;
    }();
    return layers;
}

const Layer &corner_layer(const std::string &name) {
    for (const Layer &layer : corner_layers())
        if (layer.name == name) return layer;
    throw std::out_of_range("no corner layer " + name);
}

const std::vector<Layer> &few_corner_layers() {
    static const std::vector<Layer> layers = {
        corner_layer("line_stride_above_kernel_cropped"),
        corner_layer("line_dilation_shares_factor"),
        corner_layer("line_crop_beyond_first_inputs"),
        corner_layer("image_k4_s2"),
        corner_layer("image_one_output_channel"),
        corner_layer("image_blocks_and_a_rest"),
        corner_layer("image_batch_0"),
        corner_layer("image_batch_3"),
        corner_layer("image_columns_without_taps"),
        corner_layer("image_strided_and_dilated"),
        corner_layer("image_channels_first"),
        corner_layer("volume_k4_s2"),
        corner_layer("volume_k2_s2_channels_first"),
        corner_layer("volume_kernel_1"),
    };
    return layers;
}

}  // namespace tconv::test
