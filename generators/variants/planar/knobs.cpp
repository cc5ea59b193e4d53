// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/planar/knobs.h"

#include <algorithm>

#include "generators/epilogue.h"
#include "generators/variants/cheapest_knobs.h"
#include "generators/variants/element_sizes.h"
#include "generators/variants/planar/geometry.h"
#include "generators/variants/tensor_traffic.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

// Fitted to the times of benchmarks/layers.json on znver3 with AVX2 (benchmarks/results, 2026-11-22).
constexpr double kFittedCyclesPerTile = 20;  // loop control and the latency of what is left at its end
constexpr double kFittedCyclesPerTurnedVector = 4.5, kFittedCyclesPerCopiedVector = 1;
constexpr double kFittedCyclesPerStoredVector = 2;
constexpr double kFittedCyclesPerScatteredVector = 10;  // stored cell by cell
constexpr int64_t kMostPhases = int64_t{1} << 16, kMostRows = int64_t{1} << 20, kMostElements = (int64_t{1} << 31) - 1;

// Taps of y that the row sets of all phases take, added up.
double row_set_taps(const Axis &axis, const PlanarGeometry &geometry) {
    int64_t taps = 0;
    const int64_t rows = geometry.tile.rows;
    for (const Phase &phase : phases(axis)) {
        if (phase.outputs == 0 || phase.taps == 0) {
            continue;
        }
        for (int64_t q = 0; q < geometry.row_count; q += rows) {
            const int64_t read = geometry.first_q_y + q + phase.input_offset;
            const int64_t end = std::clamp<int64_t>(floor_div(read + rows - 1, phase.input_step) + 1, 0, phase.taps);
            taps += end - std::clamp<int64_t>(ceil_div(read - axis.input + 1, phase.input_step), 0, end);
        }
    }
    return static_cast<double>(taps);
}

// Cycles in which a step, one channel of one tap, waits for the input rows of its tile and for its lanes of the filter.
double waiting_cycles(const Layer &layer, const Machine &machine, const PlanarGeometry &geometry,
                      const PlanarRowsSpec::PhaseRun &run, double row_taps) {
    const double line = machine.line_bytes;
    const double channels = static_cast<double>(layer.in_channels);
    const double columns =
        geometry.tile.vectors * machine.lanes(layer.types.accumulate) + static_cast<double>(geometry.halo);
    const double row = bytes_of(columns - 1, layer.types.accumulate) + line;  // with what it shares of its lines
    const double tile_bytes = channels * row * (geometry.tile.rows + row_taps - 1);
    const double lanes = static_cast<double>(geometry.interleaved * geometry.channel_blocks * geometry.channel_block);
    const double filter_row = bytes_of(lanes, layer.types.filter),
                 filter_bytes = channels * row_taps * run.taps * filter_row;
    double cycles = 0;
    if (tile_bytes + std::min(filter_bytes, machine.l1_bytes / 4.0) > 1.25 * machine.l1_bytes) {
        cycles += geometry.tile.rows * row / run.taps / machine.rates.l2;
    }
    if (filter_bytes > machine.l1_bytes / 2.0) {
        const bool near = filter_bytes <= machine.l2_bytes / 2.0;
        cycles += std::min(filter_row, line) / (near ? machine.rates.l2 : machine.rates.l3);
    }
    return cycles;
}

