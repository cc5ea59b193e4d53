// SPDX-License-Identifier: Apache-2.0
// Cell sums: where a streamed layer keeps the sums of a block of output channels until all taps are in, the v of a cell
// side by side.
//
//   start   output(v, cell) = bias(v), or 0
//   store   output(co, x, y, z, n) = activation(cells(co, x, y, z, n))
#pragma once

#include <string>

#include "generators/layer_plan.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct CellSumsSpec {
    int64_t out_channels = 1;  // of the layer
    int vectors = 2;           // of a block
    bool bias = false;
    bool channels_last = true;
    Activation activation = Activation::kNone;
    DataType dtype = DataType::kFloat32;
};

// Buffers: with spec.bias bias (v, origin); output (v, cell, origin).
Kernel start_cells_kernel(const std::string &name, const CellSumsSpec &spec, const Machine &machine);

// Buffers: cells (v, x, y, z, n, origin), output (co, x, y, z, n, origin) with as many co as the block has.
Kernel store_cells_kernel(const std::string &name, const CellSumsSpec &spec, const Machine &machine);

}  // namespace tconv
