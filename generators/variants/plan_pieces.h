// SPDX-License-Identifier: Apache-2.0
// Pieces of plans that variants share.
#pragma once

#include "generators/layer_plan.h"
#include "schedules/machine.h"

namespace tconv {

// Coordinates [0, extent) at a constant stride.
ViewDim constant_dim(int64_t extent, int64_t stride);

// Pieces of a range: [first, first + count).
struct RangeTable {
    Table table;
    Column first, count;
};

// [0, extent) in pieces of `chunk`, the last one smaller where that leaves a rest.
RangeTable chunk_table(int64_t extent, int64_t chunk);

// Rows {first, count} = {i, 1} for i in [0, extent).
RangeTable counting_table(int64_t extent);

// One row {first, count} = {0, extent}.
RangeTable single_row(int64_t extent);

// How a stage is cut into tasks: a row of the image each, or one for all of it, whose kernel finds its rows itself.
enum class Cut { kRows, kWhole };

// Rows {first, count} of an axis of that extent.
RangeTable cut_table(int64_t extent, Cut cut);

// Batch entries as rows, or all of them as one row.
RangeTable batch_table(const Layer &layer, Cut cut);

// One row for each block of a packed filter: its number, and its lanes.
struct BlockTable {
    Table table;
    Column block, first, count;
};

BlockTable block_table(const FilterLayout &layout);

// Input or output of the batch entries of a row: dims (c, x, y, z, n).
View whole_image_view(TensorId tensor, const Layer &layer, const RangeTable &entries);

// Elements [offset, offset + channels) of the packed bias.
View bias_view(const Index &offset, int64_t channels);

// Binds the buffer "bias" where the layer has one, and "slopes" where its activation has one for each output channel:
// these lie as the bias does. `bias` is the view of that.
void bind_channel_values(KernelCall &call, const Layer &layer, const View &bias);
void bind_bias(KernelCall &call, const Layer &layer, const View &view);
void bind_slopes(KernelCall &call, const Layer &layer, View view);

// What every plan ends with: softmax, where the layer's activation is that, and the kernel that packs plan.filter_layout.
// Throws std::logic_error where the plan is broken (plan_check.h).
void finish_plan(LayerPlan &plan, const Layer &layer, const Machine &machine, Cut cut = Cut::kRows);

}  // namespace tconv
