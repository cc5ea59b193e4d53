// SPDX-License-Identifier: Apache-2.0
// The phases of one axis as rows of a task grid. Pure integers, no Halide.
#pragma once

#include "generators/layer_plan.h"

namespace tconv {

// Columns: first_output, outputs, first_input (the lowest input index read, minus `origin`), first_tap (position in the
// packed filter), taps.
//
// `trim`: rows hold only taps inside the input, so that nothing outside it is read; otherwise every tap of a phase, and
// the caller supplies zeros around the input. No row has more than `chunk` outputs. Rows are in the order of phases, or
// of the input they read.
enum class RowOrder { kByPhase, kByInput };
struct PhaseTableOptions {
    bool trim = true;
    int64_t origin = 0;
    int64_t chunk = 1;
    RowOrder order = RowOrder::kByPhase;
};
constexpr size_t kPhaseTableTaps = 4;  // index of the last column, `taps`
Table phase_table(const FilterLayout &layout, const Layer &layer, int axis, const PhaseTableOptions &options);

}  // namespace tconv
