// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/ranking.h"

#include <algorithm>

namespace tconv {

int64_t workspace_bytes(const Variant &variant, const Layer &layer, const Machine &machine, const Knobs &knobs) {
    constexpr int64_t element_bytes = 4;
    return machine.is_gpu || variant.workspace == nullptr ? 0
                                                          : variant.workspace(layer, machine, knobs) * element_bytes;
}

std::vector<RankedVariant> rank_variants(const Layer &layer, const Machine &machine) {
    std::vector<RankedVariant> ranked;
    for (const Variant &variant : variants()) {
        if (variant.accepts(layer, machine)) {
            const Knobs knobs = variant.default_knobs(layer, machine);
            const int64_t bytes = workspace_bytes(variant, layer, machine, knobs);
            ranked.push_back(
                {&variant, knobs, variant.cost(layer, machine, knobs), bytes, bytes <= layer.workspace_limit()});
        }
    }
    // Equal estimates leave the order of the table. The reference accepts everything.
    std::stable_sort(ranked.begin(), ranked.end() - 1, [](const RankedVariant &a, const RankedVariant &b) {
        return a.allowed != b.allowed ? a.allowed : a.cycles < b.cycles;
    });
    return ranked;
}

}  // namespace tconv
