// SPDX-License-Identifier: Apache-2.0
#include "tools/verify/test_data.h"

namespace tconv {

namespace {

// SplitMix64 (Steele, Lea, Flood 2014).
uint64_t next(uint64_t &state) {
    uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

}  // namespace

std::vector<float> random_cells(int64_t count, uint64_t seed) {
    std::vector<float> cells(static_cast<size_t>(count));
    for (float &cell : cells) {
        cell = static_cast<float>(next(seed) >> 40) * 0x1p-23f - 1.0f;
    }
    return cells;
}

std::vector<float> random_integers(int64_t count, uint64_t seed, int limit) {
    std::vector<float> cells(static_cast<size_t>(count));
    for (float &cell : cells) {
        cell = static_cast<float>(static_cast<int>(next(seed) >> 32) % (limit + 1));
        cell = next(seed) & 1 ? -cell : cell;
    }
    return cells;
}

}  // namespace tconv
