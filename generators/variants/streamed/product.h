// SPDX-License-Identifier: Apache-2.0
// The streamed product: what one filter tap adds to the cells of one block of output channels.
//
//   output(v, x, y, z, n) += sum over c of input(c % panel, row, c / panel) * filter(v, c)
//   with row = x + X*(y + Y*(z + Z*n)), where X, Y, Z are extents of the output's view. Which of them is an axis of the
//   image, and which the batch, is the caller's business.
//
// The filter is read once, in the order it lies in memory: in chunks of channels that stay in the first-level cache while
// all tiles of rows pass. The chunks that follow are fetched by all tiles in turn, a share each, so that memory never
// pauses. Where one tile fetches the filter for the others, its reading and their arithmetic add up instead.
#pragma once

#include <string>

#include "generators/layer_plan.h"
#include "schedules/streamed.h"
#include "tconv/layer.h"

namespace tconv {

struct StreamedProductSpec {
    int64_t in_channels = 1;
    int panel = 8;      // channels that lie side by side in a row; divides in_channels
    int chunk = 128;    // channels; a multiple of panel that divides in_channels
    int most_rows = 1;  // of a call, a multiple of the tile's
    int shares = 1;     // tiles that fetch a chunk together; that a call has more is harmless
    DataType dtype = DataType::kFloat32;
};

// Buffers: input (k, row, panel, origin), its rows rounded up to whole tiles; filter (v, c, origin); the output as an
// input; output (v, x, y, z, n, origin). v counts tile.vectors vectors.
Kernel streamed_product_kernel(const std::string &name, const StreamedProductSpec &spec, const StreamedTile &tile,
                               const Machine &machine);

}  // namespace tconv
