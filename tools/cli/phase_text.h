// SPDX-License-Identifier: Apache-2.0
// The words in a picture of an axis.
#pragma once

#include <string>

#include "tools/cli/axis_cells.h"

namespace tconv {

// "input I = 4, kernel_size K = 3, ..."
std::string six_integers(const Axis &axis);

// The full extent, and what of it is cropped or missing.
std::string extents_text(const Axis &axis);

// "x 5, X 6, phase 0: input 3 * filter 0 + input 2 * filter 2"
std::string cell_text(const AxisCells &cells, int64_t X);

// "phase 0: 4 cells, x = 1, 3, 5, 7: k 0 of input q, k 2 of input q - 1"
std::string phase_text(const Axis &axis, const Phase &phase);

// What a cell without a sum is.
const char *kind_text(CellKind kind);

}  // namespace tconv
