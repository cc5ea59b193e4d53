// SPDX-License-Identifier: Apache-2.0
// The schedules of the planar variant: vectors run along x, over planes whose columns lie side by side in memory.
#pragma once

#include <vector>

#include <Halide.h>

#include "schedules/machine.h"

namespace tconv {

// Sums in registers at once: vectors of columns, times rows, times lanes (phases of x and output channels).
struct PlanarTile {
    int vectors = 1;  // of columns
    int rows = 1;     // of output, of one phase of y
    int lanes = 1;    // at most: a tile takes a divisor of the lanes that have the same taps
};

// Vector registers that the tile keeps alive: the sums, the smaller operand, and one through which the larger passes.
int registers_needed(const PlanarTile &tile);

// Cycles that one input channel of one tap takes, by the narrowest of multiply-adds, their latency and loads.
double cycles_per_channel(const PlanarTile &tile, const Machine &machine);

int largest_divisor(int count, int most);

// See generators/variants/planar/rows.h.
struct PlanarRowsFuncs {
    // Lanes with the same taps. Without taps there is no sum.
    struct PhaseRun {
        Halide::RVar lane;  // of the update of `row` with the run's number
        Halide::Func sum;   // (x, i, c, y): pure 0, update 0 adds the taps
        Halide::RVar ci, tx, ty, tz;
        int lanes = 1;
        int taps = 0;  // extent of tx
    };
    Halide::Func output;  // (e, c, y, origin), or with pixels apart (c, x, y, origin)
    Halide::Func row;     // (i, x, c, y): pure undefined, an update for each run
    Halide::Var e, i, x, c, y, origin;
    std::vector<PhaseRun> runs;
    bool pixels_apart = false;            // the output is not one run of cells along x
    int interleaved = 1;                  // extent of i
    int planes = 1;                       // extent of c in `row`
    int columns = 1;                      // the most of x; a multiple of the tile's
    DataType dtype = DataType::kFloat32;  // of the sums
};
void schedule_planar_rows(const PlanarRowsFuncs &funcs, const PlanarTile &tile, const Machine &machine);

// See generators/variants/planar/copy.h.
struct PlanarCopyFuncs {
    Halide::Func output;  // (x, c, y, z, origin)
    Halide::Func block;   // what `output` reads, with the same arguments as the input: (c, x, y, z)
    Halide::Var x, c, y, z, origin;
    Halide::Expr column_stride;  // of the input
    int channels = 1, columns = 1;
    bool transposes = true;  // channels lie side by side in the input
    DataType dtype = DataType::kFloat32;
};
void schedule_planar_copy(const PlanarCopyFuncs &funcs, const Machine &machine);

// Zeros beside the columns of the copy.
struct PlanarBorderFuncs {
    Halide::Func output;  // (x, c, y, z, origin)
    Halide::Var x, origin;
    DataType dtype = DataType::kFloat32;
};
void schedule_planar_border(const PlanarBorderFuncs &funcs, const Machine &machine);

}  // namespace tconv
