// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/phase_knobs.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "runtime/integers.h"
#include "schedules/register_tile.h"

namespace tconv {

namespace {

constexpr int kElementBytes = 4;
constexpr double kOuterCacheBytesPerCycle = 8;   // from beyond the second-level cache
constexpr double kSecondCacheBytesPerCycle = 24;
constexpr double kCyclesPerTask = 300;           // four buffer descriptors and a call
constexpr double kCyclesPerTile = 20;            // loop control and the epilogue's latency

// Phases that have outputs.
std::vector<Phase> live_phases(const Axis &axis) {
    std::vector<Phase> live = phases(axis);
    live.erase(std::remove_if(live.begin(), live.end(), [](const Phase &phase) { return phase.outputs == 0; }), live.end());
    return live;
}

// The layer's phases, worked out once for the hundreds of knobs that are compared.
struct LayerPhases {
    explicit LayerPhases(const Layer &layer)
        : x(live_phases(layer.axes[2])), y(live_phases(layer.axes[1])), z(live_phases(layer.axes[0])),
          row_taps(static_cast<double>(useful_taps(layer.axes[1])) * static_cast<double>(useful_taps(layer.axes[0]))) {}
    std::vector<Phase> x, y, z;
    double row_taps;
};

// A tile must fit into the shortest row of any phase: the last tile of a row is moved back inside it, and a row shorter
// than a tile would be overrun.
int64_t shortest_row(const Layer &layer) {
    int64_t shortest = std::numeric_limits<int>::max();
    for (const Phase &phase : live_phases(layer.axes[2])) {
        shortest = std::min(shortest, phase.outputs);
    }
    return shortest;
}

std::vector<int> count_to(int64_t last) {
    std::vector<int> values(std::max<int64_t>(last, 1));
    std::iota(values.begin(), values.end(), 1);
    return values;
}

// Cycles of arithmetic, with the reads of the packed filter that it waits for.
double product_cycles(const Layer &layer, const LayerPhases &live, const Machine &machine, const Knobs &knobs) {
    const auto &[az, ay, ax] = layer.axes;
    const RegisterTile tile = tile_of(knobs);
    const double block = tile.vectors * machine.vector_lanes;
    const double row_taps = live.row_taps;
    const double rows = static_cast<double>(ay.output) * static_cast<double>(az.output);
    const double deep = static_cast<double>(layer.in_channels) * block * kElementBytes *
                        std::max(1.0, row_taps / std::max(rows, 1.0));
    double cycles = 0;
    for (const Phase &phase : live.x) {
        const double tiles = static_cast<double>(ceil_div(phase.outputs, tile.pixels));
        const double slice = deep * static_cast<double>(phase.taps);  // filter bytes that every tile walks through
        const double bytes_per_cycle = slice <= machine.l1_bytes / 2       ? std::numeric_limits<double>::infinity()
                                       : slice <= machine.l2_bytes * 3 / 4 ? kSecondCacheBytesPerCycle
                                                                           : kOuterCacheBytesPerCycle;
        const double step = std::max(cycles_per_channel(tile, machine), block * kElementBytes / bytes_per_cycle);
        cycles += tiles * (step * row_taps * static_cast<double>(phase.taps * layer.in_channels) +
                           rows * (kCyclesPerTile + 2.0 * tile.vectors * tile.pixels));
    }
    return cycles * static_cast<double>(ceil_div(layer.out_channels, static_cast<int64_t>(block)) * layer.batch);
}

// Cycles for what has to come from beyond the second-level cache again because the loop order let it go.
double traffic_cycles(const Layer &layer, const LayerPhases &live, const Machine &machine, const Knobs &knobs) {
    const auto &[az, ay, ax] = layer.axes;
    const double cache = machine.l2_bytes / 2.0;
    const double row_bytes = static_cast<double>(ax.input * layer.in_channels) * kElementBytes;
    const double image_bytes = row_bytes * static_cast<double>(ay.input * az.input);
    const double filter_bytes = static_cast<double>(layer.filter_elements()) * kElementBytes;
    const double blocks = static_cast<double>(ceil_div(layer.out_channels, knobs.at("tile_co") * machine.vector_lanes));
    const double phase_count = static_cast<double>(live.x.size() * live.y.size() * live.z.size());
    const double passes = blocks * phase_count;
    double bytes = 0;
    if (knobs.at("order") == kFilterOuter) {
        bytes = image_bytes <= cache ? image_bytes : passes * image_bytes;
        bytes += filter_bytes / static_cast<double>(std::max<int64_t>(layer.batch, 1));
    } else {
        const double rows = knobs.at("task_rows");
        const double chunks = static_cast<double>(ceil_div(ay.input, knobs.at("task_rows")) * az.input);
        const double taps = static_cast<double>(ceil_div(ay.kernel, ay.stride));
        const double chunk_bytes = row_bytes * (rows + taps - 1);
        bytes = filter_bytes <= cache ? filter_bytes : chunks * filter_bytes;
        bytes += chunk_bytes <= cache ? chunks * chunk_bytes : passes * chunks * chunk_bytes;
    }
    return bytes * static_cast<double>(layer.batch) / kOuterCacheBytesPerCycle;
}

double task_count(const Layer &layer, const LayerPhases &live, const Machine &machine, const Knobs &knobs) {
    const auto &[az, ay, ax] = layer.axes;
    const double blocks = static_cast<double>(ceil_div(layer.out_channels, knobs.at("tile_co") * machine.vector_lanes));
    double row_tasks = 0;
    for (const Phase &phase : live.y) {
        row_tasks += static_cast<double>(ceil_div(phase.outputs, knobs.at("task_rows")));
    }
    return blocks * row_tasks * static_cast<double>(live.x.size() * az.output * layer.batch);
}

double cost(const Layer &layer, const LayerPhases &live, const Machine &machine, const Knobs &knobs) {
    return product_cycles(layer, live, machine, knobs) + traffic_cycles(layer, live, machine, knobs) +
           kCyclesPerTask * task_count(layer, live, machine, knobs);
}

std::string register_problem(const Knobs &knobs, const Machine &machine) {
    const int needed = registers_needed(tile_of(knobs));
    if (machine.is_gpu || needed <= machine.vector_registers) {
        return "";
    }
    return "tile_co = " + std::to_string(knobs.at("tile_co")) + ", tile_x = " + std::to_string(knobs.at("tile_x")) + ": need " +
           std::to_string(needed) + " vector registers, " + machine.family + " has " + std::to_string(machine.vector_registers);
}

}  // namespace

std::vector<KnobSpec> phase_knob_space(const Layer &layer, const Machine &machine) {
    const int64_t vectors = std::min<int64_t>(4, ceil_div(layer.out_channels, machine.vector_lanes));
    const int64_t pixels = std::min<int64_t>(machine.is_gpu ? 8 : 14, shortest_row(layer));
    std::vector<int> unroll;
    for (int factor : {1, 2, 4, 8}) {
        if (layer.in_channels % factor == 0) {
            unroll.push_back(factor);
        }
    }
    std::vector<int> rows;
    for (int count = 1; count <= 1024; count *= 2) {
        rows.push_back(count);
    }
    return {
        {"tile_co", machine.is_gpu ? std::vector<int>{1} : count_to(vectors),
         "vectors of output channels summed at once; also the block of the packed filter"},
        {"tile_x", count_to(pixels), "outputs along x summed at once; larger reuses the filter more, smaller wastes less at row ends"},
        {"unroll_ci", unroll, "input channels a loop iteration; larger saves loop control, costs code"},
        {"task_rows", rows, "output rows a task; larger keeps the filter longer in the cache, smaller the input"},
        {"order", {kFilterOuter, kInputOuter}, "0: a filter block stays in the cache, 1: rows of the input stay"},
    };
}

std::string phase_check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const std::vector<KnobSpec> space = phase_knob_space(layer, machine);
    for (const auto &[name, value] : knobs) {
        const auto spec = std::find_if(space.begin(), space.end(), [&n = name](const KnobSpec &s) { return s.name == n; });
        const std::string given = name + " = " + std::to_string(value) + ": ";
        if (spec == space.end()) {
            return given + "variant phases has no such knob";
        }
        if (std::find(spec->values.begin(), spec->values.end(), value) == spec->values.end()) {
            std::string allowed;
            for (int v : spec->values) {
                allowed += (allowed.empty() ? "" : ", ") + std::to_string(v);
            }
            return given + "must be one of " + allowed + " for this layer";
        }
    }
    for (const KnobSpec &spec : space) {
        if (knobs.count(spec.name) == 0) {
            return spec.name + " is missing from the knobs";
        }
    }
    return register_problem(knobs, machine);
}

double phase_cost(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return cost(layer, LayerPhases(layer), machine, knobs);
}

Knobs phase_default_knobs(const Layer &layer, const Machine &machine) {
    const std::vector<KnobSpec> space = phase_knob_space(layer, machine);
    if (machine.is_gpu) {
        const int pixels = std::min(4, space[1].values.back());
        return {{"tile_co", 1}, {"tile_x", pixels}, {"unroll_ci", 1}, {"task_rows", 1}, {"order", kFilterOuter}};
    }
    const LayerPhases live(layer);
    Knobs best;
    double least = std::numeric_limits<double>::infinity();
    for (int tile_co : space[0].values) {
        for (int tile_x : space[1].values) {
            for (int task_rows : space[3].values) {
                for (int order : space[4].values) {
                    const Knobs knobs = {{"tile_co", tile_co}, {"tile_x", tile_x}, {"unroll_ci", 1},
                                         {"task_rows", task_rows}, {"order", order}};
                    const double cycles = cost(layer, live, machine, knobs);
                    if (cycles < least && register_problem(knobs, machine).empty()) {
                        least = cycles;
                        best = knobs;
                    }
                }
            }
        }
    }
    return best;
}

}  // namespace tconv
