// SPDX-License-Identifier: Apache-2.0
// What the planar variant makes of a layer: planes with borders, bands, row sets and column chunks. Pure integers.
//
// Columns and rows are counted by q, the input that tap 0 of phase 0 reads: output x = stride*q + f - pad_before for
// phase f. A band is some q of y. Its planes hold every input row that its outputs read, with zeros for those outside
// the image; a row set takes the taps that reach any of them.
#pragma once

#include <array>
#include <vector>

#include "generators/layer_plan.h"
#include "generators/variants/planar/rows.h"
#include "schedules/knobs.h"

namespace tconv {

PlanarTile planar_tile(const Knobs &knobs);

struct PlanarGeometry {
    PlanarGeometry(const Layer &layer, const Machine &machine, const Knobs &knobs);

    // Elements from a plane's first cell to its neighbour's in c, y and z.
    int64_t channel_stride() const { return pitch; }
    int64_t row_stride() const { return pitch * in_channels; }
    int64_t plane_stride() const { return row_stride() * rows; }
    int64_t elements() const { return plane_stride() * planes; }

    PlanarTile tile;
    std::vector<PlanarRowsSpec::PhaseRun> runs;  // phases of x
    std::array<int64_t, 3> step{1, 1, 1};        // Phase::input_step of z, y, x
    int64_t in_channels = 1;

    // Columns.
    int64_t first_q_x = 0, columns = 0;  // q that have outputs
    int64_t most_taps_x = 0;
    int64_t halo = 0;         // columns before that of tap 0
    int64_t interleaved = 1;  // cells of a column that lie side by side in the output
    int64_t first_cell = 0;   // of column first_q_x that is an output
    int64_t cells = 0;        // from there to the end of the row
    int64_t chunk = 1;        // columns of a call: whole tiles
    int64_t pitch = 0;
    Range image;  // columns of the planes that hold the image; zeros are before and behind

    // Output channels in planes of their own: of a call, and calls for all of them.
    int64_t channel_block = 1, channel_blocks = 1;

    // Rows.
    int64_t first_q_y = 0, row_count = 0;  // q that have outputs
    int64_t lowest_offset = 0;             // the lowest row that an output at q may read is q + lowest_offset
    int64_t band = 1;                      // q of a band; whole row sets
    int64_t bands = 1;
    int64_t rows = 1;    // of the planes of a band
    int64_t planes = 1;  // input extent of z
};

// The phases of y.
struct PlanarPhaseTable {
    Table table;
    Column first_tap;  // position in the packed filter
    Column taps, offset, first_q, outputs, first_output;
};

PlanarPhaseTable planar_phase_table(const FilterLayout &by_phase, const Axis &axis);

// Chunks of columns.
struct PlanarChunkTable {
    Table table;
    Column first, min;
    Column count;       // of cells, from the chunk's first
    Column first_cell;  // of the output row
};

PlanarChunkTable planar_chunk_table(const PlanarGeometry &geometry);

// Output channels in planes: first, skip (channels that the call before has computed), count.
struct PlanarChannelTable {
    Table table;
    Column first, skip, count;
};

PlanarChannelTable planar_channel_table(const Layer &layer, const PlanarGeometry &geometry);

// Every image of the batch, band by band: its number, and the first q of y.
struct PlanarBandTable {
    Table table;
    Column n, first;
};

PlanarBandTable planar_band_table(const Layer &layer, const PlanarGeometry &geometry);

// Lanes are phases of x times output channels; taps of z and y lie by phase, so that each is a position.
FilterLayout planar_filter_layout(const Layer &layer, const FilterLayout &by_phase);

}  // namespace tconv
