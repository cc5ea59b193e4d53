// SPDX-License-Identifier: Apache-2.0
// Columns: the other way of the general kernels to compute a layer, for output channels that fill no vector.
//
// The lanes of a kernel are then taps of the filter, each with its output channels: a product gives, for some columns
// (input pixels of one row), what each of them contributes to every output that it reaches. Contributions are added up
// in a box, the outputs of a task. Along x, with kernel 4 and stride 2:
//
//     columns                 i = 0     t0 t1 | t2 t3
//                             i = 1            t0 t1 | t2 t3
//                             i = 2                    t0 t1 | t2 t3
//     box                               -- -- | -- -- | -- -- | -- --
//                             window:     0       1       2       3
//
// A window is the outputs of one q, one of every phase, with their channels. Column i adds tap t of a phase to window
// i + shift, shift = t * input_step - input_offset of the phase. Taps of y, or of y and z, are lanes too where those of
// x alone are few: `folded` is the first axis of which they are. Of the other axes a kernel sums the taps of one
// output, exactly those inside the image. Where the taps of x are many, its phases are divided into chunks, and a task
// has one of them: the filter of a chunk is small.
//
// Inputs meet taps of the filter alone, so that NaN and Inf stay where the definition has them; what lanes of a block
// without a tap hold is dropped, and so is what the crop removes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/run/general_kernels.h"
#include "tconv/filter_layout.h"
#include "tconv/layer.h"

namespace tconv {

// Outputs that a task adds up on its stack.
constexpr int64_t kBoxElements = 8192;

// Lanes of a block that lie side by side in the box as well.
struct ColumnSegment {
    int32_t lane = 0;  // the first, in its block
    int32_t lanes = 0;
    int32_t cell = 0;      // where the first goes, in its window
    int32_t z = 0, y = 0;  // kernel indices of folded axes
    int64_t shift = 0;
};

struct ColumnBlock {
    size_t first_segment = 0, end_segment = 0;
    int64_t least_shift = 0, most_shift = 0;
};

// Neighbouring phases of x.
struct PhaseChunk {
    int64_t first_phase = 0, phases = 0;
    int64_t first_block = 0, end_block = 0;
};

struct ColumnPlan {
    int product = 0;      // into GeneralKernelShape::products
    int folded = 0;       // axis
    FilterLayout layout;  // for PlanState, which takes it
    std::vector<ColumnSegment> segments;
    std::vector<ColumnBlock> blocks;
    std::vector<PhaseChunk> chunks;
    int64_t channels = 1;            // input channels of one product
    std::array<int64_t, 3> box{};    // outputs of z and y, windows of x; 1 for axes that are not folded
    std::array<int64_t, 3> boxes{};  // tasks along each axis; 1 for axes that are not folded
    int64_t rows = 1;                // outputs over the axes that are not folded, in one task
    int64_t row_tasks = 1;
    double cost = 0;  // estimated, in multiply-adds of vectors

    int64_t tasks(const Layer &layer) const;
};

// The cheapest plan by columns; none where a window is too large for a box.
std::optional<ColumnPlan> plan_columns(const Layer &layer, const GeneralKernelShape &shape);

// The estimate for the other way, by blocks of output channels, with the same unit.
double cost_by_channels(const Layer &layer, const GeneralKernelShape &shape, int product);

// q of the first window of an axis, and how many there are.
int64_t first_window(const Axis &axis);
int64_t windows(const Axis &axis);

}  // namespace tconv
