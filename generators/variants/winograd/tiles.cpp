// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/tiles.h"

#include <algorithm>

#include "generators/variants/phase_tables.h"
#include "generators/variants/winograd/toom_cook.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

// Tiles that cover the positions of a round: first window starts.
std::vector<int64_t> tile_starts(const Range &positions, int64_t step, int64_t advance) {
    std::vector<int64_t> starts;
    for (int64_t residue = 0; residue < std::min(step, positions.end - positions.begin); residue++) {
        for (int64_t w = positions.begin + residue; w < positions.end; w += advance) {
            starts.push_back(w);
        }
    }
    return starts;
}

// Tiles of the longest row of a residue.
int64_t row_tiles(const AxisKind &kind) {
    int64_t longest = 0;
    for (int64_t round = 0; round < kind.rounds(); round++) {
        const Range range = kind.positions(round);
        longest = std::max(longest, ceil_div(ceil_div(range.end - range.begin, kind.step), kind.outputs));
    }
    return longest;
}

// Rows become strips of one length; the shorter the less is wasted by the last one, the longer the fewer calls. A row that is
// the only one of its image is cut, so that there are several to share.
int64_t strip_length(int64_t tiles, bool only_row) {
    const int64_t longest = only_row ? 32 : 96;
    if (tiles <= longest && !(only_row && tiles > 8)) {
        return tiles;
    }
    const int64_t most = std::min(longest, only_row ? ceil_div(tiles, int64_t{4}) : tiles);
    int64_t best = most;
    for (int64_t length = most; length >= std::max<int64_t>(most / 2, 1); length--) {
        if (ceil_div(tiles, length) * length < ceil_div(tiles, best) * best) {
            best = length;
        }
    }
    return best;
}

int64_t strip_count(const WinogradJob &job, const RoundOfAxes &round, const Layer &layer) {
    int64_t count = layer.batch;
    for (const std::vector<int64_t> &starts : strip_starts(job, round)) {
        count *= static_cast<int64_t>(starts.size());
    }
    return count;
}

void set_window(WinogradJob &job, const TileSizes &sizes, const Layer &layer) {
    int64_t most = 0, least = INT64_MAX;
    const std::vector<RoundOfAxes> rounds = rounds_of(job);
    for (const RoundOfAxes &round : rounds) {
        const int64_t count = strip_count(job, round, layer);
        most = std::max(most, count);
        least = std::min(least, count);
    }
    // As even as the number of bands allows: the last one is moved back.
    const int64_t bands = ceil_div(most, std::max<int64_t>(1, sizes.band / job.strip));
    job.window = std::min(least, ceil_div(most, bands));
    job.rounds = static_cast<int64_t>(rounds.size()) * ceil_div(most, job.window);
}

// `outputs` row after row of `points` of the axis's kinds.
FilterAxis filter_axis(const Axis &axis, const TileSizes &sizes) {
    FilterAxis filter;
    filter.positions = 0;
    for (const AxisKind &kind : axis_kinds(axis, sizes)) {
        const ToomCook matrices = toom_cook(kind.outputs, kind.taps);
        filter.lane_sets = kind.lane_sets();
        filter.tap_step = kind.phases[0].tap_step;
        filter.positions += kind.rounds() * kind.points();
        for (int64_t round = 0; round < kind.rounds(); round++) {
            for (int64_t point = 0; point < kind.points(); point++) {
                // Windows run upwards in the input, taps downwards.
                std::vector<double> weights = matrices.filter[point];
                std::reverse(weights.begin(), weights.end());
                for (int64_t set = 0; set < kind.lane_sets(); set++) {
                    filter.rows.push_back({kind.phases[kind.shared ? set : round].first_tap, weights});
                }
            }
        }
    }
    return filter;
}

}  // namespace

