// SPDX-License-Identifier: Apache-2.0
// The layers for which schedules are checked.
#pragma once

#include <string>
#include <vector>

#include "tconv/layer.h"

namespace tconv::test {

// All entries of benchmarks/layers.json.
const std::vector<Layer> &benchmark_layers();

// All entries of benchmarks/layers_more.json.
const std::vector<Layer> &more_layers();

// Shapes that leave a schedule little room: rows of one output, one channel, prime channels, phases without taps.
const std::vector<Layer> &odd_layers();

// A 2-D layer of one batch entry, channels_last, of the same numbers on both axes.
struct LayerShape {
    int64_t input = 4, in_channels = 8, out_channels = 16, kernel = 2, stride = 2, dilation = 1;
};
Layer layer_of(const std::string &name, const LayerShape &shape);

}  // namespace tconv::test
