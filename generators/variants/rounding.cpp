// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/rounding.h"

#include <numeric>

#include "runtime/base/integers.h"

namespace tconv {

namespace {

// Of the phase that has the most.
int64_t most_taps(const Axis &axis) {
    return ceil_div(axis.kernel, axis.stride / std::gcd(axis.stride, axis.dilation));
}

}  // namespace

Rounding direct_rounding(const Layer &layer) {
    Rounding rounding;
    for (size_t a = 0; a < rounding.size(); a++) {
        rounding[a].sum_gain = static_cast<double>(most_taps(layer.axes[a]));
    }
    return rounding;
}

int64_t direct_terms(const Layer &layer) {
    int64_t terms = layer.in_channels;
    for (const Axis &axis : layer.axes) {
        terms *= most_taps(axis);
    }
    return terms + (layer.bias ? 1 : 0);
}

FiniteRange finite_range(const Layer &layer, const Rounding &rounding) {
    FiniteRange range{kLargestFinite, kLargestFinite, static_cast<double>(layer.in_channels)};
    for (const AxisRounding &axis : rounding) {
        range.input /= axis.input_gain;
        range.filter /= axis.filter_gain;
        range.terms *= axis.sum_gain;
    }
    range.terms *= 1 + range.terms * unit_roundoff(layer.types.accumulate);
    return range;
}

}  // namespace tconv
