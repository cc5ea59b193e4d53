// SPDX-License-Identifier: Apache-2.0
// A session's last word on a candidate: the default and it in turns once more, in many processes. What was timed minutes apart
// does not compare.
#pragma once

#include <string>

#include "tools/tune/heats.h"

namespace tconv {

struct FinalRace {
    double ms = 0, default_ms = 0;     // medians
    PairedComparison against_default;  // of the candidate
    bool undisturbed = true;           // there were rounds that count
    bool is_gain = false;              // the candidate is faster, with 95%: the race is about it alone
};

// `ms`: of a call, about.
Expected<FinalRace> final_race(const Race &race, Board &board, const std::string &default_name, const std::string &name,
                               const HeatOptions &options, double ms);

// That it takes, about.
double final_race_seconds(double ms);

}  // namespace tconv
