// SPDX-License-Identifier: Apache-2.0
// Reproducible tensors for tests: the same seed gives the same values on every machine and compiler.
#pragma once

#include <cstdint>
#include <vector>

#include "tconv/layer.h"

namespace tconv::test {

// SplitMix64: short, fast, and ours, so that no standard library decides what a seed means.
class Random {
public:
    explicit Random(uint64_t seed) : state_(seed) {}

    uint64_t bits();
    float unit();                                // uniform in [-1, 1), a multiple of 2^-23
    int64_t between(int64_t low, int64_t high);  // uniform in [low, high], both included

private:
    uint64_t state_;
};

// Uniform in [-1, 1): for comparisons against an error bound.
void fill_random(float *data, int64_t count, uint64_t seed);

// Integers in [-4, 4]: sums of fewer than 2^20 products are exact in float32, in any order, so results must be equal.
void fill_small_integers(float *data, int64_t count, uint64_t seed);

// What one layer needs, dense, in the orders that Layer documents.
struct LayerData {
    std::vector<float> input;
    std::vector<float> filter;
    std::vector<float> bias;  // empty where the layer has none

    const float *bias_or_null() const { return bias.empty() ? nullptr : bias.data(); }
};

LayerData random_layer_data(const Layer &layer, uint64_t seed);
LayerData small_integer_layer_data(const Layer &layer, uint64_t seed);

// Data on which neighbours differ by orders of magnitude, as they do in networks. A pixel's channels have one scale.
enum class Roughness {
    kOutliers1e3,  // one pixel of forty is a thousand times the others
    kOutliers1e6,
    kLognormal,  // each pixel, and each filter tap, scaled by about e^(2 * normal)
    kSparse,     // after a ReLU: most are 0, whole pixels too
};
constexpr Roughness kEveryRoughness[] = {Roughness::kOutliers1e3, Roughness::kOutliers1e6, Roughness::kLognormal,
                                         Roughness::kSparse};
const char *name_of(Roughness roughness);

LayerData rough_layer_data(const Layer &layer, Roughness roughness, uint64_t seed);

}  // namespace tconv::test
