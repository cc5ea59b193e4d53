// SPDX-License-Identifier: Apache-2.0
// Softmax as the last stage of a plan, the same for every variant: in place, over the last axis of the output.
#pragma once

#include "generators/variants/plan_pieces.h"

namespace tconv {

// Adds the stage, and its kernel, to the plan of a layer with that activation; leaves all others as they are.
void append_softmax(LayerPlan &plan, const Layer &layer, const Machine &machine, Cut cut);

}  // namespace tconv
