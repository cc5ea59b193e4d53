// SPDX-License-Identifier: Apache-2.0
// Where the cells of tensors and axes lie, for the oracle and its comparisons.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tconv/layer.h"

namespace tconv {

// A tensor [n, z, y, x, c], and where its cells lie in the order of a layout.
struct Extents {
    int64_t n, z, y, x, c;
    Layout layout;

    int64_t elements() const { return n * z * y * x * c; }
    int64_t index(int64_t in, int64_t iz, int64_t iy, int64_t ix, int64_t ic) const {
        if (layout == Layout::kChannelsFirst) return (((in * c + ic) * z + iz) * y + iy) * x + ix;
        return (((in * z + iz) * y + iy) * x + ix) * c + ic;
    }
};

inline Extents input_extents(const Layer &layer) {
    const auto &[z, y, x] = layer.axes;
    return {layer.batch, z.input, y.input, x.input, layer.in_channels, layer.layout};
}

inline Extents output_extents(const Layer &layer) {
    const auto &[z, y, x] = layer.axes;
    return {layer.batch, z.output, y.output, x.output, layer.out_channels, layer.layout};
}

inline int64_t channel_of(const Extents &shape, size_t cell) {
    const int64_t step = shape.layout == Layout::kChannelsFirst ? shape.z * shape.y * shape.x : 1;
    return static_cast<int64_t>(cell) / step % shape.c;
}

// Where input cell i lands through tap k; the caller drops what is outside [0, axis.output).
inline int64_t landing(const Axis &axis, int64_t i, int64_t k) {
    return axis.stride * i + axis.dilation * k - axis.pad_before;
}

inline bool inside(const Axis &axis, int64_t o) { return o >= 0 && o < axis.output; }

}  // namespace tconv
