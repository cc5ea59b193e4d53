// SPDX-License-Identifier: Apache-2.0
// The schedule of the channel_lanes kernel: vectors run along input channels, as they lie in the caller's tensor.
#pragma once

#include <vector>

#include <Halide.h>

#include "schedules/machine.h"

namespace tconv {

// Sums in registers at once: outputs of one phase of x, times output channels, each a vector of lanes.
struct ChannelLanesTile {
    int pixels = 1;
    int channels = 1;  // all of the layer
    int lanes = 1;
    int prefetch = 0;  // tiles ahead; channel_blocks alone
};

// Vector registers that the tile keeps alive: the sums, and a filter vector for each channel. The input is an operand in
// memory where one channel uses it, else it takes a register.
int registers_needed(const ChannelLanesTile &tile);

// Cycles that one vector of input channels of one tap takes.
double cycles_per_vector(const ChannelLanesTile &tile, const Machine &machine);

// See generators/kernels/channel_lanes.h.
struct ChannelLanesFuncs {
    // Tiles of outputs of one phase.
    struct Piece {
        Halide::RVar pixel, tile, channel;  // of the update of `row` with the piece's number
        // Not defined where the phase has no taps.
        Halide::Func total;             // (j, co, y): update 0 adds the lanes
        Halide::RVar lane;
        Halide::Func sum;               // (v, j, co, y): update 0 adds whole vectors of channels, update 1 the rest
        Halide::RVar vector, tx, ty, tz;
        Halide::RVar rest, rest_tx, rest_ty, rest_tz;  // of update 1, which may not exist
        bool has_rest = false;
        bool at_border = false;         // the pixels do not all have the same taps: they have to be unrolled
        int pixels = 1;                 // of a tile
        int vectors = 1, taps = 1;      // extents
    };
    Halide::Func output;  // (e, y, origin), or with pixels apart (co, x, y, origin)
    Halide::Func row;     // (e, y): pure undefined, an update for each piece
    Halide::Var e, co, x, y, j, v, origin;
    std::vector<Piece> pieces;
    Halide::Expr dense;   // all strides of the pixels are what they are in dense tensors
    bool pixels_apart = false;
    int cells = 1;  // of a row
};
void schedule_channel_lanes(const ChannelLanesFuncs &funcs, const ChannelLanesTile &tile, const Machine &machine);

// See generators/kernels/channel_blocks.h.
struct ChannelBlocksFuncs {
    Halide::Func output;  // (e, 0, f, q, origin), or with pixels apart (co, x, f, q, origin)
    Halide::Func row;     // (e, f, q)
    Halide::Func total;   // (e, f, q): update 0 adds the lanes
    Halide::Func sum;     // (v, e, f, q): update 0 adds whole vectors of channels, update 1 the rest
    Halide::ImageParam input;
    Halide::Var e, co, x, f, q, v, origin;
    Halide::RVar lane, vector, tz, rest, rest_tz;
    bool has_rest = false;
    Halide::Expr dense;   // all strides of the pixels are what they are in dense tensors
    bool pixels_apart = false;
    int cells = 1;        // of a pixel of the input, in one row
    int phases_x = 1;
    int vectors = 1;      // extent of `vector`
};
// Cells whose lanes are added up together: whole vectors, and as many sums as keep the multiply-add units busy.
int channel_blocks_together(const Machine &machine);
void schedule_channel_blocks(const ChannelBlocksFuncs &funcs, const ChannelLanesTile &tile, const Machine &machine);

}  // namespace tconv
