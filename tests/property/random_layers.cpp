// SPDX-License-Identifier: Apache-2.0
#include "tests/property/random_layers.h"

#include "tconv/layer_file.h"
#include "tests/property/call_text.h"

namespace tconv::test {

Expected<RandomLayer> random_layer(uint64_t seed) {
    Random random(seed);
    RandomLayer made;
    made.seed = seed;
    made.call = random_call(random);
    made.text = layer_file_text(made.call, random);
    const auto layers = parse_layer_text(made.text, "");
    if (!layers) return Error{layers.error().code, layers.error().message + " in " + made.text};
    made.layer = layers->front();
    return made;
}

Layer without_epilogue(Layer layer) {
    layer.bias = false;
    layer.activation = Activation::kNone;
    return layer;
}

Layer with_exact_activation(Layer layer) {
    const bool exact = layer.activation == Activation::kRelu || layer.activation == Activation::kRelu6;
    if (!exact) layer.activation = Activation::kNone;
    return layer;
}

}  // namespace tconv::test
