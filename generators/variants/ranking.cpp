// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/ranking.h"

#include <algorithm>

namespace tconv {

Ranking rank_variants(const Layer &layer, const Machine &machine) {
    Ranking ranking;
    for (const Variant &variant : variants()) {
        if (const Proposed proposed = variant.propose(layer, machine)) {
            ranking.proposals.push_back({&variant, *proposed});
        } else {
            ranking.declines.push_back({&variant, proposed.declined()});
        }
    }
    // Equal estimates leave the order of the table. The reference, its last row, accepts everything.
    std::stable_sort(
        ranking.proposals.begin(), ranking.proposals.end() - 1,
        [](const Ranking::Entry &a, const Ranking::Entry &b) { return a.proposal.cycles < b.proposal.cycles; });
    return ranking;
}

}  // namespace tconv
