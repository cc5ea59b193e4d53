// SPDX-License-Identifier: Apache-2.0
// The matrix product: rows of input channels times blocks of a packed filter.
//
//   output(v, row, tile, cb) = [output(v, row, tile, cb) +]
//       sum over c of input(c % panel, row, c / panel, tile) * filter(v, c, cb)
//
// The channels of a panel lie side by side, and so do the rows of a tile, `panel` elements apart: what one loop iteration
// broadcasts is one piece of memory. How far apart panels and tiles lie is the caller's choice: [panel][row][..]
// with all rows, of which a call takes as many tiles as it likes, or [tile][panel][row][..]. Extents of tile and
// cb are free; rows that do not fill tiles are computed by calls of kernels with smaller tiles.
#pragma once

#include <string>

#include "generators/layer_plan.h"
#include "schedules/matrix_product.h"
#include "tconv/layer.h"

namespace tconv {

struct MatrixProductSpec {
    int64_t in_channels = 1;  // any number: the last panel may be a part of one
    int panel = 8;            // channels that lie side by side in a row
    DataType dtype = DataType::kFloat32;
};

// Buffers: input (k, row, panel, tile, origin), filter (v, c, cb, origin),
// output (v, row, tile, cb, origin). v counts tile.vectors vectors.
Kernel matrix_product_kernel(const std::string &name, const MatrixProductSpec &spec, const MatrixProductTile &tile,
                             const Machine &machine);

}  // namespace tconv
