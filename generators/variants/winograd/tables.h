// SPDX-License-Identifier: Apache-2.0
// The tables of the stages of the variant `winograd`.
#pragma once

#include <array>

#include "generators/plan_table.h"
#include "generators/variants/winograd/tiles.h"

namespace tconv {

// The phase of each axis: the position of its first output, how many it has, and the index of the first.
struct PhaseColumns {
    std::array<Column, 3> base, count, first;
};

// A row for each band. Phases are those of axes that are not shared.
struct BandTable {
    Table table;
    PhaseColumns phase;
    Column position;  // of the first point in the packed filter
};

BandTable band_table(const WinogradJob &job, const FilterLayout &layout);

// `window` rows for each band.
struct StripTable {
    Table table;
    Column n;
    std::array<Column, 3> start;  // of the first tile's window
    Column slot;                  // number within the band
};

StripTable strip_table(const WinogradJob &job, const Layer &layer);

// A row for each lane set. Phases are those of axes that are shared.
struct LaneSetTable {
    Table table;
    Column lane;
    PhaseColumns phase;
};

LaneSetTable lane_set_table(const WinogradJob &job, const Layer &layer);

// A row for each point of a tile.
struct PointTable {
    Table table;
    Column point;
    Column position;  // relative to that of the band
};

PointTable point_table(const WinogradJob &job, const FilterLayout &layout);

}  // namespace tconv
