// SPDX-License-Identifier: Apache-2.0
// How far a result may be off for any data, and for which data no number on the way overflows: a few numbers an axis.
#pragma once

#include <array>
#include <cstdint>

#include "tconv/layer.h"

namespace tconv {

// A variant that computes windows of outputs through transforms rounds relative to the largest numbers of the window. Each
// cell is within
//
//   u * ((min(Cin, 4 sqrt(Cin)) + 2 + sum of terms) * product of growth * M + |bias|),    u = unit_roundoff() of what sums are taken in,
//
// of the exact sum. M is the layer computed on |input| and |filter|, the input replaced by its maximum over `reach` cells on
// either side along each axis, with `reach` zeros more at both ends: a tap beside the image rounds as well.
struct AxisRounding {
    double growth = 1;  // c
    int64_t terms = 0;  // e
    int64_t reach = 0;  // E, in input cells
    // The largest factors by which intermediate numbers exceed inputs, filter elements, and products of the two.
    double input_gain = 1, filter_gain = 1, sum_gain = 1;
};
using Rounding = std::array<AxisRounding, 3>;  // z, y, x

// Of variants that sum products as they are: nothing grows, and a cell's bound is its own, of direct_terms().
Rounding direct_rounding(const Layer &layer);

// The most products and biases that a cell of such a variant sums: n of its bound u * min(n, 4 sqrt(n)), relative to the sum
// of their magnitudes.
int64_t direct_terms(const Layer &layer);

// Nothing overflows, and so no finite data make a NaN or Inf before the activation, where
//
//   |input| <= input,  |filter| <= filter,  terms * |input| * |filter| + |bias| <= kLargestFinite
//
// which is below the largest float by a thousandth: what rounding may add to a transformed number. The roundings of a long
// sum are in `terms`.
constexpr double kLargestFinite = 3.4e38;

struct FiniteRange {
    double input = 0, filter = 0, terms = 0;
};
FiniteRange finite_range(const Layer &layer, const Rounding &rounding);

}  // namespace tconv
