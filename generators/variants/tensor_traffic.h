// SPDX-License-Identifier: Apache-2.0
// What it costs to bring the tensors of one image into the cache once, and the output out of it, and to scatter its cells:
// for the cost models of variants that do so.
#pragma once

#include <algorithm>

#include "generators/variants/element_sizes.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

inline double tensor_cycles(const Layer &layer, const Machine &machine) {
    // Lines of the output are read before they are written.
    const double all = bytes_of(static_cast<double>(layer.input_elements()), layer.types.input) +
                       bytes_of(2 * static_cast<double>(layer.output_elements()), layer.types.output);
    const double bytes = all / static_cast<double>(std::max<int64_t>(layer.batch, 1));
    return bytes <= machine.l2_bytes / 2.0 ? 0 : bytes / machine.outer_rate(bytes);
}

// Of one output element: one store a cycle. Too little where planes lie a power of two apart (docs/measurements.md,
// channels_first: seven layers on a Sapphire Rapids server with AVX-512).
constexpr double kFittedCyclesPerScatteredStore = 1;

// What vectors along output channels cost more where these lie planes apart: every lane is a store of its own.
inline double scattered_store_cycles(const Layer &layer) {
    const bool apart = layer.layout == Layout::kChannelsFirst;
    return apart ? static_cast<double>(layer.output_elements()) * kFittedCyclesPerScatteredStore : 0;
}

}  // namespace tconv
