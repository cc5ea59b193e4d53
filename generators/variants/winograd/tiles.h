// SPDX-License-Identifier: Apache-2.0
// How the variant `winograd` cuts a layer: phases with equal tap counts into jobs, their outputs into tiles, rows of tiles
// into strips, and strips into bands. Pure integers, no Halide.
//
// The position of an output on an axis is where its window starts in the input: consecutive outputs of a phase have
// consecutive positions, and those that phases have in common read the same window. A tile holds the outputs at positions
// w, w + step, ..., w + (outputs - 1) * step, whose windows together are the `points` inputs from w on, `step` apart.
#pragma once

#include <array>

#include "generators/layer_plan.h"

namespace tconv {

// Phases of an axis that are computed with the same matrices.
struct AxisKind {
    int64_t taps = 1;
    int64_t outputs = 1;  // of a tile
    int64_t step = 1;
    int64_t stride = 1;    // of the layer's axis
    int64_t position = 0;  // in the packed filter; the points of a phase follow each other
    bool shared = false;   // phases are lane sets of one product; else each is computed by itself
    std::vector<Phase> phases;

    int64_t points() const { return outputs + taps - 1; }
    int64_t lane_sets() const { return shared ? static_cast<int64_t>(phases.size()) : 1; }
    int64_t rounds() const { return shared ? 1 : static_cast<int64_t>(phases.size()); }
    int64_t first(const Phase &phase) const { return phase.first_q + phase.input_offset - (taps - 1) * step; }
    // Positions of the outputs of a round.
    Range positions(int64_t round) const;
};

// What the knobs say.
struct TileSizes {
    std::vector<std::pair<int64_t, int64_t>> outputs;  // (taps, outputs of a tile); 1 where a number of taps is missing
    bool share = false;
    int64_t band = 64;  // tiles, about

    int64_t of(int64_t taps) const;
};

std::vector<AxisKind> axis_kinds(const Axis &axis, const TileSizes &sizes);

// One kind for each axis.
struct WinogradJob {
    std::array<AxisKind, 3> kinds;  // z, y, x
    int64_t strip = 1;              // tiles of a strip, neighbours along x
    int64_t window = 1;             // strips of a band
    int64_t rounds = 1;             // bands of all rounds of the kinds

    int64_t tiles() const { return strip * window; }
    int64_t points() const { return kinds[0].points() * kinds[1].points() * kinds[2].points(); }
    int64_t lane_sets() const { return kinds[0].lane_sets() * kinds[1].lane_sets() * kinds[2].lane_sets(); }
};

std::vector<WinogradJob> winograd_jobs(const Layer &layer, const TileSizes &sizes);

FilterLayout winograd_filter(const Layer &layer, const TileSizes &sizes, int block);

// The rounds of the kinds of z, y and x that a band belongs to.
using RoundOfAxes = std::array<int64_t, 3>;
std::vector<RoundOfAxes> rounds_of(const WinogradJob &job);

// Window starts of the strips of a round, of z, y and x.
std::array<std::vector<int64_t>, 3> strip_starts(const WinogradJob &job, const RoundOfAxes &round);

}  // namespace tconv
