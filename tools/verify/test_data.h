// SPDX-License-Identifier: Apache-2.0
// Deterministic data: the same seed gives the same numbers on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tconv {

// Uniform in [-1, 1).
std::vector<float> random_cells(int64_t count, uint64_t seed);

// Integers, uniform in [-limit, limit].
std::vector<float> random_integers(int64_t count, uint64_t seed, int limit);

}  // namespace tconv
