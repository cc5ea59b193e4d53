// SPDX-License-Identifier: Apache-2.0
// The tap product: the stride-1 correlation that computes the outputs of one stride phase.
//
//   output(co, x, y, z, n) = activation(bias(co) +
//       sum over ci, tx, ty, tz of input(ci, x - step_x*tx, y - step_y*ty, z - step_z*tz, n) * filter(v, ci, tx, ty, tz, cb))
//   with co = cb * block + v, and cb = 0: a call is for one block, or a part of it.
//
// Where the channels of `cells` neighbouring output cells are those of one x, a kernel with `cells` above 1 stores them
// apart, for outputs whose cells do not lie side by side:
//
//   output(c, cell, y, z, n) = the same for co = cell % cells * channels + c, x = cell / cells, and all blocks in a call
//
// Every view has a last dimension `origin` of which only coordinate 0 is used: a view that starts `offset` elements into
// its allocation may say so by a minimum of -offset there, which is how device buffers, whose handles cannot be moved,
// are addressed. tx counts are constants, ty and tz counts come from the filter's extents (0 leaves the bias alone), so
// that the caller trims taps at the borders of y and z by moving the filter.
#pragma once

#include <string>

#include "generators/layer_plan.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct TapProductSpec {
    int64_t taps_x = 1;  // 0 where a layer has only phases without taps
    int64_t step_x = 1;  // Phase::input_step of each axis
    int64_t step_y = 1;
    int64_t step_z = 1;
    int64_t in_channels = 1;
    int64_t out_channels = 1;   // of one x
    int64_t call_channels = 0;  // output channels of every call; 0: any number
    int64_t cells = 1;
    int block = 8;
    bool bias = false;
    bool channels_last = true;
    Activation activation = Activation::kNone;
    DataType dtype = DataType::kFloat32;
};

// Lowers the kernel `name` for `target` with the schedule of `machine`'s family.
Kernel tap_product_kernel(const std::string &name, const TapProductSpec &spec, const Knobs &knobs,
                          const Machine &machine);

}  // namespace tconv
