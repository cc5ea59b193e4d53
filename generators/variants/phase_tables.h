// SPDX-License-Identifier: Apache-2.0
// The outputs of an axis, cut into what tasks and kernels take. Pure integers, no Halide.
#pragma once

#include <array>
#include <vector>

#include "generators/layer_plan.h"
#include "schedules/machine.h"

namespace tconv {

struct RegisterTile;  // schedules/register_tile.h

// Consecutive outputs of one phase with the same taps.
struct TapSpan {
    int64_t first_output = 0;
    int64_t outputs = 0;      // a stride apart
    int64_t first_input = 0;  // the lowest input index read
    int64_t first_tap = 0;    // position in a packed filter whose taps are sorted by phase
    int64_t taps = 0;
    int rows = 1;  // outputs that a kernel's tile may take at once; divides `outputs`
};

// The phases that have outputs.
std::vector<Phase> live_phases(const Axis &axis);

// `trim`: spans hold only taps inside the input, so that nothing outside it is read; otherwise every tap of a phase, and
// the caller supplies zeros around the input. Spans are in the order of phases.
std::vector<TapSpan> tap_spans(const Axis &axis, bool trim);

// Spans of at most `chunk` outputs. As many outputs as go are in spans that are a multiple of `rows`.
std::vector<TapSpan> chunks_of(const std::vector<TapSpan> &spans, int64_t stride, int64_t chunk, int rows);

// A piece of a row: whole tiles of one width.
struct ColumnPiece {
    TapSpan span;
    int64_t cells = 1;  // output cells in a column; see tap_layer.h
    int pixels = 1;     // of a tile
    int rows = 1;       // of a tile where the task's rows allow it, else 1
};

// What decides on tiles: vectors of output channels, most outputs of a tile, and rows that may be taken at once.
struct TileLimits {
    int vectors = 1;
    int pixels = 1;
    int rows = 1;
};

// Cycles for each input channel of a tap, as cycles_per_channel(); sums that are just enough to hide each other's latency
// in theory do not quite.
double tile_cycles(const RegisterTile &tile, const Machine &machine);

// Every span in equal tiles, as far as that goes: some of a width and some of one less. Nothing is computed twice.
std::vector<ColumnPiece> column_pieces(const std::vector<TapSpan> &spans, int64_t stride, const TileLimits &limits,
                                       const Machine &machine);

// A row for each span.
struct SpanTable {
    Table table;
    Column first_output, outputs, first_input, first_tap, taps;
};

// Inputs are counted from `origin`. Spans without taps read from 0, and have `taps_of_none` in the table.
SpanTable span_table(const std::vector<TapSpan> &spans, int64_t origin, int64_t taps_of_none = 0);

// Phase::input_step of z, y and x, which is the same for all phases of an axis.
std::array<int64_t, 3> input_steps(const Layer &layer);

// Adds a dimension of what the outputs of a row read along its axis, `step` apart: coordinates count from the input that
// tap 0 of the first output reads, the inputs of later taps lie before it.
void add_window(View &view, const SpanTable &row, int64_t step, const Index &stride);

// Adds a dimension of taps of a packed filter.
void add_taps(View &view, const Index &first_tap, const Index &taps, int64_t stride);

}  // namespace tconv
