// SPDX-License-Identifier: Apache-2.0
// The stages of the variant `winograd`: input transform, products, output transform, once for each band of a job.
#pragma once

#include "generators/variants/winograd/tiles.h"
#include "schedules/machine.h"
#include "schedules/matrix_product.h"

namespace tconv {

// Where the numbers of a band lie in the workspace. Strides are such that the points of a tile, and the panels of
// a row, do not fall into the same set of the cache.
struct WinogradStorage {
    WinogradStorage(const Layer &layer, const WinogradJob &job, const FilterLayout &layout, int panel);

    int64_t panel = 1, panels = 1;  // input channels side by side, how many of those
    int64_t panel_stride = 0;       // of transformed windows [point][panel][tile][channel]
    int64_t window_points = 0;      // elements between their points
    int64_t tile_stride = 0;        // of products [point][tile][lane]
    int64_t product_points = 0;
    int64_t points = 1;

    int64_t windows() const { return points * window_points; }
    int64_t products() const { return points * product_points; }
};

// Scratch of all jobs: transformed windows, and the products behind those of the largest.
struct WinogradScratch {
    WinogradScratch(const Layer &layer, const Machine &machine, const std::vector<WinogradJob> &jobs,
                    const FilterLayout &layout);

    int64_t windows = 0, products = 0;
};

// Input channels side by side in a transformed row, for that layer: as many as make a vector, if they divide its channels.
int winograd_panel(const Layer &layer, const Machine &machine);

struct WinogradContext {
    Layer layer;
    Machine machine;
    FilterLayout layout;
    MatrixProductTile tile;       // its rows are those of the largest
    int64_t blocks_per_task = 4;  // of the filter
    int64_t products_offset = 0;  // in the workspace: products lie behind the transformed windows of all jobs
};

// Adds the job's pass and the kernels that the plan lacks.
void append_winograd_job(LayerPlan &plan, const WinogradContext &context, const WinogradJob &job,
                         const std::string &name);

}  // namespace tconv
