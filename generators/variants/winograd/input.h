// SPDX-License-Identifier: Apache-2.0
// The input transform: windows of the input, a row of tiles along x at a time, taken to the points of three axes.
//
//   output(k, tile, g, px, py, pz) = sum over wx, wy, wz of X[px][wx] * Y[py][wy] * Z[pz][wz] *
//       input(g * panel + k, tile * tile_step + wx * step_x, wy * step_y, wz * step_z)
//
// with X, Y, Z the input matrices of the axes. Coordinate 0 of the input is where the first tile's window starts: views of the
// image start at a negative coordinate where tiles do not. For `edge` windows may leave the image, which the view's extents
// say; they read zeros there.
#pragma once

#include <array>
#include <string>

#include "generators/layer_plan.h"
#include "generators/variants/winograd/toom_cook.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct WinogradInputSpec {
    std::array<Matrix, 3> matrix;                // z, y, x
    std::array<int64_t, 3> step{1, 1, 1};        // between neighbours of a window
    int64_t tile_step = 1;                       // between the windows of neighbouring tiles
    int panel = 8;                               // channels that lie side by side; divides the input's
    int64_t panel_stride = 0, point_stride = 0;  // of the output; a tile is `panel` elements from the next
    bool edge = false;
    DataType dtype = DataType::kFloat32;
};

// Buffers: input (c, x, y, z, origin), output (k, tile, g, px, py, pz, origin).
Kernel winograd_input_kernel(const std::string &name, const WinogradInputSpec &spec, const Machine &machine);

}  // namespace tconv
