// SPDX-License-Identifier: Apache-2.0
// What no layer can exceed on a machine, and what the machine is.
#pragma once

#include <string>

#include "tools/tune/board.h"
#include "tools/tune/processor_names.h"
#include "tools/verify/toolchain.h"

namespace tconv {

struct MachinePeak {
    double gflops = 0;                // float32 multiply-adds, two operations each
    double gigabytes_per_second = 0;  // reading from memory
};

// Both on `threads` threads, with the vector width of the target, where the toolchain's programs run here.
Expected<MachinePeak> measure_peak(const Toolchain &toolchain, int threads);

struct BoardFacts {
    MachinePeak peak;
    ProcessorNames names;
};
Expected<BoardFacts> measure_board(const Toolchain &toolchain, int threads, Board &board);

// The processor's name, as the system has it.
std::string processor_name();

}  // namespace tconv
