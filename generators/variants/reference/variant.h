// SPDX-License-Identifier: Apache-2.0
// The reference: the definition of the operation, one task a batch entry. Accepts every layer on every CPU.
#pragma once

#include "generators/variants/plan_pieces.h"
#include "generators/variants/variant.h"

namespace tconv {

Variant reference_variant();

// What it shares with `gpu_reference`.
LayerPlan gather_plan(const Layer &layer, const Machine &machine, Cut cut);
double gather_cycles(const Layer &layer);

}  // namespace tconv
