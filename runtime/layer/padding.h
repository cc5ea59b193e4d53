// SPDX-License-Identifier: Apache-2.0
// What the operators mean by padding: each reduces, per spatial axis, to an output extent and a crop at the beginning.
// Preconditions: the axis has its input, kernel, stride and dilation, within the limits of validate.h.
#pragma once

#include <cstdint>
#include <optional>

#include "tconv/geometry.h"

namespace tconv {

enum class Padding { kSame, kValid };

// Cells of the full output that are left out on either side.
struct Crop {
    int64_t before = 0;
    int64_t after = 0;
};

// Output extents for which the forward convolution would give back the input's extent, 0 too: [first, last].
struct ExtentRange {
    int64_t first = 0;
    int64_t last = 0;
};
ExtentRange tf_output_range(const Axis &axis, Padding padding);

// The same where the forward convolution pads its input by explicit numbers.
ExtentRange tf_output_range(const Axis &axis, const Crop &padding);

// The output extent that Keras computes. Below 0, which is none, for some inputs without cells.
int64_t keras_output_extent(const Axis &axis, Padding padding, std::optional<int64_t> output_padding);

// The crop that belongs to an output extent. It depends on that extent: for the same kernel_size and stride, one more
// output cell can mean one cell less cropped at the beginning.
int64_t crop_before(const Axis &axis, Padding padding, int64_t output);

}  // namespace tconv
