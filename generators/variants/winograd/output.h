// SPDX-License-Identifier: Apache-2.0
// The output transform: products at the points of three axes, a row of tiles along x at a time, taken to outputs.
//
//   output(c, ox, oy, oz, tile) = activation(bias(c) + sum over px, py, pz of
//       X[ox][px] * Y[oy][py] * Z[oz][pz] * input(c, px, py, pz, tile))
//
// with X, Y, Z the output matrices of the axes. For `clipped` only those ox, oy, oz are stored that the output's view has;
// in the others it has all.
#pragma once

#include <array>
#include <string>

#include "generators/layer_plan.h"
#include "generators/variants/winograd/toom_cook.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct WinogradOutputSpec {
    std::array<Matrix, 3> matrix;               // z, y, x
    int64_t channels = 1;                       // at least a vector of them
    int64_t tile_stride = 0, point_stride = 0;  // of the input
    bool bias = false;
    bool clipped = false;
    Activation activation = Activation::kNone;
    DataType dtype = DataType::kFloat32;
};

// Buffers: input (c, px, py, pz, tile, origin), bias (c, origin) if there is one, output (c, ox, oy, oz, tile, origin), whose
// channels lie side by side.
Kernel winograd_output_kernel(const std::string &name, const WinogradOutputSpec &spec, const Machine &machine);

}  // namespace tconv
