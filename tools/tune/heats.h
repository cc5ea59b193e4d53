// SPDX-License-Identifier: Apache-2.0
// A candidate's way to the top: a look at all, a second one at those not far behind, a third at the best of them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/tune/candidates.h"
#include "tools/tune/paired_comparison.h"
#include "tools/tune/race.h"

namespace tconv {

struct Racer {
    Candidate candidate;
    std::string name;  // of its library
};

struct HeatResult {
    std::map<std::string, PairedComparison> standing;  // of each that ran: over the incumbent, as known last
    std::map<std::string, std::string> failures;       // of each other: why
    std::optional<Racer> winner;                       // faster than the incumbent
    double incumbent_ms = 0;                           // lately
};

// Whether it is faster by half a percent or more, with that confidence.
bool is_faster(const PairedComparison &comparison, double confidence);

// What the races of one session have in common.
struct HeatOptions {
    int threads = 1;
    double cool_seconds = 0;
};

// On each board a share of the racers, against the incumbent there, all boards at once: they are alike, so ratios compare.
// `incumbent_ms`: of a call, about. An error where the incumbent fails, or a board.
Expected<HeatResult> run_heats(const Race &race, std::vector<Board> &boards, const Racer &incumbent,
                               const std::vector<Racer> &racers, const HeatOptions &options, double incumbent_ms);

// Of a race; `ms`: of a call, about.
RaceOptions race_options(int processes, double sample_ms, const HeatOptions &options, double ms);

}  // namespace tconv
