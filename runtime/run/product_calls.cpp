// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/product_calls.h"

#include <algorithm>

namespace tconv {

void call_products(const GeneralKernels &kernels, int product, const KernelBuffer &input, const KernelBuffer &filter,
                   const KernelBuffer &bias, float *to, int64_t pixels, int64_t pixel_stride) {
    KernelDim input_dims[5];
    std::copy(input.dim, input.dim + 5, input_dims);
    KernelBuffer in = input;
    in.dim = input_dims;
    const GeneralProductShape &shape = kernels.shape.products[product];
    const auto &widths = shape.pixels;
    const int64_t taps = int64_t{filter.dim[2].extent} * filter.dim[3].extent * filter.dim[4].extent;
    const int64_t pixel_cost = taps * filter.dim[1].extent * shape.block;
    // The widest tile as often as it fits, then narrower ones for the rest; or the rest by the same call, where
    // computing some pixels twice costs less than another call.
    int64_t left = pixels;
    for (int k = kProductKernels - 1; left > 0; k--) {
        int64_t count = left / widths[k] * widths[k];
        if (count == 0) continue;
        if ((count + widths[k] - left) * pixel_cost < kCallCost) count = left;
        KernelView<2> output(to + (pixels - left) * pixel_stride);
        output.set(0, shape.block, 1);
        output.set(1, count, pixel_stride);
        input_dims[1].extent = static_cast<int32_t>(count);
        kernels.product[product][k](&in, &filter, &bias, &output.buffer);
        in.host += count * input_dims[1].stride * static_cast<int64_t>(sizeof(float));
        left -= count;
    }
}

}  // namespace tconv
