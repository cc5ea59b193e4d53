// SPDX-License-Identifier: Apache-2.0
// Channel lanes: rows of output of one phase of y, all phases of x, for few output channels.
//
//   sum(v, j, co)   = sum over vectors of channels, tx, ty, tz of
//                     input(ci, q - step_x*tx, y - step_y*ty, -step_z*tz) * filter(ci, tx, ty, tz, co),
//                     with ci = vector * lanes + v and q = first_read + j, for output j of a phase of x;
//                     channels that fill no vector have another such sum of their own
//   row(e)          = bias(co) + sum over v of sum(v, j, co),  e = (first_output + stride*j) * out_channels + co
//   output(e, y)    = activation(row(e)),  or with `pixels_apart` output(co, x, y) with e = x * out_channels + co
//
// Each output takes the taps of x that lie inside the input, known when the kernel is compiled. Those of y and z come from
// the filter's extents.
#pragma once

#include <string>
#include <vector>

#include "generators/layer_plan.h"
#include "schedules/channel_lanes.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct ChannelLanesSpec {
    Axis x;
    int step_y = 1, step_z = 1;
    int in_channels = 1;
    int out_channels = 1;
    std::vector<int> first_positions;  // in the packed filter, of the first tap of each phase of x
    bool pixels_apart = false;
    bool bias = false;
    Activation activation = Activation::kNone;
    DataType dtype = DataType::kFloat32;
};

// Tiles of outputs of one phase of x. All pixels of the row are in one or another; tiles of a piece lie side by side.
struct ChannelLanesPiece {
    Phase phase;
    int64_t first = 0;  // output of the phase
    int64_t tiles = 1;
    int64_t pixels = 1;
    bool at_border = false;  // a tap of some pixel lies outside the input
};

std::vector<ChannelLanesPiece> channel_lanes_pieces(const Axis &axis, int64_t most_pixels);

Kernel channel_lanes_kernel(const std::string &name, const ChannelLanesSpec &spec, const ChannelLanesTile &tile,
                            const Machine &machine);

}  // namespace tconv
