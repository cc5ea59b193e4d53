// SPDX-License-Identifier: Apache-2.0
// The choice among variants by estimated cost.
#pragma once

#include <vector>

#include "generators/variants/variant.h"

namespace tconv {

struct RankedVariant {
    const Variant *variant;
    Knobs knobs;    // its defaults
    double cycles;  // estimated for one run on one core
};

// The variants that accept the layer, cheapest first. Never empty.
std::vector<RankedVariant> rank_variants(const Layer &layer, const Machine &machine);

}  // namespace tconv
