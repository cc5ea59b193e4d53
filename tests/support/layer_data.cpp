// SPDX-License-Identifier: Apache-2.0
#include "tests/support/layer_data.h"

#include <algorithm>
#include <cmath>

namespace tconv::test {
namespace {

using Fill = void (*)(float *data, int64_t count, uint64_t seed);

std::vector<float> filled(int64_t count, uint64_t seed, Fill fill) {
    std::vector<float> values(static_cast<size_t>(count));
    fill(values.data(), count, seed);
    return values;
}

// Of each pixel of the input, in the order [n, z, y, x].
int64_t pixel_of(const Layer &layer, int64_t cell) {
    if (layer.layout == Layout::kChannelsLast) return cell / layer.in_channels;
    const int64_t pixels = layer.input_elements() / layer.batch / layer.in_channels;
    return cell / (pixels * layer.in_channels) * pixels + cell % pixels;
}

// e^(2 * normal), rounded to a power of two: no library's exponential decides what a seed means.
float lognormal(Random &random) {
    float normal = 0;
    for (int i = 0; i < 12; i++) normal += random.unit() / 2;  // variance 1
    return std::ldexp(1.0f, static_cast<int>(std::lround(2 * normal / 0.6931472f)));
}

std::vector<float> pixel_scales(int64_t pixels, Roughness roughness, uint64_t seed) {
    constexpr int64_t kPixelsPerOutlier = 40;
    Random random(seed);
    std::vector<float> scales(static_cast<size_t>(pixels), 1.0f);
    for (float &scale : scales) {
        if (roughness == Roughness::kLognormal) scale = lognormal(random);
        if (roughness == Roughness::kSparse) scale = random.between(0, 1) ? 1.0f : 0.0f;
    }
    if (roughness == Roughness::kOutliers1e3 || roughness == Roughness::kOutliers1e6) {
        for (int64_t i = 0; i < pixels; i += kPixelsPerOutlier)
            scales[static_cast<size_t>(random.between(0, pixels - 1))] =
                roughness == Roughness::kOutliers1e3 ? 1e3f : 1e6f;
    }
    return scales;
}

// Tensors of one layer draw from streams of their own: a change of one shape leaves the other tensors alone.
LayerData layer_data(const Layer &layer, uint64_t seed, Fill fill) {
    const uint64_t stream = 3 * seed;
    return {filled(layer.input_elements(), stream, fill), filled(layer.filter_elements(), stream + 1, fill),
            filled(layer.bias ? layer.out_channels : 0, stream + 2, fill)};
}

}  // namespace

// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
uint64_t Random::bits() {
    state_ += 0x9e3779b97f4a7c15u;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

float Random::unit() { return static_cast<float>(static_cast<int64_t>(bits() >> 40) - (1 << 23)) * 0x1p-23f; }

int64_t Random::between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>((bits() >> 32) * static_cast<uint64_t>(high - low + 1) >> 32);
}

void fill_random(float *data, int64_t count, uint64_t seed) {
    Random random(seed);
    for (int64_t i = 0; i < count; i++) data[i] = random.unit();
}

void fill_small_integers(float *data, int64_t count, uint64_t seed) {
    Random random(seed);
    for (int64_t i = 0; i < count; i++) data[i] = static_cast<float>(random.between(-4, 4));
}

LayerData random_layer_data(const Layer &layer, uint64_t seed) { return layer_data(layer, seed, fill_random); }

LayerData small_integer_layer_data(const Layer &layer, uint64_t seed) {
    return layer_data(layer, seed, fill_small_integers);
}

const char *name_of(Roughness roughness) {
    switch (roughness) {
    case Roughness::kOutliers1e3: return "outliers of 1e3";
    case Roughness::kOutliers1e6: return "outliers of 1e6";
    case Roughness::kLognormal: return "lognormal scales";
    case Roughness::kSparse: return "sparse";
    }
    return "";
}

LayerData rough_layer_data(const Layer &layer, Roughness roughness, uint64_t seed) {
    LayerData data = random_layer_data(layer, seed);
    const int64_t pixels = layer.input_elements() / layer.in_channels;
    const std::vector<float> scales = pixel_scales(pixels, roughness, seed + 1);
    for (size_t i = 0; i < data.input.size(); i++) {
        float &cell = data.input[i];
        if (roughness == Roughness::kSparse) cell = std::max(cell - 0.5f, 0.0f);
        cell *= scales[static_cast<size_t>(pixel_of(layer, static_cast<int64_t>(i)))];
    }
    if (roughness == Roughness::kLognormal) {
        const int64_t tap_elements = layer.out_channels * layer.in_channels;
        const std::vector<float> taps = pixel_scales(layer.filter_elements() / tap_elements, roughness, seed + 2);
        for (size_t i = 0; i < data.filter.size(); i++) data.filter[i] *= taps[i / static_cast<size_t>(tap_elements)];
    }
    return data;
}

}  // namespace tconv::test
