// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/tiles.h"

#include <algorithm>
#include <string>

#include "generators/variants/winograd/toom_cook.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

constexpr std::array<const char *, 3> kAxisNames = {"z", "y", "x"};

std::vector<Phase> live_phases(const Axis &axis) {
    std::vector<Phase> live = phases(axis);
    live.erase(std::remove_if(live.begin(), live.end(), [](const Phase &phase) { return phase.outputs == 0; }),
               live.end());
    return live;
}

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

using RoundOfAxes = std::array<int64_t, 3>;

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

struct Columns {
    std::vector<std::pair<std::string, std::vector<int64_t>>> columns;

    void push(const std::string &name, int64_t value) {
        const auto found =
            std::find_if(columns.begin(), columns.end(), [&](const auto &column) { return column.first == name; });
        (found == columns.end() ? columns.emplace_back(name, std::vector<int64_t>()) : *found).second.push_back(value);
    }
    Table table() const {
        Table table;
        for (const auto &[name, values] : columns) {
            table.rows = static_cast<int64_t>(values.size());
            table.add_column(name, values);
        }
        return table;
    }
};

void push_phase(Columns &columns, int axis, const AxisKind &kind, int64_t index) {
    const Phase &phase = kind.phases[index];
    const std::string name = std::string("_") + kAxisNames[axis];
    columns.push("base" + name, kind.first(phase));
    columns.push("count" + name, phase.outputs);
    columns.push("first" + name, phase.first_output);
}

int64_t linear_position(const FilterLayout &layout, const RoundOfAxes &position) {
    return (position[0] * layout.positions(1) + position[1]) * layout.positions(2) + position[2];
}

// `outputs` row after row of `points` of the axis's kinds.
FilterAxis filter_axis(const Axis &axis, const TileSizes &sizes) {
    FilterAxis filter;
    filter.positions = 0;
    for (const AxisKind &kind : axis_kinds(axis, sizes)) {
        const ToomCook matrices = toom_cook(kind.outputs, kind.taps);
        filter.lane_sets = kind.groups();
        filter.tap_step = kind.phases[0].tap_step;
        filter.positions += kind.rounds() * kind.points();
        for (int64_t round = 0; round < kind.rounds(); round++) {
            for (int64_t point = 0; point < kind.points(); point++) {
                // Windows run upwards in the input, taps downwards.
                std::vector<double> weights = matrices.filter[point];
                std::reverse(weights.begin(), weights.end());
                for (int64_t group = 0; group < kind.groups(); group++) {
                    filter.rows.push_back({kind.phases[kind.shared ? group : round].first_tap, weights});
                }
            }
        }
    }
    return filter;
}

}  // namespace

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

Table band_table(const WinogradJob &job, const FilterLayout &layout) {
    Columns columns;
    const std::vector<RoundOfAxes> rounds = rounds_of(job);
    const int64_t bands = job.rounds / static_cast<int64_t>(rounds.size());
    for (const RoundOfAxes &round : rounds) {
        for (int64_t band = 0; band < bands; band++) {
            RoundOfAxes position;
            for (int axis = 0; axis < 3; axis++) {
                const AxisKind &kind = job.kinds[axis];
                position[axis] = kind.position + round[axis] * kind.points();
                if (!kind.shared) {
                    push_phase(columns, axis, kind, round[axis]);
                }
            }
            columns.push("position", linear_position(layout, position));
        }
    }
    return columns.table();
}

Table strip_table(const WinogradJob &job, const Layer &layer) {
    Columns columns;
    const std::vector<RoundOfAxes> rounds = rounds_of(job);
    const int64_t bands = job.rounds / static_cast<int64_t>(rounds.size());
    for (const RoundOfAxes &round : rounds) {
        const auto [z, y, x] = strip_starts(job, round);
        const int64_t zs = static_cast<int64_t>(z.size()), ys = static_cast<int64_t>(y.size()),
                      xs = static_cast<int64_t>(x.size());
        const int64_t count = layer.batch * zs * ys * xs;
        for (int64_t band = 0; band < bands; band++) {
            const int64_t begin = std::min(band * job.window, count - job.window);
            for (int64_t slot = 0; slot < job.window; slot++) {
                const int64_t strip = begin + slot;
                columns.push("n", strip / (zs * ys * xs));
                columns.push("z", z[strip / (ys * xs) % zs]);
                columns.push("y", y[strip / xs % ys]);
                columns.push("x", x[strip % xs]);
                columns.push("slot", slot);
            }
        }
    }
    return columns.table();
}

Table group_table(const WinogradJob &job, const Layer &layer) {
    Columns columns;
    const auto &[z, y, x] = job.kinds;
    for (int64_t group = 0; group < job.groups(); group++) {
        const RoundOfAxes index = {group / (y.groups() * x.groups()), group / x.groups() % y.groups(),
                                   group % x.groups()};
        columns.push("lane", group * layer.out_channels);
        for (int axis = 0; axis < 3; axis++) {
            if (job.kinds[axis].shared) {
                push_phase(columns, axis, job.kinds[axis], index[axis]);
            }
        }
    }
    return columns.table();
}

Table point_table(const WinogradJob &job, const FilterLayout &layout) {
    Columns columns;
    int64_t point = 0;
    for (int64_t z = 0; z < job.kinds[0].points(); z++) {
        for (int64_t y = 0; y < job.kinds[1].points(); y++) {
            for (int64_t x = 0; x < job.kinds[2].points(); x++) {
                columns.push("point", point++);
                columns.push("position", linear_position(layout, {z, y, x}));
            }
        }
    }
    return columns.table();
}

}  // namespace tconv
