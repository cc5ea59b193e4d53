// SPDX-License-Identifier: Apache-2.0
// The plan that the variants `phases` and `folded` share: the output phase by phase, each a stride-1 correlation that the
// tap product computes in register tiles.
#pragma once

#include "generators/variants/taps/layer.h"

namespace tconv {

// `layout`: of `layer`, positions along every axis sorted by phase, blocks of tile_co vectors (on a GPU one block).
LayerPlan tap_plan(const Layer &layer, const TapLayer &tap_layer, const FilterLayout &layout, const Machine &machine,
                   const Knobs &knobs);

}  // namespace tconv
