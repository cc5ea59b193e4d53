// SPDX-License-Identifier: Apache-2.0
// The schedule of column rows: a register tile of lanes and input pixels that fills a row of columns, which stays in the
// first-level cache until it has been overlap-added.
#pragma once

#include <vector>

#include <Halide.h>

#include "schedules/knobs.h"
#include "schedules/machine.h"
#include "schedules/register_tile.h"

namespace tconv {

// See generators/variants/column_rows/kernel.h.
struct ColumnRowsFuncs {
    // Tiles of as many columns: one update of `columns`, and the sums that it copies.
    struct Tiles {
        Halide::Func accumulate;   // (v, b, x): pure 0, update 0 adds the taps; l = b * block + v
        Halide::RVar ci, ty, tz;   // of update 0
        Halide::RVar pixel, tile;  // of the update of `columns`
        int pixels = 1;
    };
    Halide::Func output;   // (c, x, q, fy, fz, origin)
    Halide::Func cells;    // (e, fy, fz): a row of outputs before it is copied; undefined where the epilogue is short
    Halide::Func sums;     // (e, fy, fz)
    Halide::Func columns;  // (l, x): pure undefined, an update for each of `tiles`
    std::vector<Tiles> tiles;
    Halide::ImageParam input;  // (ci, x, ty, tz, origin)
    Halide::Var c, x, q, fy, fz, origin, e, l, v, b;
    int in_channels = 1;
    int block = 1;          // lanes of a packed filter block
    int lanes = 1;          // of all blocks
    int column_stride = 1;  // elements between columns
    int most_columns = 1;   // of any call
    int window = 1;         // elements of e between neighbouring q
    int most_cells = 1;     // elements of e in any call
    int least_cells = 1;
    int least_run = 1;  // least extent of c in any call
    Halide::Expr first_column{}, column_count{}, cell_count{};
    DataType dtype = DataType::kFloat32;  // of the sums
};

// Values of the knob `order`.
constexpr int kTileOuter = 0;   // a tile of pixels meets all blocks of lanes before the next
constexpr int kBlockOuter = 1;  // a block of lanes meets all pixels before the next

// The caller guarantees: funcs.block == tile vectors * lanes of the machine.
void schedule_column_rows(const ColumnRowsFuncs &funcs, const Knobs &knobs, const Machine &machine);

// The tile that knobs stand for.
RegisterTile column_tile(const Knobs &knobs);

}  // namespace tconv
