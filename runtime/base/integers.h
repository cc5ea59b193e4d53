// SPDX-License-Identifier: Apache-2.0
// Quotients rounded down and up, and multiples, for a positive divisor; C++ rounds towards zero.
#pragma once

#include <cstdint>

namespace tconv {

constexpr int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

constexpr int64_t ceil_div(int64_t a, int64_t b) { return a / b + (a % b > 0 ? 1 : 0); }

// The least multiple of `step` that is not below `value`.
constexpr int64_t round_up(int64_t value, int64_t step) { return ceil_div(value, step) * step; }

}  // namespace tconv
