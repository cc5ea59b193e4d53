// SPDX-License-Identifier: Apache-2.0
// Schedules of the kernels of the streamed variant: the product that reads a filter once, in order, and the copies and sums
// around it.
#pragma once

#include <vector>

#include <Halide.h>

#include "schedules/machine.h"

namespace tconv {

// How a streamed product walks: a chunk of channels of the filter stays in the first-level cache while all tiles of rows
// pass, and is fetched while the chunks before it are used.
struct StreamedTile {
    int vectors = 2;
    int rows = 6;
    int prefetch = 0;  // panels of channels that the filter is fetched ahead; 0: not at all
};

// See generators/variants/streamed/product.h.
struct StreamedProductFuncs {
    Halide::Func output;        // (v, x, y, z, n, origin)
    Halide::Func rows;          // (v, row): pure 0, update 0 adds the chunks; at most `most_rows` of them
    Halide::Func sum;           // (v, row, part): pure 0, update 0 adds the channels of a chunk
    Halide::ImageParam filter;  // what is prefetched
    Halide::Var v, x, y, z, n, origin, row;
    Halide::RVar chunk;     // of rows' update
    Halide::RVar k, panel;  // of sum's update: channel within a panel, panel within a chunk
    int most_rows = 1;
    DataType dtype = DataType::kFloat32;  // of the sums
};

void schedule_streamed_product(const StreamedProductFuncs &funcs, const StreamedTile &tile, const Machine &machine);

// The name that the loop over a product's tiles of rows carries.
extern const char *const kStreamedTileLoop;

// See generators/variants/streamed/pack_rows.h.
struct PackRowsFuncs {
    Halide::Func output;  // (k, panel, x, y, z, n, origin)
    Halide::Var k, panel, x, y, z, n, origin;
    int channels = 1;              // of a panel
    bool contiguous_input = true;  // input channels lie side by side in memory
    DataType dtype = DataType::kFloat32;
};

void schedule_pack_rows(const PackRowsFuncs &funcs, const Machine &machine);

// See generators/variants/streamed/cell_sums.h.
struct StartCellsFuncs {
    Halide::Func output;  // (v, cell, origin)
    Halide::Var v, cell, origin;
    int vectors = 1;                      // extent of v, in vectors
    DataType dtype = DataType::kFloat32;  // of the sums
};
void schedule_start_cells(const StartCellsFuncs &funcs, const Machine &machine);

struct StoreCellsFuncs {
    Halide::Func output;  // (co, x, y, z, n, origin)
    Halide::Var co, x, y, z, n, origin;
    bool whole_blocks = true;             // every block's channels are all in use
    bool contiguous_output = true;        // output channels lie side by side in memory
    DataType dtype = DataType::kFloat32;  // of the sums
};
void schedule_store_cells(const StoreCellsFuncs &funcs, const Machine &machine);

}  // namespace tconv
