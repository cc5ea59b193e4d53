// SPDX-License-Identifier: Apache-2.0
// An axis by its definition: every pair (i, k), tried one by one.
#pragma once

#include <string>
#include <vector>

#include "tools/cli/axis_cells.h"

namespace tconv::test {

inline std::vector<Landing> all_landings(const Axis &axis, int64_t X) {
    std::vector<Landing> landings;
    for (int64_t k = 0; k < axis.kernel; k++) {
        for (int64_t i = 0; i < axis.input; i++) {
            if (axis.stride * i + axis.dilation * k == X) {
                landings.push_back({k, i});
            }
        }
    }
    return landings;
}

// No tap of any input, however far outside, would reach X.
inline bool is_hole(const Axis &axis, int64_t X) {
    for (int64_t k = 0; k < axis.kernel; k++) {
        if ((X - axis.dilation * k) % axis.stride == 0) {
            return false;
        }
    }
    return true;
}

inline std::string described(const Axis &axis, int64_t X) {
    std::string text = "x " + std::to_string(X - axis.pad_before) + ", X " + std::to_string(X) + ", phase " +
                       std::to_string(X % axis.stride) + ": ";
    const std::vector<Landing> landings = all_landings(axis, X);
    const std::string zero = ": 0 before bias and activation";
    if (X > axis.stride * (axis.input - 1) + axis.dilation * (axis.kernel - 1)) {
        return text + "beyond the full extent" + zero;
    }
    if (landings.empty()) {
        return text + (is_hole(axis, X) ? "hole, a phase without taps" : "no tap of its phase is inside the input") +
               zero;
    }
    for (size_t n = 0; n < std::min<size_t>(landings.size(), 8); n++) {
        text += (n > 0 ? " + input " : "input ") + std::to_string(landings[n].input) + " * filter " +
                std::to_string(landings[n].tap);
    }
    return landings.size() > 8 ? text + " + " + std::to_string(landings.size() - 8) + " more" : text;
}

}  // namespace tconv::test
