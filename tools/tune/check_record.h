// SPDX-License-Identifier: Apache-2.0
// Whether what a tuned record says is still worth it.
#pragma once

#include <string>
#include <vector>

#include "schedules/tuned_records.h"
#include "tools/compiler/target_table.h"
#include "tools/tune/final_race.h"
#include "tools/verify/toolchain.h"

namespace tconv {

struct RecordCheck {
    std::string problem;            // why it is to be dropped; empty: it is a gain, or says the default
    Candidate by_default;           // what a build takes without a record
    std::optional<FinalRace> race;  // against that, where it came to it
    std::string verified;           // what the oracle says of a gain
};

// Times the record's knobs against today's default, both built here. An error where nothing can be said: the default or a
// tool fails, a board does not answer, an interrupt.
Expected<RecordCheck> check_record(const TunedRecord &record, const TargetInfo &target, const Toolchain &toolchain,
                                   Board &board, const HeatOptions &options);

}  // namespace tconv
