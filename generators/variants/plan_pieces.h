// SPDX-License-Identifier: Apache-2.0
// Pieces of plans that variants share.
#pragma once

#include "generators/layer_plan.h"
#include "schedules/machine.h"

namespace tconv {

Halide::Expr int64_constant(int64_t value);

// index * stride in 64 bits.
Halide::Expr elements(const Halide::Expr &index, int64_t stride);

// Coordinates [0, extent) at a constant stride.
ViewDim constant_dim(int64_t extent, int64_t stride);

// Rows {first, count} = {i, 1} for i in [0, extent).
Table counting_table(int64_t extent);

// One row {first, count} = {0, extent}.
Table single_row(int64_t extent);

// How a stage is cut into tasks: a row of the image each, or one for all of it, whose kernel finds its rows itself.
enum class Cut { kRows, kWhole };

// Rows {first, count} of an axis of that extent.
Table cut_table(int64_t extent, Cut cut);

// Batch entries as rows, or all of them as one row.
Table batch_table(const Layer &layer, Cut cut);

// Input or output of batch entry task.at("n", "first"): dims (c, x, y, z, n).
View whole_image_view(TensorId tensor, const Layer &layer, const TaskSymbols &task);

// What every plan ends with: softmax, where the layer's activation is that, and the kernel that packs plan.filter_layout.
void finish_plan(LayerPlan &plan, const Layer &layer, const Machine &machine, Cut cut = Cut::kRows);

}  // namespace tconv
