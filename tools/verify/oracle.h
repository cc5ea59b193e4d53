// SPDX-License-Identifier: Apache-2.0
// What a layer's output should be, in double precision, and how far float32 arithmetic may be from it.
//
// The oracle is input-stationary: every input cell is scattered through every tap. It shares no code and no idea with
// the kernels, which gather by phase, and takes nothing from a Layer but its shapes and the integers of its axes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tconv/layer.h"

namespace tconv {

// One entry for each output cell, dense, in the order of the layer's layout.
struct OracleResult {
    std::vector<double> value;      // with bias and activation
    std::vector<double> magnitude;  // sum of |input * filter| and |bias|, before the activation
};

// Tensors are dense in the orders that Layer documents; `bias` is null where there is none. NaN and Inf propagate as
// in IEEE arithmetic over the taps inside the input, and every activation keeps NaN.
OracleResult oracle(const Layer &layer, const float *input, const float *filter, const float *bias);

// The worst cell has the largest ratio of |output - value| to the bound of its cell; -1 when there are no cells.
struct Comparison {
    double max_abs_difference = 0.0;  // over the cells where both sides are finite
    double max_ratio = 0.0;           // infinite where NaN or Inf do not match, or where a bound of 0 is broken
    int64_t worst = -1;               // flat index
    int64_t compared = 0;             // cells
    bool pass = true;
    std::string message;  // empty when it passes, else one line about the worst cell
};

// Compares an output with its reference. The bound of a cell whose sum has n terms (the bias is one) is
//
//     error_growth * L * min(n, 4 sqrt(n)) * u * magnitude + activation term
//
// with u = unit_roundoff() of what sums are taken in and L the activation's slope, and
// tools/verify/oracle_activation.h has what activations that are no function of a cell, or too steep for an L, make of it.
// n u magnitude is the worst case of summation in any order, with or without FMA. Rounding errors that are independent
// stay below 4 sqrt(n) u magnitude with a probability that is 1 in practice (Higham and Mary, SIAM J. Sci. Comput. 41
// (2019), theorem 3.1), and that is small enough to show one missing product among thousands. n counts the taps that
// reach the cell: zeros added by a padded kernel are exact. Data whose sums leave the range of float are out of scope.
// NaN must meet NaN, and Inf an Inf of the same sign, or a value that comes as close to the end of float's range.
//
// `omitted` has a flag for each cell that is not compared; empty: all are.
Comparison compare(const Layer &layer, const OracleResult &reference, const float *output, double error_growth,
                   const std::vector<char> &omitted = {});

// The bound of each cell.
std::vector<double> cell_bounds(const Layer &layer, const OracleResult &reference, double error_growth);

// What rounding may do to outputs that are computed in windows, through sums and differences of inputs: it follows the
// largest numbers of the window. `growth` and `terms` are properties of these sums, `reach` is how many input cells of
// z, y, x a window goes beyond those that a cell's taps read.
struct WindowRounding {
    double growth = 1.0;
    double terms = 0.0;
    std::array<int64_t, 3> reach{0, 0, 0};
};

// The layer's magnitudes without bias, from the largest |input| within `reach` of what each tap reads. Beside the image
// are `reach` zeros, which are no taps of the layer but are computed with. NaN and Inf make an Inf of what they are part of.
std::vector<double> window_magnitudes(const Layer &layer, const float *input, const float *filter,
                                      const std::array<int64_t, 3> &reach);

// The same comparison with the bound of a cell's window,
//
//     L * u * ((min(Cin, 4 sqrt(Cin)) + 2 + terms) * growth * window magnitude + |bias|) + activation term
//
// for Cin input channels: sums run over them alone, 2 stands for rounding a transformed filter and a transformed input's
// product, and each of `terms` is an addition of the transforms. Cells whose window has a NaN or Inf are not compared.
Comparison compare_in_windows(const Layer &layer, const OracleResult &reference, const float *output,
                              const std::vector<double> &window_magnitude, const float *bias,
                              const WindowRounding &rounding, std::vector<char> omitted = {});

// Flags for the cells that lie less than a stride beyond what a kernel reaches from a NaN or Inf of the input, holes between
// taps included; with `reach`, for as many more input cells of z, y, x.
std::vector<char> cells_near_nonfinite(const Layer &layer, const float *input,
                                       const std::array<int64_t, 3> &reach = {0, 0, 0});

// Flags for the cells of output channels: channels[co] is that of all cells of channel co.
std::vector<char> cells_of_channels(const Layer &layer, const std::vector<char> &channels);

// The same with a bound of 0, for data on which float32 arithmetic is exact.
Comparison compare_exactly(const Layer &layer, const OracleResult &reference, const float *output);

}  // namespace tconv
