// SPDX-License-Identifier: Apache-2.0
// What follows from a layer: its name as a problem, its bytes, its work.
#include "layer_text.h"

namespace tconv {
namespace {

Json problem(const char *changes = "{}") {
    return with(json(R"({"name": "up", "op": "keras.ops.conv_transpose", "input_shape": [1, 4, 4, 6],
                         "filter_shape": [3, 3, 5, 6]})"),
                json(changes));
}

TEST(Layer, WorkloadNamesTheWholeProblem) {
    EXPECT_EQ(layer_of(problem()).workload(), "n1ci6i4x4co5k3x3s1x1d1x1p0x0o6x6:f32:last");
    const Layer full = layer_of(problem(R"({"input_shape": [2, 6, 4], "filter_shape": [3, 5, 6], "strides": 2,
                                         "padding": "same", "output_padding": 0, "data_format": "channels_first",
                                         "bias": true, "activation": "relu"})"));
    EXPECT_EQ(full.workload(), "n2ci6i4co5k3s2d1p1o7:f32:first:bias:relu");
}

TEST(Layer, AllowsScratchInProportionToItsTensors) {
    EXPECT_EQ(layer_of(problem()).workspace_limit(), 32'000'000);
    const Layer large = layer_of(problem(R"({"input_shape": [1, 1000, 1000, 6]})"));
    EXPECT_EQ(large.workspace_limit(), 4 * (1000 * 1000 * 6 + 1002 * 1002 * 5));
}

TEST(Layer, HasTheBytesOfItsElementTypes) {
    Layer layer = layer_of(problem(R"({"bias": true})"));
    EXPECT_EQ(layer.types, ElementTypes::all(DataType::kFloat32));
    EXPECT_EQ(layer.dtype(), "float32");
    EXPECT_EQ(layer.input_bytes(), 4 * 4 * 6 * 4);
    EXPECT_EQ(layer.output_bytes(), 6 * 6 * 5 * 4);
    EXPECT_EQ(layer.filter_bytes(), 3 * 3 * 5 * 6 * 4);
    EXPECT_EQ(layer.bias_bytes(), 5 * 4);

    layer.types.input = layer.types.filter = layer.types.output = DataType::kFloat16;
    EXPECT_EQ(layer.dtype(), "float16:float16:float32:float16");
    EXPECT_EQ(layer.workload(), "n1ci6i4x4co5k3x3s1x1d1x1p0x0o6x6:f16f16f32f16:last:bias");
    EXPECT_EQ(layer.input_bytes(), 4 * 4 * 6 * 2);
    EXPECT_EQ(layer.output_bytes(), 6 * 6 * 5 * 2);
    EXPECT_EQ(layer.filter_bytes(), 3 * 3 * 5 * 6 * 2);
    EXPECT_EQ(layer.bias_bytes(), 5 * 4);

    layer.types = ElementTypes::all(DataType::kFloat16);
    layer.axes[kX].input = 10'000'000;
    EXPECT_EQ(layer.dtype(), "float16");
    EXPECT_EQ(layer.bias_bytes(), 5 * 2);
    EXPECT_EQ(layer.workspace_limit(), 2 * (4 * 10'000'000 * 6 + 6 * 6 * 5));
    layer.bias = false;
    EXPECT_EQ(layer.bias_bytes(), 0);
}

TEST(Layer, CountsOnlyMultiplyAddsInsideTheImage) {
    // K = 3, s = 2, H = 4, same: 12 pairs an axis, of which the one at full coordinate 8 is cropped.
    const Layer layer = layer_of(problem(R"({"strides": 2, "padding": "same"})"));
    EXPECT_EQ(layer.useful_macs(), 11 * 11 * 5 * 6);
    EXPECT_EQ(layer.input_elements(), 4 * 4 * 6);
    EXPECT_EQ(layer.output_elements(), 8 * 8 * 5);
    EXPECT_EQ(layer.filter_elements(), 3 * 3 * 5 * 6);
}

}  // namespace
}  // namespace tconv
