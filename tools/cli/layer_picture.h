// SPDX-License-Identifier: Apache-2.0
// A picture of a layer's geometry, for `tconv explain --svg`.
#pragma once

#include <string>

#include "tconv/layer.h"

namespace tconv {

// An SVG 1.1 file. For each spatial axis (once for axes that are alike) a row for each input cell with the taps that it
// is sent through, a column for each cell of the full extent, the output cells under it, and the taps of each phase.
// `arguments` is a line on what the layer file says, shown as it is; may be empty. The same layer gives the same text.
std::string layer_picture(const Layer &layer, const std::string &arguments);

}  // namespace tconv
