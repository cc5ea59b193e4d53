// SPDX-License-Identifier: Apache-2.0
#include "tests/support/layer_data.h"

namespace tconv::test {
namespace {

using Fill = void (*)(float *data, int64_t count, uint64_t seed);

std::vector<float> filled(int64_t count, uint64_t seed, Fill fill) {
    std::vector<float> values(static_cast<size_t>(count));
    fill(values.data(), count, seed);
    return values;
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

}  // namespace tconv::test
