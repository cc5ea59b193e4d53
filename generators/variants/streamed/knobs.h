// SPDX-License-Identifier: Apache-2.0
// Knobs of the streamed variant: their space, their defaults, and what both follow from.
#pragma once

#include <string>
#include <vector>

#include "generators/variants/proposal.h"
#include "generators/variants/streamed/tables.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"
#include "schedules/streamed.h"

namespace tconv {

// Channels that lie side by side in a packed row; divides the layer's.
int streamed_panel(const Layer &layer);

// Batch entries whose pixels one call multiplies.
int64_t streamed_batch_entries(const Layer &layer, const Machine &machine, int vectors);

// A size of tiles, for the taps whose pixels it suits best.
struct StreamedKernel {
    StreamedTile tile;
    int shares = 1;         // fewest tiles of any of its taps
    int64_t most_rows = 1;  // of any of its taps, rounded up to tiles
};

struct StreamedKernels {
    std::vector<StreamedKernel> kernels;
    std::vector<size_t> of_tap;  // index into kernels, for each of the tables' taps
};

StreamedKernels streamed_kernels(const Layer &layer, const StreamedTables &tables, const Machine &machine,
                                 const Knobs &knobs);

std::string streamed_obstacle(const Layer &layer, const Machine &machine);
std::vector<KnobSpec> streamed_knob_space(const Layer &layer, const Machine &machine);
Proposed streamed_search(const Layer &layer, const Machine &machine);
std::string streamed_check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs);
double streamed_cycles(const Layer &layer, const Machine &machine, const Knobs &knobs);
int64_t streamed_workspace(const Layer &layer, const Machine &machine, const Knobs &knobs);

}  // namespace tconv
