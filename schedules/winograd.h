// SPDX-License-Identifier: Apache-2.0
// The schedules of the Winograd transforms: one vector of channels of one tile at a time, all of its points or outputs
// unrolled, so that windows and sums pass through registers.
#pragma once

#include <array>
#include <vector>

#include <Halide.h>

#include "schedules/machine.h"

namespace tconv {

// See generators/variants/winograd/input.h.
struct WinogradInputFuncs {
    Halide::Func output;               // (k, tile, g, px, py, pz, origin)
    std::vector<Halide::Func> stages;  // (k, tile, g, px, py, pz), each along one more axis
    Halide::Var k, tile, g, px, py, pz, origin;
    int panel = 8;
    std::array<int, 3> points{1, 1, 1};   // x, y, z
    DataType dtype = DataType::kFloat32;  // of the sums
};

// See generators/variants/winograd/output.h.
struct WinogradOutputFuncs {
    Halide::Func output;                      // (c, ox, oy, oz, tile, origin)
    std::vector<Halide::Func> stages;         // (c, ox, oy, oz, tile), each along one more axis
    std::vector<std::array<int, 3>> extents;  // of each of them: x, y, z
    Halide::Var c, ox, oy, oz, tile, origin;
    std::vector<Halide::RVar> clip;  // of the update that stores clipped tiles: x, y, z
    bool clipped = false;
    std::array<int, 3> outputs{1, 1, 1};  // x, y, z
    int channels = 1;
    bool long_epilogue = false;
    DataType dtype = DataType::kFloat32;  // of the sums
};

void schedule_winograd_input(const WinogradInputFuncs &funcs, const Machine &machine);

// At least a vector of channels.
void schedule_winograd_output(const WinogradOutputFuncs &funcs, const Machine &machine);

}  // namespace tconv
