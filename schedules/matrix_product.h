// SPDX-License-Identifier: Apache-2.0
// The schedule of the matrix product: `rows` rows times `vectors` vectors of columns are summed in registers over all input
// channels. The channels of a panel lie side by side in every row, so that the broadcasts of a loop iteration have constant
// offsets.
#pragma once

#include <Halide.h>

#include "schedules/machine.h"

namespace tconv {

// See generators/variants/winograd/matrix_product.h.
struct MatrixProductFuncs {
    Halide::Func output;        // (v, row, tile, cb, origin)
    Halide::Func sum;           // (v, row, tile, cb): pure 0; update 0 adds whole panels, update 1, if any, the rest
    Halide::ImageParam filter;  // what is prefetched
    Halide::Var v, row, tile, cb, origin;
    Halide::RVar k, panel;  // of update 0: channel within a panel, panel
    Halide::RVar rest;      // of update 1
    bool has_rest = false;
    DataType dtype = DataType::kFloat32;  // of the sums
};

enum class ProductOrder { kFilterOuter, kRowsOuter };  // a block of the filter stays in the cache, or a tile of rows

struct MatrixProductTile {
    int vectors = 2;
    int rows = 6;
    int prefetch = 0;  // panels of channels that the filter is fetched ahead; 0: not at all
    ProductOrder order = ProductOrder::kFilterOuter;
};

// Most rows of a tile of that width that registers hold.
int most_product_rows(int vectors, const Machine &machine);

void schedule_matrix_product(const MatrixProductFuncs &funcs, const MatrixProductTile &tile, const Machine &machine);

}  // namespace tconv
