// SPDX-License-Identifier: Apache-2.0
// Channel blocks: channel lanes for layers whose kernel is as large as their stride, where every pixel of the input makes a
// block of the output that no other has a part in. Rows of all phases of y come out of one pass over the input.
//
//   sum(v, e, f)     = sum over vectors of channels, tz of
//                      input(ci, e / cells, q, -step_z*tz) * filter(ci, e / out_channels % phases, f, tz, e % out_channels)
//                      with ci = vector * lanes + v and cells = phases * out_channels, the cells of a pixel in one row
//   output(e, f, q)  = activation(bias(e % out_channels) + sum over v of sum(v, e, f)),
//                      or with `pixels_apart` output(co, x, f, q) with e = x * out_channels + co
//
// q is a row of the input, f a phase of y.
#pragma once

#include <string>

#include "generators/layer_plan.h"
#include "schedules/channel_lanes.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct ChannelBlocksSpec {
    int pixels = 1;  // of a row of the input
    int phases_x = 1, phases_y = 1;
    int step_z = 1;
    int in_channels = 1;
    int out_channels = 1;
    bool pixels_apart = false;
    bool bias = false;
    Activation activation = Activation::kNone;
    DataType dtype = DataType::kFloat32;

    int cells() const { return phases_x * out_channels; }
};

// `tile.pixels` counts the input's, and their cells fill whole vectors.
Kernel channel_blocks_kernel(const std::string &name, const ChannelBlocksSpec &spec, const ChannelLanesTile &tile,
                             const Machine &machine);

}  // namespace tconv
