// SPDX-License-Identifier: Apache-2.0
// The choice among variants by estimated cost.
#pragma once

#include <vector>

#include "generators/variants/variant.h"

namespace tconv {

struct Ranking {
    struct Entry {
        const Variant *variant;
        Proposal proposal;
    };
    struct Decline {
        const Variant *variant;
        Declined declined;
    };
    // Cheapest first; the reference, which takes every layer, is last, whatever it costs.
    std::vector<Entry> proposals;
    std::vector<Decline> declines;  // in the order of the table
};

// Asks every variant once.
Ranking rank_variants(const Layer &layer, const Machine &machine);

}  // namespace tconv