// Of one image: sums, then rows on their way out.
double rows_cycles(const Layer &layer, const Machine &machine, const PlanarGeometry &geometry) {
    const auto &[z, y, x] = layer.axes;
    const PlanarTile &tile = geometry.tile;
    const double tiles_x =
        static_cast<double>(ceil_div(geometry.columns, tile.vectors * machine.lanes(layer.types.accumulate)));
    const double taps = row_set_taps(y, geometry) * static_cast<double>(useful_taps(z));
    const double row_sets = static_cast<double>(ceil_div(geometry.row_count, tile.rows) * y.stride * z.output);
    const double blocks = static_cast<double>(geometry.channel_blocks);
    const double row_taps = std::max(1.0, taps / std::max(row_sets, 1.0));
    double cycles = 0;
    for (const PlanarRowsSpec::PhaseRun &run : geometry.runs) {
        const bool channels_last = layer.layout == Layout::kChannelsLast;
        const int lanes = run.phases * static_cast<int>(channels_last ? layer.out_channels : 1);
        const int planes = static_cast<int>(geometry.channel_block);
        const int inner = largest_divisor(lanes, tile.lanes),
                  inner_planes = largest_divisor(planes, std::max(1, tile.lanes / lanes));
        const PlanarTile real{tile.vectors, tile.rows, inner * inner_planes};
        const double tiles = tiles_x * (lanes / inner) * (planes / inner_planes);
        const double sums = real.vectors * real.rows * real.lanes;
        const double step = cycles_per_channel(real, machine) +
                            (run.taps > 0 ? waiting_cycles(layer, machine, geometry, run, row_taps) : 0);
        const bool whole = inner == geometry.interleaved;
        cycles += tiles * (taps * static_cast<double>(layer.in_channels * run.taps) * step +
                           row_sets * (kFittedCyclesPerTile + sums * (whole ? 3 : kFittedCyclesPerScatteredVector)));
    }
    const double vectors = static_cast<double>(layer.output_elements() / std::max<int64_t>(layer.batch, 1)) /
                           machine.lanes(layer.types.accumulate);
    return cycles * blocks +
           vectors * (kFittedCyclesPerStoredVector + (is_long(layer.activation) ? kFittedCyclesPerLongEpilogue : 0));
}

double image_cycles(const Layer &layer, const Machine &machine, const PlanarGeometry &geometry) {
    const double copied = static_cast<double>(geometry.elements() * geometry.bands);
    const bool turned = layer.layout == Layout::kChannelsLast;
    const double copy = copied / machine.lanes(layer.types.accumulate) *
                        (turned ? kFittedCyclesPerTurnedVector : kFittedCyclesPerCopiedVector);
    // Planes that outgrow the second-level cache are written to beyond it, and read again from there.
    const double bytes = bytes_of(static_cast<double>(geometry.elements()), layer.types.accumulate);
    const double traffic =
        (bytes <= machine.l2_bytes * 0.8 ? 0 : bytes_of(3 * copied, layer.types.accumulate) / machine.rates.l3) +
        tensor_cycles(layer, machine);
    const auto &[z, y, x] = layer.axes;
    const double tasks =
        static_cast<double>(geometry.bands * geometry.planes * ceil_div(geometry.rows, 4) +
                            ceil_div(geometry.row_count, geometry.tile.rows) * std::min(y.stride, y.output) * z.output *
                                geometry.channel_blocks * ceil_div(geometry.columns, geometry.chunk));
    return rows_cycles(layer, machine, geometry) + copy + traffic + tasks * machine.call_cycles;
}

// What is wrong with a tile; empty for none.
std::string tile_problem(const Machine &machine, const PlanarTile &tile, const PlanarGeometry *geometry) {
    const std::string given = "tile_x = " + std::to_string(tile.vectors) +
                              ", tile_rows = " + std::to_string(tile.rows) +
                              ", tile_lanes = " + std::to_string(tile.lanes) + ": ";
    if (const std::string shortage = register_shortage(registers_needed(tile), machine); !shortage.empty()) {
        return given + shortage;
    }
    return geometry != nullptr && geometry->chunk == 0 ? given + "rows of the tile are beyond the stack of a kernel"
                                                       : "";
}

}  // namespace

