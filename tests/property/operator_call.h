// SPDX-License-Identifier: Apache-2.0
// A random call of one of the five operators, with the shape of its result as the operators' pages state it. Nothing
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
    int64_t output_padding = 0;  // of Keras, where the call has one
    int64_t output = 1;

    int64_t effective_kernel() const { return (kernel - 1) * dilation + 1; }
};

struct OperatorCall {
    Op op = Op::kConv2dTranspose;
    int rank = 2;
    int64_t batch = 1, in_channels = 1, out_channels = 1;
    std::array<Window, 3> windows;  // z, y, x; the last `rank` entries are the call's, the leading ones Window{}
    bool channels_first = false;
    bool same = false;            // padding, else valid
    bool output_padding = false;  // stated, else Keras' None
    bool bias = false;
    Activation activation = Activation::kNone;

    // One value of each axis of the call, outermost first.
    std::vector<int64_t> each(int64_t Window::*field) const;
    // Tensors in the order of the call's data format; the filter is [kernel..., out, in] in both.
    std::vector<int64_t> input_shape() const;
    std::vector<int64_t> output_shape() const;
    std::vector<int64_t> filter_shape() const;
    int64_t multiply_adds() const;  // uncropped
};

// Every value that the readers know.
const std::vector<Activation> &all_activations();

// Small enough that thousands are computed in seconds: see kSmallWork and kLargeWork.
OperatorCall random_call(Random &random);

}  // namespace tconv::test
