// SPDX-License-Identifier: Apache-2.0
// The kernel calls of the variant `winograd`: which part of a strip a call takes, with which kernel, on which views.
#pragma once

#include "generators/variants/plan_pieces.h"
#include "generators/variants/winograd/stages.h"
#include "generators/variants/winograd/tables.h"

namespace tconv {

// One band of one job, with the tables of its tasks.
struct WinogradBand {
    Layer layer;
    WinogradJob job;
    WinogradStorage storage;
    FilterLayout layout;
    int64_t products_offset;  // in the workspace
    BandTable band;
    StripTable strip;
    LaneSetTable lane_set;

    const AxisKind &kind(int axis) const { return job.kinds[axis]; }
    // Between the windows of neighbouring tiles.
    int64_t advance() const { return kind(kX).outputs * kind(kX).step; }
};

// The steps of a task of input or output transforms: what comes before the middle of a strip, the middle, the rest.
struct PartTable {
    Table table;
    Column index;
};
PartTable three_parts();

// The steps of a task of products: rows of tiles that a kernel takes.
struct RowsTable {
    Table table;
    Column rows, tiles, first, kernel;
};

// Kernel 0 for windows inside the image, 1 for those that leave it.
KernelCall input_call(const WinogradBand &band, const PartTable &part);

// Kernel 0 for tiles of which every output exists, 1 for the others.
KernelCall output_call(const WinogradBand &band, const PartTable &part);

// `co`: blocks of the filter.
KernelCall product_call(const WinogradBand &band, const PointTable &point, const RangeTable &co, const RowsTable &rows);

}  // namespace tconv
