// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/final_race.h"

#include <algorithm>

namespace tconv {

namespace {

constexpr int kProcesses = 15;
constexpr double kSampleMs = 3;
constexpr double kConfidence = 0.95;

}  // namespace

Expected<FinalRace> final_race(const Race &race, Board &board, const std::string &default_name, const std::string &name,
                               const HeatOptions &options, double ms) {
    std::vector<std::string> names = {default_name};
    if (name != default_name) names.push_back(name);
    const Expected<RaceResult> result = race.run(names, race_options(kProcesses, kSampleMs, options, ms), board);
    if (!result) return result.error();
    if (!result->failures.empty()) return Error{StatusCode::kFailed, result->failures.begin()->second};
    const std::vector<double> &candidate = result->ms.at(name), &chosen = result->ms.at(default_name);
    FinalRace last;
    last.ms = median(candidate);
    last.default_ms = median(chosen);
    last.against_default = compare_paired(candidate, chosen);
    last.undisturbed = result->counted;
    last.is_gain = name != default_name && is_faster(last.against_default, kConfidence);
    return last;
}

double final_race_seconds(double ms) { return 1e-3 * 2.2 * kProcesses * 5 * std::max(kSampleMs, ms) + 2; }

}  // namespace tconv
