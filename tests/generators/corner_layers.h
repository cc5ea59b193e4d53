// SPDX-License-Identifier: Apache-2.0
// The layers on which compiled libraries are tested: small ones, each at a corner of what a layer can be.
#pragma once

#include <string>
#include <vector>

#include "tconv/layer.h"

namespace tconv::test {

// Named by what is special about them.
const std::vector<Layer> &corner_layers();

// The one of that name, which must exist.
const Layer &corner_layer(const std::string &name);

// A third of them, with every rank, layout and activation among them: for targets that are tested beside the main one,
// or whose runs cost more.
const std::vector<Layer> &few_corner_layers();

}  // namespace tconv::test