std::string planar_obstacle(const Layer &layer, const Machine &machine) {
    const auto &[z, y, x] = layer.axes;
    if (x.dilation > 1 && x.stride > 1) return "phases of x with the same taps do not lie side by side";
    for (const Axis &axis : layer.axes) {
        if (axis.output == 0) return "its output has no cells";
        if (axis.output > kMostRows || axis.input > kMostRows) return "more than 1048576 rows";
        if (axis.stride > kMostPhases) return "more than 65536 phases along an axis";
    }
    const int64_t most_row_elements = 8 * 1024 / element_bytes(layer.types.accumulate);
    const int64_t inner = layer.layout == Layout::kChannelsLast ? layer.out_channels : 1;
    if (x.stride * inner * machine.lanes(layer.types.accumulate) > most_row_elements) {
        return "the least row of a tile would be beyond a kernel's stack";
    }
    const Knobs least = {{"tile_x", 1}, {"tile_rows", 1}, {"tile_lanes", 1}, {"band", 1}};
    const PlanarGeometry geometry(layer, machine, least);
    const double taps = static_cast<double>(geometry.most_taps_x) * static_cast<double>(y.kernel * z.kernel);
    const double packed = taps * static_cast<double>(x.stride * layer.out_channels * layer.in_channels);
    const double rows = static_cast<double>(geometry.rows + 1024 * 16),
                 row = static_cast<double>(geometry.row_stride());
    if (geometry.chunk == 0) return "rows of the least tile are beyond the stack of a kernel";
    if (packed >= static_cast<double>(kMostElements)) return "its packed filter has more than 2147483647 elements";
    if (rows * row * static_cast<double>(geometry.planes) >= static_cast<double>(kMostElements)) {
        return "its planes have more than 2147483647 elements";
    }
    return geometry.bands * std::max<int64_t>(layer.batch, 1) < kMostRows ? "" : "more than 1048576 bands";
}

std::vector<KnobSpec> planar_knob_space(const Layer &layer, const Machine &machine) {
    const auto &[z, y, x] = layer.axes;
    const int64_t vectors =
        std::min<int64_t>(6, ceil_div(ceil_div(x.output, x.stride) + 1, machine.lanes(layer.types.accumulate)));
    const int64_t rows = std::min<int64_t>(6, ceil_div(y.output, y.stride));
    const int64_t lanes = std::min<int64_t>(machine.vector_registers - 3, x.stride * layer.out_channels);
    return {
        {"tile_x", count_to(vectors),
         "vectors of columns summed at once; larger reuses the filter more, smaller wastes less at row ends"},
        {"tile_rows", count_to(rows), "rows of one phase summed at once; larger reuses the filter more"},
        {"tile_lanes", count_to(lanes),
         "phases of x and output channels summed at once, at most; larger reuses the input more"},
        {"band", powers_of_two_to(1024),
         "sets of tile_rows rows whose input is turned into planes at once; larger turns less twice, needs more "
         "cache"},
    };
}

std::string planar_check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    if (const std::string problem = space_problem("planar", planar_knob_space(layer, machine), knobs);
        !problem.empty()) {
        return problem;
    }
    const PlanarGeometry geometry(layer, machine, knobs);
    return tile_problem(machine, geometry.tile, &geometry);
}

double planar_cycles(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return image_cycles(layer, machine, PlanarGeometry(layer, machine, knobs)) *
           static_cast<double>(std::max<int64_t>(layer.batch, 1));
}

int64_t planar_workspace(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return PlanarGeometry(layer, machine, knobs).elements();
}

Proposed planar_search(const Layer &layer, const Machine &machine) {
    const std::vector<KnobSpec> space = planar_knob_space(layer, machine);
    CheapestKnobs cheapest(layer, [&](const Knobs &knobs) { return planar_workspace(layer, machine, knobs); });
    for (int vectors : values_of(space, "tile_x")) {
        for (int rows : values_of(space, "tile_rows")) {
            for (int lanes : values_of(space, "tile_lanes")) {
                if (!tile_problem(machine, {vectors, rows, lanes}, nullptr).empty()) {
                    continue;
                }
                for (int band : values_of(space, "band")) {
                    const Knobs knobs = {
                        {"tile_x", vectors}, {"tile_rows", rows}, {"tile_lanes", lanes}, {"band", band}};
                    const PlanarGeometry geometry(layer, machine, knobs);
                    if (geometry.chunk > 0) {
                        cheapest.offer(knobs, image_cycles(layer, machine, geometry));
                    }
                    if (geometry.bands == 1) {
                        break;
                    }
                }
            }
        }
    }
    return cheapest.proposed("tile");
}

}  // namespace tconv
