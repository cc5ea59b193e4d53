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

// See generators/variants/channel_lanes/lanes.h.
struct ChannelLanesFuncs {
    // Sums of a piece over lanes that are added up in one vector: of whole vectors of channels, or of the channels that are
    // left. They have accumulators of their own: a multiply-add of some lanes of a vector would be two instructions, or
    // one, as the compiler has it.
    struct Sum {
        Halide::Func func;  // (v, j, co, y): update 0 adds the products
        Halide::RVar vector, tx, ty, tz;
        Halide::RVar lane;           // of the update of `total` that adds them
        int lanes = 1, vectors = 1;  // extents
    };
    // Tiles of outputs of one phase.
    struct Piece {
        Halide::RVar pixel, tile, channel;  // of the update of `row` with the piece's number
        Halide::Func total;  // (j, co, y): an update for each of `sums`. Not defined where there are no taps
        std::vector<Sum> sums;
        bool at_border = false;  // the pixels do not all have the same taps: they have to be unrolled
        int pixels = 1;          // of a tile
        int taps = 1;
    };
    Halide::Func output;  // (e, y, origin), or with pixels apart (co, x, y, origin)
    Halide::Func row;     // (e, y): pure undefined, an update for each piece
    Halide::Var e, co, x, y, j, v, origin;
    std::vector<Piece> pieces;
    Halide::Expr dense;  // all strides of the pixels are what they are in dense tensors
    bool pixels_apart = false;
    int cells = 1;                        // of a row
    DataType dtype = DataType::kFloat32;  // of the sums
};
void schedule_channel_lanes(const ChannelLanesFuncs &funcs, const ChannelLanesTile &tile, const Machine &machine);

// See generators/variants/channel_lanes/blocks.h.
struct ChannelBlocksFuncs {
    Halide::Func output;  // (e, 0, f, q, origin), or with pixels apart (co, x, f, q, origin)
    Halide::Func row;     // (e, f, q)
    // As ChannelLanesFuncs::Sum.
    struct Sum {
        Halide::Func func;  // (v, e, f, q): update 0 adds the products
        Halide::RVar vector, tz, lane;
        int lanes = 1, vectors = 1;
    };
    Halide::Func total;  // (e, f, q): an update for each of `sums`
    std::vector<Sum> sums;
    Halide::ImageParam input;
    Halide::Var e, co, x, f, q, v, origin;
    Halide::Expr dense;  // all strides of the pixels are what they are in dense tensors
    bool pixels_apart = false;
    int cells = 1;  // of a pixel of the input, in one row
    int phases_x = 1;
    DataType dtype = DataType::kFloat32;  // of the sums
};
// Cells whose lanes are added up together: whole vectors, and as many sums as keep the multiply-add units busy.
int channel_blocks_together(const Machine &machine, DataType type);
void schedule_channel_blocks(const ChannelBlocksFuncs &funcs, const ChannelLanesTile &tile, const Machine &machine);

}  // namespace tconv
