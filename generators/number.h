// SPDX-License-Identifier: Apache-2.0
// Extents and strides as kernels count them: in 32 bits.
#pragma once

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

namespace tconv {

// Variants accept no layer whose numbers go beyond: one that does is an error of ours.
inline int number(int64_t value) {
    if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) {
        throw std::logic_error("internal error: " + std::to_string(value) + " does not fit into 32 bits");
    }
    return static_cast<int>(value);
}

}  // namespace tconv
