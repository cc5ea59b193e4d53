// SPDX-License-Identifier: Apache-2.0
// From measurements of a machine to the facts that cost models count with.
#pragma once

#include <string>

#include "schedules/machine_file.h"
#include "tools/compiler/target_table.h"
#include "tools/tune/board.h"
#include "tools/tune/fact_lines.h"

namespace tconv {

struct CalibrationOptions {
    std::string cc;    // empty: the target's own
    std::string like;  // a processor of the table; empty: the one that the machine has, else the generic one
    Runner runner;
    int seconds = 25;  // of measuring
};

// What the table knows nothing else of is taken over from `like`. Precondition: it is a processor of the target's family.
MachineFile machine_of(const FactLines &lines, const TargetInfo &target, const std::string &like);

// Compiles the program that measures, runs it, here or on a board, and derives the facts.
Expected<MachineFile> calibrate(const TargetInfo &target, const CalibrationOptions &options);

}  // namespace tconv
