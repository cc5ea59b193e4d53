// SPDX-License-Identifier: Apache-2.0
// A random call of one of the operators, with the shape of its result as the operators' pages state it. Nothing
// here comes from the readers of layer files, which are under test as much as the kernels are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "tconv/layer.h"
#include "tests/support/layer_data.h"

namespace tconv::test {

inline bool one_in(Random &random, int64_t count) { return random.between(1, count) == 1; }

// One spatial axis of a call.
struct Window {
    int64_t input = 1;
    int64_t kernel = 1;
    int64_t stride = 1;
    int64_t dilation = 1;
    int64_t output_padding = 0;  // of Keras, where the call has one, and of conv_transpose
    int64_t crop = 0;            // cells left out before, where the call states crops
    int64_t output = 1;

    int64_t effective_kernel() const { return (kernel - 1) * dilation + 1; }
    // Cells left out behind, where the call states crops; below 0: cells more.
    int64_t crop_behind() const { return (input - 1) * stride + effective_kernel() + output_padding - crop - output; }
};

// How a call says what is cropped: by the operator's own rule, by numbers (pads, padding pairs), or as ONNX does.
enum class Crops { kByRule, kStated, kOutputShape, kOutputShapeUpper, kSameUpper, kSameLower };

struct OperatorCall {
    Op op = Op::kConv2dTranspose;
    int rank = 2;
    int64_t batch = 1, in_channels = 1, out_channels = 1;
    std::array<Window, 3> windows;  // z, y, x; the last `rank` entries are the call's, the leading ones Window{}
    bool channels_first = false;
    bool filter_first = false;  // the filter is [in, out, kernel...], of conv_transpose
    Crops crops = Crops::kByRule;
    bool same = false;            // padding, else valid
    bool output_padding = false;  // stated, else Keras' None
    bool bias = false;
    Activation activation = Activation::kNone;
    std::vector<float> slopes;  // of kPrelu

    // One value of each axis of the call, outermost first.
    std::vector<int64_t> each(int64_t Window::*field) const;
    // Tensors in the order of the call's data format; the filter is [kernel..., out, in] in both, but for filter_first.
    std::vector<int64_t> input_shape() const;
    std::vector<int64_t> output_shape() const;
    std::vector<int64_t> filter_shape() const;
    int64_t multiply_adds() const;  // uncropped
};

// Every kind that the readers know, with some parameters.
const std::vector<Activation> &all_activations();

// Slopes of a prelu: as different as neighbours can be, some below 0, some above 1.
std::vector<float> some_slopes(int64_t channels);

// Small enough that thousands are computed in seconds: see kSmallWork and kLargeWork.
OperatorCall random_call(Random &random);

}  // namespace tconv::test
