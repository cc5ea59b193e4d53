// SPDX-License-Identifier: Apache-2.0
// Column rows: for some output rows, what each input column gives to every tap along x, overlap-added into cells.
//
//   columns(l, x) = sum over ci, ty, tz of input(ci, x, ty, tz) * filter(l % block, ci, ty, tz, l / block)
//   sums(e, fy, fz) = bias(e % window) + sum over t of
//                     columns((fz * row_phases + fy) * phase_lanes + t * window + e % window, e / window - step * t)
//   output(c, x, q, fy, fz) = activation(sums(q * window + x * out_channels + c, fy, fz))
//
// One row of kernel 4, stride 2 and one output channel: window 2, taps 2, step 1. `columns`, each where it is added:
//
//   column 0, lanes kx     0 1 2 3
//   column 1                   0 1 2 3
//   column 2                       0 1 2 3
//                         |   |   |   |   |
//   sums, e               0 1 2 3 4 5 6 7        window q sums lanes 0 1 of column q and lanes 2 3 of column q - 1
//   window q               0   1   2   3
//
// No call has less columns than the smaller tile. Terms of lanes beyond phase_lanes, and of columns that the input's view
// lacks, are left out. A lane is (row phase, kx, co); `window` lanes are one tap of every phase along x. The input's columns
// are numbered from the first window of the call: their minimum may be negative. Taps of y and z are dimensions of the
// input's view, as many as the filter's has.
//
// The knob `tile_x` is the number of columns that are summed at once, or one less: a row of columns is cut into tiles of
// both sizes that leave nothing over. Where it is too short for that, tiles of the smaller size overlap.
//
// Two forms: in `dense` calls c runs over whole rows of cells, or of windows, and x is one coordinate; in the others c is
// a channel, and pixels may lie anywhere.
#pragma once

#include <string>

#include "generators/layer_plan.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct ColumnRowsSpec {
    int64_t in_channels = 1;
    int64_t out_channels = 1;
    int block = 8;
    int64_t lanes = 1;        // of all row phases
    int64_t phase_lanes = 1;  // of one
    int64_t row_phases = 1;
    int64_t window = 1;
    int64_t taps = 1;  // windows of a row phase: the last may be incomplete
    int64_t step = 1;
    int64_t most_columns = 1;  // of any call
    int64_t most_windows = 1;
    int64_t least_windows = 1;
    int64_t least_cells = 1;  // least extent of c in dense calls
    bool dense = true;
    bool bias = false;
    Activation activation = Activation::kNone;
    DataType dtype = DataType::kFloat32;

    // Elements between neighbouring columns: whole blocks, and what the last window reads of lanes that do not exist.
    int64_t column_stride() const;
    // What a call keeps on its stack.
    int64_t stack_elements() const;
};

Kernel column_rows_kernel(const std::string &name, const ColumnRowsSpec &spec, const Knobs &knobs,
                          const Machine &machine);

}  // namespace tconv
