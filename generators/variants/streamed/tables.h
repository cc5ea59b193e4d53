// SPDX-License-Identifier: Apache-2.0
// Which input pixels each tap of a layer multiplies, and which output cells the products belong to. Axes are z, y, x.
#pragma once

#include <array>
#include <vector>

#include "tconv/layer.h"

namespace tconv {

// A rectangle of input pixels.
struct PixelRange {
    std::array<Range, 3> range;

    int64_t extent(int axis) const { return range[axis].end - range[axis].begin; }
    int64_t pixels() const { return extent(0) * extent(1) * extent(2); }
};

// A tap with at least one pixel whose target lies inside the output. Pixel i of them adds to cell
// first_cell + stride * (i - begin) of every axis.
struct LiveTap {
    int64_t position = 0;  // (kz * Ky + ky) * Kx + kx
    PixelRange pixels;
    size_t packing = 0;
    std::array<int64_t, 3> first_cell{};
};

struct StreamedTables {
    explicit StreamedTables(const Layer &layer);

    int outer_axis = 0;                // of the layer
    std::vector<PixelRange> packings;  // distinct, all of the outer axis: taps take a part of it where it lies
    std::vector<LiveTap> taps;         // by position
};

// Input pixels i of an axis for which S*i + D*k - P lies inside the output.
Range live_inputs(const Axis &axis, int64_t tap);

}  // namespace tconv
