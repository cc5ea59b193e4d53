// SPDX-License-Identifier: Apache-2.0
// Calls of general products: a view is cut so that every call has the pixels that its tile asks for.
#pragma once

#include <cstdint>

#include "runtime/run/general_kernels.h"

namespace tconv {

// What a task keeps on its stack between kernels, in the first-level cache. A multiple of every block.
constexpr int64_t kTileElements = 1536;

// Multiply-adds that take as long as the call of a kernel.
constexpr int64_t kCallCost = 4096;

// to[pixel * pixel_stride + v] for the first `pixels` pixels of dimension 1 of `input`; `product` numbers the shape.
void call_products(const GeneralKernels &kernels, int product, const KernelBuffer &input, const KernelBuffer &filter,
                   const KernelBuffer &bias, float *to, int64_t pixels, int64_t pixel_stride);

}  // namespace tconv
