// SPDX-License-Identifier: Apache-2.0
// Small layers, and transposed convolution by zero insertion: a formulation that shares nothing with scatter or phases.
#pragma once

#include <cstdint>
#include <vector>

#include "tconv/layer.h"
#include "tests/support/layer_data.h"

namespace tconv::test {

// A layer of one axis: input, kernel, stride, dilation, output, pad_before.
inline Layer line(const Axis &x, int64_t in_channels = 1, int64_t out_channels = 1) {
    Layer layer;
    layer.name = "line";
    layer.spatial_rank = 1;
    layer.axes = {Axis{}, Axis{}, x};
    layer.in_channels = in_channels;
    layer.out_channels = out_channels;
    return layer;
}

// The input index at full coordinate X of an axis; -1 for an inserted zero and anything outside.
inline int64_t source_of(const Axis &axis, int64_t full) {
    if (full < 0 || full % axis.stride != 0 || full / axis.stride >= axis.input) return -1;
    return full / axis.stride;
}

// One cell: bias + sum of product_of(input, weight, ci), one after the other in the type Number.
template<typename Number, typename Product>
Number zero_insertion_cell(const Layer &layer, const LayerData &data, int64_t n, const int64_t (&o)[3], int64_t co,
                           Product product_of) {
    const auto &[az, ay, ax] = layer.axes;
    Number sum = layer.bias ? data.bias[static_cast<size_t>(co)] : 0.0f;
    for (int64_t kz = 0; kz < az.kernel; kz++)
        for (int64_t ky = 0; ky < ay.kernel; ky++)
            for (int64_t kx = 0; kx < ax.kernel; kx++) {
                const int64_t iz = source_of(az, o[0] + az.pad_before - kz * az.dilation);
                const int64_t iy = source_of(ay, o[1] + ay.pad_before - ky * ay.dilation);
                const int64_t ix = source_of(ax, o[2] + ax.pad_before - kx * ax.dilation);
                const bool zero = iz < 0 || iy < 0 || ix < 0;
                const int64_t cell = (((n * az.input + iz) * ay.input + iy) * ax.input + ix) * layer.in_channels;
                const int64_t tap = (kz * ay.kernel + ky) * ax.kernel + kx;
                const int64_t weights = (tap * layer.out_channels + co) * layer.in_channels;
                for (int64_t ci = 0; ci < layer.in_channels; ci++) {
                    const Number a = zero ? 0.0f : data.input[static_cast<size_t>(cell + ci)];
                    const Number b = data.filter[static_cast<size_t>(weights + ci)];
                    sum += product_of(a, b, ci);
                }
            }
    return sum;
}

// The output of a channels_last layer without activation: zeros are inserted between the input cells, then a dense
// correlation gathers.
template<typename Number, typename Product>
std::vector<Number> zero_insertion(const Layer &layer, const LayerData &data, Product product_of) {
    const auto &[az, ay, ax] = layer.axes;
    std::vector<Number> output;
    for (int64_t n = 0; n < layer.batch; n++)
        for (int64_t z = 0; z < az.output; z++)
            for (int64_t y = 0; y < ay.output; y++)
                for (int64_t x = 0; x < ax.output; x++)
                    for (int64_t co = 0; co < layer.out_channels; co++)
                        output.push_back(zero_insertion_cell<Number>(layer, data, n, {z, y, x}, co, product_of));
    return output;
}

}  // namespace tconv::test
