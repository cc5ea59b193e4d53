// SPDX-License-Identifier: Apache-2.0
// What it costs to bring the tensors of one image into the cache once, and the output out of it: for the cost models of
// variants that stream them.
#pragma once

#include <algorithm>

#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

inline double tensor_cycles(const Layer &layer, const Machine &machine) {
    // Lines of the output are read before they are written.
    const auto cells = static_cast<double>(layer.input_elements() + 2 * layer.output_elements());
    const double bytes = 4 * cells / static_cast<double>(std::max<int64_t>(layer.batch, 1));
    return bytes <= machine.l2_bytes / 2.0 ? 0 : bytes / machine.read_rate(bytes);
}

}  // namespace tconv