std::vector<RoundOfAxes> rounds_of(const WinogradJob &job) {
    std::vector<RoundOfAxes> rounds;
    for (int64_t z = 0; z < job.kinds[0].rounds(); z++) {
        for (int64_t y = 0; y < job.kinds[1].rounds(); y++) {
            for (int64_t x = 0; x < job.kinds[2].rounds(); x++) {
                rounds.push_back({z, y, x});
            }
        }
    }
    return rounds;
}

std::array<std::vector<int64_t>, 3> strip_starts(const WinogradJob &job, const RoundOfAxes &round) {
    std::array<std::vector<int64_t>, 3> starts;
    for (int axis = 0; axis < 3; axis++) {
        const AxisKind &kind = job.kinds[axis];
        const int64_t tiles = axis == 2 ? job.strip : 1;
        starts[axis] = tile_starts(kind.positions(round[axis]), kind.step, tiles * kind.outputs * kind.step);
    }
    return starts;
}

Range AxisKind::positions(int64_t round) const {
    Range range{first(phases[round]), first(phases[round]) + phases[round].outputs};
    for (size_t i = 0; shared && i < phases.size(); i++) {
        range.begin = std::min(range.begin, first(phases[i]));
        range.end = std::max(range.end, first(phases[i]) + phases[i].outputs);
    }
    return range;
}

int64_t TileSizes::of(int64_t taps) const {
    const auto found =
        std::find_if(outputs.begin(), outputs.end(), [&](const auto &entry) { return entry.first == taps; });
    return found == outputs.end() ? 1 : found->second;
}

std::vector<AxisKind> axis_kinds(const Axis &axis, const TileSizes &sizes) {
    std::vector<AxisKind> kinds;
    for (const Phase &phase : live_phases(axis)) {
        const auto same = [&](const AxisKind &kind) { return kind.taps == phase.taps; };
        auto kind = std::find_if(kinds.begin(), kinds.end(), same);
        if (kind == kinds.end()) {
            kind = kinds.insert(kinds.end(),
                                {phase.taps, sizes.of(phase.taps), phase.input_step, axis.stride, 0, false, {}});
        }
        kind->phases.push_back(phase);
    }
    int64_t position = 0;
    for (AxisKind &kind : kinds) {
        const auto by_first = [&](const Phase &a, const Phase &b) { return kind.first(a) < kind.first(b); };
        const auto [low, high] = std::minmax_element(kind.phases.begin(), kind.phases.end(), by_first);
        // Only the first tile of a row may begin before a phase does.
        const bool near = kind.first(*high) - kind.first(*low) <= kind.outputs * kind.step;
        kind.shared = sizes.share && kinds.size() == 1 && kind.phases.size() > 1 && near;
        kind.position = position;
        position += kind.rounds() * kind.points();
    }
    return kinds;
}

std::vector<WinogradJob> winograd_jobs(const Layer &layer, const TileSizes &sizes) {
    std::vector<WinogradJob> jobs;
    const std::vector<AxisKind> xs = axis_kinds(layer.axes[2], sizes);
    for (const AxisKind &z : axis_kinds(layer.axes[0], sizes)) {
        for (const AxisKind &y : axis_kinds(layer.axes[1], sizes)) {
            for (const AxisKind &x : xs) {
                WinogradJob job{{z, y, x}};
                const bool only_row = layer.batch == 1 && row_tiles(z) * z.step * row_tiles(y) * y.step * x.step == 1;
                job.strip = strip_length(row_tiles(x), only_row);
                set_window(job, sizes, layer);
                jobs.push_back(job);
            }
        }
    }
    return jobs;
}

FilterLayout winograd_filter(const Layer &layer, const TileSizes &sizes, int block) {
    std::array<FilterAxis, 3> axes;
    for (int axis = 0; axis < 3; axis++) {
        axes[axis] = filter_axis(layer.axes[axis], sizes);
    }
    return FilterLayout(layer, block, axes, BlockOrder::kInner);
}

}  // namespace tconv
