// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/rounding.h"

#include <numeric>

#include "runtime/integers.h"

namespace tconv {

Rounding direct_rounding(const Layer &layer) {
    Rounding rounding;
    for (size_t a = 0; a < rounding.size(); a++) {
        const Axis &axis = layer.axes[a];
        // Of the phase that has the most taps.
        rounding[a].sum_gain = static_cast<double>(ceil_div(axis.kernel, axis.stride / std::gcd(axis.stride, axis.dilation)));
    }
    return rounding;
}

FiniteRange finite_range(const Layer &layer, const Rounding &rounding) {
    constexpr double unit_roundoff = 0x1p-24;
    FiniteRange range{kLargestFinite, kLargestFinite, static_cast<double>(layer.in_channels)};
    for (const AxisRounding &axis : rounding) {
        range.input /= axis.input_gain;
        range.filter /= axis.filter_gain;
        range.terms *= axis.sum_gain;
    }
    range.terms *= 1 + range.terms * unit_roundoff;
    return range;
}

}  // namespace tconv
