// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/ranking.h"

#include <algorithm>

namespace tconv {

std::vector<RankedVariant> rank_variants(const Layer &layer, const Machine &machine) {
    std::vector<RankedVariant> ranked;
    for (const Variant &variant : variants()) {
        if (variant.accepts(layer, machine)) {
            const Knobs knobs = variant.default_knobs(layer, machine);
            ranked.push_back({&variant, knobs, variant.cost(layer, machine, knobs)});
        }
    }
    // Equal estimates leave the order of the table. The reference accepts everything, and comes last whatever it costs.
    std::stable_sort(ranked.begin(), ranked.end() - 1,
                     [](const RankedVariant &a, const RankedVariant &b) { return a.cycles < b.cycles; });
    return ranked;
}

}  // namespace tconv
