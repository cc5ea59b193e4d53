// SPDX-License-Identifier: Apache-2.0
// The choice among variants by estimated cost.
#pragma once

#include <vector>

#include "generators/variants/variant.h"

namespace tconv {

struct RankedVariant {
    const Variant *variant;
    Knobs knobs;              // its defaults
    double cycles;            // estimated for one run on one core
    int64_t workspace_bytes;  // that the caller is asked for
    bool allowed;             // whether the layer lets it be that much; where not, no knobs need less
};

// The workspace of a variant that accepts the layer; 0 on a GPU, which has its own.
int64_t workspace_bytes(const Variant &variant, const Layer &layer, const Machine &machine, const Knobs &knobs);

// The variants that accept the layer: those whose workspace is allowed, cheapest first, then those whose is not. The reference
// is last, whatever it costs and however little it needs. Never empty.
std::vector<RankedVariant> rank_variants(const Layer &layer, const Machine &machine);

}  // namespace tconv
