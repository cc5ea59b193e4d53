// SPDX-License-Identifier: Apache-2.0
// Planar rows: a few rows of output of one phase of y, all phases of x at once, from planes of input.
//
//   sum(q, lane, y) = sum over ci, tx, ty, tz of
//                     input(q - step_x*tx, ci, y - step_y*ty, -step_z*tz) * filter(lane, ci, tx, ty, tz)
//   output(e, c, y) = activation(bias(lane) + sum(q, lane, y))
//
// q numbers the columns of the input that tap 0 reads. Lane f * out_channels + co is phase f of x and output channel co.
// channels_last: e = q * lanes + lane, which counts the cells of a dense row, and c has extent 1. channels_first:
// e = q * phases + f, and c = co. The output's view says by its minimums which of these cells belong to the tensor: e may
// start anywhere in column 0. With `pixels_apart` it is output(co, x, y), e = x * out_channels + co, for rows that are not
// dense.
//
// The input has to hold all columns of whole tiles, and of all rows. Taps of x are constants for a lane, and as many as it
// has; those of y and z come from the filter's extents.
#pragma once

#include <string>
#include <vector>

#include "generators/layer_plan.h"
#include "schedules/machine.h"
#include "schedules/planar.h"
#include "tconv/layer.h"

namespace tconv {

struct PlanarRowsSpec {
    // Consecutive phases of x with the same number of taps, which may be 0.
    struct PhaseRun {
        int phases = 1;
        int taps = 1;
    };
    std::vector<PhaseRun> runs;
    int step_x = 1, step_y = 1, step_z = 1;
    int in_channels = 1;
    int out_channels = 1;  // of the layer
    int planes = 1;        // output channels of a call that lie in planes of their own: 1 in channels_last
    int columns = 1;       // the most of a call; a multiple of the tile's
    bool channels_last = true;
    bool pixels_apart = false;
    bool bias = false;
    Activation activation = Activation::kNone;
    DataType dtype = DataType::kFloat32;

    int phases() const;
    // Cells of a column that lie side by side.
    int interleaved() const { return phases() * (channels_last ? out_channels : 1); }
};

Kernel planar_rows_kernel(const std::string &name, const PlanarRowsSpec &spec, const PlanarTile &tile,
                          const Machine &machine);

}  // namespace tconv
