// SPDX-License-Identifier: Apache-2.0
// The schedule of the general product: the register tile of register_tile.h, with channels, taps and extents that are
// known at run time only. The number of pixels is a constant; calls with few of them take a kernel with a small tile.
#pragma once

#include <Halide.h>

#include "schedules/machine.h"

namespace tconv {

// See generators/kernels/general_product.h.
struct GeneralProductFuncs {
    Halide::Func output;  // (v, x): the sum of the partial sums, and the bias
    Halide::Func
        accumulate;  // (v, x, s): pure 0; update 0 adds input channels by the `partial_sums`; update 1 the rest
    Halide::Var v, x, s;
    Halide::RVar ci, tx, ty, tz;                      // of update 0
    Halide::RVar rest_ci, rest_tx, rest_ty, rest_tz;  // of update 1; it does not exist for one partial sum
    DataType dtype = DataType::kFloat32;              // of the sums
};

struct GeneralTile {
    int vectors = 1;  // of output channels
    int pixels = 1;
    int partial_sums = 1;  // chains of multiply-adds for one output
};

// As many partial sums as keep the multiply-add units busy: few pixels alone would wait for each other's latency.
GeneralTile general_tile(int vectors, int pixels, const Machine &machine);

// The caller guarantees an extent of x that is not below the tile's pixels; the last tile is moved back inside.
void schedule_general_product(const GeneralProductFuncs &funcs, const GeneralTile &tile, const Machine &machine);

// An elementwise function over (x), whose extent is a multiple of the vector. In place is fine.
struct GeneralMapFuncs {
    Halide::Func output;
    Halide::Var x;
    DataType dtype = DataType::kFloat32;
};
void schedule_general_map(const GeneralMapFuncs &funcs, const Machine &machine);

}  // namespace tconv
