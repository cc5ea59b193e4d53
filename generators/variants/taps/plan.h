// SPDX-License-Identifier: Apache-2.0
// The plan that `phases`, `folded` and `gpu_phases` share: the output phase by phase, each a stride-1 correlation that the
// tap product computes in tiles.
#pragma once

#include "generators/variants/plan_pieces.h"
#include "generators/variants/taps/layer.h"

namespace tconv {

// What is copied, and how copy and outputs are cut.
struct TapStages {
    TapTiling tiling;
    std::optional<PaddedInput> padded;
    int order = kFilterOuter;
    Cut cut = Cut::kRows;  // of the copy, and of what comes behind the products
};

// By the knobs of `phases` and `folded`.
TapStages tap_stages(const TapLayer &tap_layer, const Machine &machine, const Knobs &knobs);

// `layout`: of `layer`, positions along every axis sorted by phase.
LayerPlan tap_plan(const Layer &layer, const TapLayer &tap_layer, const FilterLayout &layout, const TapStages &stages,
                   const Machine &machine, const Knobs &knobs);

}  // namespace tconv
