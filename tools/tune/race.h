// SPDX-License-Identifier: Apache-2.0
// Libraries of one layer in one program, timed in turns (tools/verify/programs/layer_race.c).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tconv/layer.h"
#include "tools/tune/board.h"
#include "tools/verify/toolchain.h"
#include "tools/verify/work_folder.h"

namespace tconv {

// Cells of the layer's output, spread over all of it, on the data that layer_race.c makes: what they should be, and how far
// from that a right library may be.
struct CheckedCell {
    int64_t cell = 0;  // flat index
    double value = 0, bound = 0;
};
std::vector<CheckedCell> checked_cells(const Layer &layer);

struct RaceOptions {
    int rounds = 3;  // that count
    // Of the program. Where the pages of a library's weights and workspace lie, and so what they push out of the caches, is
    // decided once a process, by chance, and may cost a fifth: only several of them compare libraries and not luck.
    int processes = 1;
    int threads = 1;
    double sample_ms = 5;  // a library's turn in a round lasts at least that
    double seconds = 20;   // no round starts after that
    double cool_seconds = 0;
};

struct RaceResult {
    // Of each library that ran: its mean times of a call in milliseconds, one for each round that counts; of several
    // processes, one for each process, the median of its rounds.
    std::map<std::string, std::vector<double>> ms;
    std::map<std::string, std::string> failures;  // of each other: why
    int disturbed = 0;                            // rounds that did not count
    bool counted = true;  // at least three rounds of each process counted; else `ms` is of disturbed ones too
};

// The libraries of one layer, whose files lie in `folder` under their names.
class Race {
public:
    // All of them must outlive it.
    Race(const Layer &layer, const std::vector<CheckedCell> &cells, const Toolchain &toolchain,
         const WorkFolder &folder)
        : layer_(layer), cells_(cells), toolchain_(toolchain), folder_(folder) {}

    // Links some of them into one program and runs that on a board. A library that crashes or hangs the program is a failure,
    // and the others run again without it. An error where there is no program, or the board gives no answer.
    Expected<RaceResult> run(const std::vector<std::string> &names, const RaceOptions &options, Board &board) const;

private:
    Expected<std::string> link(const std::vector<std::string> &names, const RaceOptions &options,
                               const WorkFolder &place) const;

    const Layer &layer_;
    const std::vector<CheckedCell> &cells_;
    const Toolchain &toolchain_;
    const WorkFolder &folder_;
};

}  // namespace tconv
