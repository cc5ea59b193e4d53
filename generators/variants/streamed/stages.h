// SPDX-License-Identifier: Apache-2.0
// The stages of the streamed variant: where everything lies, and what tasks call on it.
#pragma once

#include <vector>

#include "generators/layer_plan.h"
#include "generators/variants/streamed/knobs.h"
#include "generators/variants/streamed/tables.h"

namespace tconv {

// Everything that the stages' views are made of.
//
// Workspace: the packed rows of each packing, [batch entries of a call][panel][outer axis][n][inner axes][channel],
// so that the pixels of every tap lie one after the other; room for what the last tile reads beyond the last rows and drops
// (elsewhere that is other rows); the cells of each block of output channels, [block][n][z][y][x][v].
struct StreamedPlan {
    StreamedPlan(const Layer &layer, const Machine &machine, const Knobs &knobs);

    int64_t block() const { return layout.block(); }
    int64_t workspace_elements() const;
    // Elements between neighbouring cells of an axis, and between those of neighbouring batch entries.
    int64_t cell_stride(int axis) const;
    int64_t entry_stride() const { return cells * block(); }

    Layer layer;
    int vectors, chunk, panel;
    FilterLayout layout;
    StreamedTables tables;
    StreamedKernels kernels;
    int64_t entries;  // of the batch, in one call
    std::vector<int64_t> packing_offset;
    int64_t cells_offset = 0;
    int64_t cells = 0;  // of one batch entry
};

// Packs the rows of one packing, of the batch entries of one call.
Stage pack_stage(const StreamedPlan &plan, size_t kernel);
// Gives the cells of a block of output channels their bias, or 0.
Stage start_stage(const StreamedPlan &plan, size_t kernel);
// Adds all taps to the cells of a block of output channels; kernels as in plan.kernels.
Stage product_stage(const StreamedPlan &plan, std::vector<size_t> kernels);
// Stores the cells of a block of output channels, of one batch entry.
Stage store_stage(const StreamedPlan &plan, size_t kernel);

}  // namespace tconv
