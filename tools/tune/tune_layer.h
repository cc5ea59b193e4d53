// SPDX-License-Identifier: Apache-2.0
// A tuning session for one layer: candidates are compiled some at a time, then raced against the best so
// far, and what is faster beyond doubt, and right, takes its place.
#pragma once

#include <functional>
#include <string>

#include "tools/compiler/build_library.h"
#include "tools/tune/final_race.h"
#include "tools/tune/session_file.h"
#include "tools/verify/toolchain.h"

namespace tconv {

struct TuneProgress {
    int tried = 0, failed = 0;
    double seconds_left = 0;
    double ms = 0;    // of the best so far
    double gain = 1;  // the default's time over it
};

struct TuneOptions {
    double minutes = 3;
    int trials = 0;  // candidates; 0: as many as there is time for
    uint64_t seed = 1;
    HeatOptions heats;
    int memory_mb = 256;               // that the candidates of one program may need together
    std::optional<std::string> tuned;  // as BuildOptions has it: the record in force is where the session begins
    std::function<void(const TuneProgress &)> on_progress;
};

enum class TuneEnd { kTime, kTrials, kNoGain, kAllTried, kInterrupt };

struct TuneResult {
    Candidate chosen;  // what a build takes without a record
    Candidate best;
    FinalRace last;        // of the best
    std::string verified;  // what the oracle says of the best
    int tried = 0, failed = 0;
    TuneEnd end = TuneEnd::kTime;
};

// An error where nothing can be measured: the default is wrong, a tool fails. After an interrupt the result is what was
// found until then.
Expected<TuneResult> tune_layer(const Layer &layer, const TargetInfo &target, const Toolchain &toolchain,
                                std::vector<Board> &boards, const TuneOptions &options, SessionFile &session);

}  // namespace tconv
