// SPDX-License-Identifier: Apache-2.0
// The kernel calls of the variant `winograd`: which part of a strip a call takes, with which kernel, on which views.
#pragma once

#include "generators/variants/winograd/stages.h"

namespace tconv {

// One band of one job, for the closures that describe its tasks.
struct WinogradBand {
    Layer layer;
    WinogradJob job;
    WinogradStorage storage;
    FilterLayout layout;
    int64_t products_offset;  // in the workspace

    const AxisKind &kind(int axis) const { return job.kinds[axis]; }
    int64_t advance() const { return kind(2).outputs * kind(2).step; }  // between the windows of neighbouring tiles
};

// The steps `part` of a task of input or output transforms: what comes before the middle of a strip, the middle, the rest.
Table three_parts();

// Kernel 0 for windows inside the image, 1 for those that leave it.
KernelCall input_call(const WinogradBand &band, const TaskSymbols &task);

// Kernel 0 for tiles of which every output exists, 1 for the others.
KernelCall output_call(const WinogradBand &band, const TaskSymbols &task);

KernelCall product_call(const WinogradBand &band, const TaskSymbols &task);

}  // namespace tconv
