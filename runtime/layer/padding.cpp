// SPDX-License-Identifier: Apache-2.0
#include "runtime/layer/padding.h"

#include <algorithm>

namespace tconv {

ExtentRange tf_output_range(const Axis &axis, Padding padding) {
    if (axis.input == 0) {
        // What a forward convolution makes nothing of; TensorFlow divides by the stride towards zero.
        const int64_t least = axis.effective_kernel() - 2 * axis.stride + 1;
        if (padding == Padding::kSame) return {0, 0};
        return {std::max<int64_t>(0, least), axis.effective_kernel() - 1};
    }
    if (padding == Padding::kSame) return {(axis.input - 1) * axis.stride + 1, axis.input * axis.stride};
    return {axis.full_extent(), axis.full_extent() + axis.stride - 1};
}

ExtentRange tf_output_range(const Axis &axis, const Crop &padding) {
    ExtentRange range = tf_output_range(axis, Padding::kValid);
    range.first = std::max<int64_t>(0, range.first - padding.before - padding.after);
    range.last -= padding.before + padding.after;
    return range;
}

int64_t keras_output_extent(const Axis &axis, Padding padding, std::optional<int64_t> output_padding) {
    const int64_t kernel = axis.effective_kernel();
    if (padding == Padding::kSame) {
        if (!output_padding) return axis.input * axis.stride;
        // The parity is that of the effective kernel: kernel_size 2 with dilation 2 is odd.
        return (axis.input - 1) * axis.stride + kernel % 2 + *output_padding;
    }
    if (!output_padding) return (axis.input - 1) * axis.stride + std::max(kernel, axis.stride);
    return axis.full_extent() + *output_padding;
}

int64_t crop_before(const Axis &axis, Padding padding, int64_t output) {
    return padding == Padding::kSame ? std::max<int64_t>(0, axis.full_extent() - output) / 2 : 0;
}

}  // namespace tconv
