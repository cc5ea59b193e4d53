// SPDX-License-Identifier: Apache-2.0
#include "tests/schedules/schedule_layers.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tconv/layer_file.h"

namespace tconv::test {

namespace {

std::vector<Layer> required(const Expected<std::vector<Layer>> &layers) {
    if (!layers) {
        throw std::runtime_error(layers.error().message);
    }
    return *layers;
}

Layer from_json(const nlohmann::json &file) { return required(parse_layer_text(file.dump(), "")).front(); }

Layer keras_layer(const std::string &name, const std::vector<int64_t> &input, const std::vector<int64_t> &filter,
                  int64_t strides, const std::string &layout = "channels_last") {
    return from_json({{"name", name},
                      {"op", "keras.ops.conv_transpose"},
                      {"input_shape", input},
                      {"filter_shape", filter},
                      {"strides", strides},
                      {"data_format", layout}});
}

}  // namespace

const std::vector<Layer> &benchmark_layers() {
    static const std::vector<Layer> layers = required(read_layer_file(TCONV_SOURCE_DIR "/benchmarks/layers.json"));
    return layers;
}

const std::vector<Layer> &more_layers() {
    static const std::vector<Layer> layers = required(read_layer_file(TCONV_SOURCE_DIR "/benchmarks/layers_more.json"));
    return layers;
}

const std::vector<Layer> &odd_layers() {
    static const std::vector<Layer> layers = {
        keras_layer("single_cell", {1, 1, 1, 1}, {1, 1, 1, 1}, 1),
        keras_layer("row_of_one_output", {1, 5, 1, 8}, {3, 1, 16, 8}, 1),
        keras_layer("stride_above_kernel", {2, 3, 3, 7}, {2, 2, 13, 7}, 5),
        keras_layer("one_output_channel", {1, 9, 9, 12}, {4, 4, 1, 12}, 2),
        keras_layer("one_input_channel", {1, 9, 9, 1}, {3, 3, 24, 1}, 3),
        keras_layer("prime_channels", {3, 6, 7, 31}, {3, 3, 37, 31}, 2),
        keras_layer("channels_first", {1, 6, 5, 7}, {3, 3, 10, 6}, 2, "channels_first"),
        keras_layer("long_sequence", {1, 20, 1026}, {1024, 1, 1026}, 256),
        keras_layer("volume", {1, 2, 3, 2, 5}, {3, 2, 4, 6, 5}, 2),
        layer_of("dilation_shares_stride", {6, 5, 9, 3, 2, 4}),
    };
    return layers;
}

Layer layer_of(const std::string &name, const LayerShape &shape) {
    Layer layer = keras_layer(name, {1, shape.input, shape.input, shape.in_channels},
                              {shape.kernel, shape.kernel, shape.out_channels, shape.in_channels}, shape.stride);
    for (size_t a : {1, 2}) {
        // Keras refuses strides and dilation above 1 together; the geometry does not.
        layer.axes[a].dilation = shape.dilation;
        layer.axes[a].pad_before = 0;
        layer.axes[a].output = layer.axes[a].full_extent();
    }
    return layer;
}

}  // namespace tconv::test
