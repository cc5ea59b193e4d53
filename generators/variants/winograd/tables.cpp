// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/tables.h"

#include <algorithm>
#include <string>

#include "generators/plan_index.h"

namespace tconv {

namespace {

using PhaseOfRow = std::vector<const Phase *>;

// `phases[axis]`: the phase of each row; none where the axis's phase stands in another table.
PhaseColumns add_phases(Table &table, const WinogradJob &job, const std::array<PhaseOfRow, 3> &phases) {
    PhaseColumns columns;
    for (int axis : {kZ, kY, kX}) {
        const AxisKind &kind = job.kinds[axis];
        const auto column = [&](const char *name, const auto &value) {
            return table.add(std::string(name) + "_" + kAxisNames[axis], phases[axis], value);
        };
        if (phases[axis].empty()) {
            continue;
        }
        columns.base[axis] = column("base", [&](const Phase *phase) { return kind.first(*phase); });
        columns.count[axis] = column("count", [](const Phase *phase) { return phase->outputs; });
        columns.first[axis] = column("first", [](const Phase *phase) { return phase->first_output; });
    }
    return columns;
}

int64_t linear_position(const FilterLayout &layout, const RoundOfAxes &position) {
    return (position[kZ] * layout.positions(kY) + position[kY]) * layout.positions(kX) + position[kX];
}

int64_t bands_of_round(const WinogradJob &job) { return job.rounds / static_cast<int64_t>(rounds_of(job).size()); }

}  // namespace

BandTable band_table(const WinogradJob &job, const FilterLayout &layout) {
    std::array<PhaseOfRow, 3> phases;
    std::vector<int64_t> positions;
    const int64_t bands = bands_of_round(job);
    for (const RoundOfAxes &round : rounds_of(job)) {
        for (int64_t band = 0; band < bands; band++) {
            RoundOfAxes position;
            for (int axis : {kZ, kY, kX}) {
                const AxisKind &kind = job.kinds[axis];
                position[axis] = kind.position + round[axis] * kind.points();
                if (!kind.shared) {
                    phases[axis].push_back(&kind.phases[round[axis]]);
                }
            }
            positions.push_back(linear_position(layout, position));
        }
    }
    BandTable all{Table(static_cast<int64_t>(positions.size())), {}, {}};
    all.phase = add_phases(all.table, job, phases);
    all.position = all.table.add("position", positions);
    return all;
}

StripTable strip_table(const WinogradJob &job, const Layer &layer) {
    std::vector<int64_t> n, slots;
    std::array<std::vector<int64_t>, 3> start;
    const int64_t bands = bands_of_round(job);
    for (const RoundOfAxes &round : rounds_of(job)) {
        const auto [z, y, x] = strip_starts(job, round);
        const int64_t zs = static_cast<int64_t>(z.size()), ys = static_cast<int64_t>(y.size()),
                      xs = static_cast<int64_t>(x.size());
        const int64_t count = layer.batch * zs * ys * xs;
        for (int64_t band = 0; band < bands; band++) {
            const int64_t begin = std::min(band * job.window, count - job.window);
            for (int64_t slot = 0; slot < job.window; slot++) {
                const int64_t strip = begin + slot;
                n.push_back(strip / (zs * ys * xs));
                start[kZ].push_back(z[strip / (ys * xs) % zs]);
                start[kY].push_back(y[strip / xs % ys]);
                start[kX].push_back(x[strip % xs]);
                slots.push_back(slot);
            }
        }
    }
    StripTable all{Table(static_cast<int64_t>(n.size())), {}, {}, {}};
    all.n = all.table.add("n", n);
    for (int axis : {kZ, kY, kX}) {
        all.start[axis] = all.table.add(kAxisNames[axis], start[axis]);
    }
    all.slot = all.table.add("slot", slots);
    return all;
}

LaneSetTable lane_set_table(const WinogradJob &job, const Layer &layer) {
    std::array<PhaseOfRow, 3> phases;
    std::vector<int64_t> lanes;
    const auto &[z, y, x] = job.kinds;
    for (int64_t set = 0; set < job.lane_sets(); set++) {
        const RoundOfAxes index = {set / (y.lane_sets() * x.lane_sets()), set / x.lane_sets() % y.lane_sets(),
                                   set % x.lane_sets()};
        lanes.push_back(set * layer.out_channels);
        for (int axis : {kZ, kY, kX}) {
            if (job.kinds[axis].shared) {
                phases[axis].push_back(&job.kinds[axis].phases[index[axis]]);
            }
        }
    }
    LaneSetTable all{Table(job.lane_sets()), {}, {}};
    all.lane = all.table.add("lane", lanes);
    all.phase = add_phases(all.table, job, phases);
    return all;
}

PointTable point_table(const WinogradJob &job, const FilterLayout &layout) {
    const auto &[z, y, x] = job.kinds;
    std::vector<int64_t> numbers, positions;
    for (int64_t pz = 0; pz < z.points(); pz++) {
        for (int64_t py = 0; py < y.points(); py++) {
            for (int64_t px = 0; px < x.points(); px++) {
                numbers.push_back(static_cast<int64_t>(numbers.size()));
                positions.push_back(linear_position(layout, {pz, py, px}));
            }
        }
    }
    PointTable all{Table(static_cast<int64_t>(positions.size())), {}, {}};
    all.point = all.table.add("point", numbers);
    all.position = all.table.add("position", positions);
    return all;
}

}  // namespace tconv
