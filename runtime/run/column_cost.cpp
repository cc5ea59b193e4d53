// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/column_cost.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/base/integers.h"
#include "runtime/run/column_plan.h"
#include "runtime/run/product_calls.h"

namespace tconv {

double cost_by_channels(const Layer &layer, const GeneralKernelShape &shape, int product) {
    const double block = shape.products[static_cast<size_t>(product)].block, vector = shape.products.back().block;
    const double blocks = std::ceil(static_cast<double>(layer.out_channels) / block);
    const Axis &x = layer.axes[kX];
    double rows = static_cast<double>(layer.batch), taps = static_cast<double>(layer.batch);
    for (const Axis &axis : layer.axes) taps *= static_cast<double>(useful_taps(axis));
    for (int axis = 0; axis < kX; axis++) rows *= static_cast<double>(layer.axes[axis].output);
    const int64_t phase_taps = ceil_div(x.kernel, x.stride / std::gcd(x.stride, x.dilation));
    const double runs = static_cast<double>(std::min(x.output, x.stride * (2 * phase_taps - 1)));
    const double pixels = rows * static_cast<double>(x.output);
    const double calls = rows * runs + pixels * block / kTileElements;
    return taps * static_cast<double>(layer.in_channels) * blocks * block / vector * (product > 0 ? kNarrow : 1) +
           calls * blocks * kCall + pixels * blocks * kPixelCost;
}

}  // namespace tconv
