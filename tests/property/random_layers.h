// SPDX-License-Identifier: Apache-2.0
// Random layers, each from one number, through the readers of layer files.
#pragma once

#include <cstdint>
#include <string>

#include "tconv/layer.h"
#include "tconv/status.h"
#include "tests/property/operator_call.h"

namespace tconv::test {

struct RandomLayer {
    uint64_t seed = 0;
    OperatorCall call;
    std::string text;  // a layer file that states the call
    Layer layer;       // what the readers make of it
};

// An error, of the readers, quotes the text.
Expected<RandomLayer> random_layer(uint64_t seed);

// The same layer under another epilogue; what a property needs that holds for the sums alone.
Layer without_epilogue(Layer layer);

// The layer with its activation dropped unless small integers stay exact under it.
Layer with_exact_activation(Layer layer);

}  // namespace tconv::test
