// SPDX-License-Identifier: Apache-2.0
// The search for a layer's best knobs on this machine: every variant whose estimate is within reach of the cheapest, from
// its default knobs by coordinate descent, each candidate built and timed.
#pragma once

#include <string>
#include <vector>

#include "schedules/knobs.h"
#include "tconv/layer.h"
#include "tools/compiler/target_table.h"
#include "tools/verify/toolchain.h"

namespace tconv {

struct SearchOptions {
    double reach = 2.5;  // variants whose estimate is beyond that many times the cheapest are left out
    int rounds = 2;      // walks over all knobs
    int repeats = 4;     // measurements of at least 50 ms each
};

struct Candidate {
    std::string variant;
    Knobs knobs;
    double ms = 0;
};

struct SearchResult {
    struct Start {
        Candidate candidate;  // a variant with its default knobs
        double cycles = 0;    // estimated
    };
    Candidate chosen;  // what a build takes without a tuned record
    Candidate best;
    std::vector<Start> starts;
    int timed = 0;  // candidates
};

// A candidate that cannot be built or run counts as slow; stderr says why.
SearchResult search_knobs(const Layer &layer, const TargetInfo &target, const Toolchain &toolchain,
                          const SearchOptions &options);

}  // namespace tconv
