// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/check_record.h"

#include <cstdio>

#include "runtime/base/interrupt.h"
#include "runtime/layer/workload.h"
#include "tools/compiler/build_library.h"
#include "tools/tune/candidate_builds.h"
#include "tools/tune/verdict.h"

namespace tconv {

namespace {

std::string no_gain_text(const FinalRace &race) {
    char text[120];
    std::snprintf(text, sizeof(text),
                  "gains nothing: %.3f times the default's time, a gain with a confidence of %.0f%%",
                  race.against_default.ratio, 100 * race.against_default.confidence);
    return text;
}

}  // namespace

Expected<RecordCheck> check_record(const TunedRecord &record, const TargetInfo &target, const Toolchain &toolchain,
                                   Board &board, const HeatOptions &options) {
    RecordCheck check;
    const auto dropped = [&check](const std::string &problem) {
        check.problem = problem;
        return check;
    };
    const Expected<Layer> layer = layer_of_workload(record.workload);
    if (!layer) return dropped(layer.error().message);
    const Machine machine = target.machine();
    if (const std::string problem = record_problem(*layer, machine, record); !problem.empty()) return dropped(problem);
    const Candidate candidate{record.variant, record.knobs};
    const Candidate &by_default = check.by_default = Candidates(*layer, machine, 0).starts().front();
    if (candidate == by_default) return check;

    Expected<CandidateBuilds> builds = CandidateBuilds::create(*layer, target);
    if (!builds) return builds.error();
    const std::vector<Expected<std::string>> names = builds->build({by_default, candidate});
    if (interrupted()) return interruption();
    if (!names[0]) return names[0].error();
    if (!names[1]) return dropped(names[1].error().message);

    const std::vector<CheckedCell> cells = checked_cells(*layer);
    const Race race(*layer, cells, toolchain, builds->folder());
    // How long a call takes, and whether both are right.
    const Expected<RaceResult> look = race.run({*names[0], *names[1]}, race_options(1, 1, options, 0), board);
    if (!look) return look.error();
    if (const auto failure = look->failures.find(*names[0]); failure != look->failures.end()) {
        return Error{StatusCode::kFailed, "the default fails: " + failure->second};
    }
    if (!look->failures.empty()) return dropped(look->failures.begin()->second);
    const Expected<FinalRace> last =
        final_race(race, board, *names[0], *names[1], options, median(look->ms.at(*names[0])));
    if (!last) return last.error();
    check.race = *last;
    if (!last->is_gain) return dropped(no_gain_text(*last));
    const Expected<std::string> verdict =
        verdict_on(candidate, *layer, target, toolchain, static_cast<uint64_t>(record.seed));
    if (!verdict && interrupted()) return interruption();
    if (!verdict) return dropped(verdict.error().message);
    check.verified = *verdict;
    return check;
}

}  // namespace tconv
