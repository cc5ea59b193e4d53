// SPDX-License-Identifier: Apache-2.0
// What each kernel's algorithm hands to its schedule: named Funcs and Vars, never positions or strings.
// The formulas stand beside the algorithms in generators/kernels/.
#pragma once

#include <Halide.h>

#include "tconv/element_types.h"

namespace tconv {

// Stride-1 correlation of the taps of one phase; see generators/kernels/tap_product.h.
struct TapProductFuncs {
    Halide::Func output;        // (co, x, y, z, n, origin): the epilogue of `accumulate`
    Halide::Func accumulate;    // (v, cb, x, y, z, n): pure 0, update 0 adds the taps; co = cb * block + v
    Halide::ImageParam filter;  // (v, ci, tx, ty, tz, cb, origin): what is prefetched
    Halide::Var co, v, cb, x, y, z, n, origin;
    Halide::RVar ci, tx, ty, tz;
    int block = 1;                        // output channels of a packed filter block
    int channels = 1;                     // output channels of a call, or of the layer where that is not known
    int cells = 1;                        // above 1: x of `output` is cells of that many times x of `accumulate`
    bool whole_blocks = true;             // the number of output channels is a multiple of `block`
    bool contiguous_output = true;        // output channels lie side by side in memory
    bool long_epilogue = false;           // tens of instructions for every vector
    DataType dtype = DataType::kFloat32;  // of the sums
};

// Copy into a zero-padded, channels_last workspace; see generators/kernels/repack.h.
struct RepackFuncs {
    Halide::Func output;  // (c, x, y, z, n, origin)
    Halide::Var c, x, y, z, n, origin;
    int channels = 1;
    bool contiguous_input = true;  // input channels lie side by side in memory
    DataType dtype = DataType::kFloat32;
};

// One tap of the filter into its packed blocks; see generators/kernels/pack_filter.h.
struct PackFilterFuncs {
    Halide::Func output;  // (v, ci, cb, origin)
    Halide::Var v, ci, cb, origin;
    int block = 1;
};

// One position of a packed filter of weighted taps; see generators/kernels/sum_filter.h.
struct SumFilterFuncs {
    Halide::Func output;  // (v, ci, cb, origin)
    Halide::Func sum;     // (v, ci, cb): pure 0, update 0 adds the taps
    Halide::Var v, ci, cb, origin;
};

// Softmax of rows of cells; see generators/kernels/softmax.h.
struct SoftmaxFuncs {
    Halide::Func output;              // (cell, row, b, c, d, origin); no cell may be computed twice
    Halide::Func most, total, scale;  // (row, b, c, d): the first two have an update over k
    Halide::Var cell, row, b, c, d, origin;
    Halide::RVar k;
    DataType dtype = DataType::kFloat32;
};

// The definition itself, cell by cell; see generators/variants/reference/gather.h.
struct GatherFuncs {
    Halide::Func output;      // (co, x, y, z, n, origin)
    Halide::Func accumulate;  // (co, x, y, z, n)
    Halide::Var co, x, y, z, n, origin;
    DataType dtype = DataType::kFloat32;  // of the sums
};

}  // namespace tconv
