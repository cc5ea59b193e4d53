// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/taps/knobs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "generators/epilogue.h"
#include "generators/variants/cheapest_knobs.h"
#include "generators/variants/element_sizes.h"
#include "generators/variants/tensor_traffic.h"
#include "runtime/base/integers.h"
#include "schedules/register_tile.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

constexpr int kPrefetchDistance = 16;  // input channels
constexpr int kMostUnrolled = 8, kEnoughUnrolled = 4;

// Fitted to the times of benchmarks/layers.json on znver3 with AVX2 (benchmarks/results, 2026-11-22): how much of the time
// that the machine's rates give is seen, beside what goes on at once.
constexpr double kFittedFilterReads = 0.19;  // of the filter from the second-level cache, for each tile
constexpr double kFittedFilterAgain = 1.7;   // from beyond it for the next rows, when a block's first tile waits
constexpr double kFittedStream = 0.42;       // of the input from beyond it, which the processor sees coming
constexpr double kFittedInputLines = 0.56;   // of the input from the second-level cache, a line at a time
constexpr double kFittedStores = 0.5;        // along a row, to lines beyond the second-level cache
constexpr double kFittedStoresApart = 1;     // the same with gaps between the cells
constexpr double kFittedLongRunBytes = 256;  // of neighbouring stores; shorter ones are slower in proportion
constexpr double kFittedCopy = 2;            // of the padded copy
constexpr double kFittedCyclesPerTile = 20;  // loop control and the epilogue's latency

int64_t longest(const std::vector<TapSpan> &spans) {
    int64_t outputs = 1;
    for (const TapSpan &span : spans) {
        outputs = std::max(outputs, span.outputs);
    }
    return outputs;
}

std::vector<int> up_to(std::vector<int> values, int64_t most) {
    values.erase(std::remove_if(values.begin() + 1, values.end(), [=](int value) { return value > most; }),
                 values.end());
    return values;
}

double cache_bytes_per_cycle(double bytes, const Machine &machine) {
    return bytes <= machine.l1_bytes / 2.0       ? std::numeric_limits<double>::infinity()
           : bytes <= machine.l2_bytes * 3 / 4.0 ? machine.rates.l2 / kFittedFilterReads
                                                 : machine.rates.l3;
}

double blocks_of(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return static_cast<double>(
        ceil_div(layer.out_channels, int64_t{knobs.at("tile_co")} * machine.lanes(layer.types.accumulate)));
}

// Cycles of arithmetic for one block of output channels and one batch entry, with the reads of the packed filter that it
// waits for.
double block_cycles(const Layer &layer, const TapTiling &tiling, const Machine &machine, const Knobs &knobs) {
    const int vectors = knobs.at("tile_co");
    const double row_bytes = bytes_of(
        static_cast<double>(layer.in_channels) * vectors * machine.lanes(layer.types.accumulate), layer.types.filter);
    double plane_taps = 0, planes = 0;
    for (const TapSpan &plane : tiling.planes) {
        plane_taps += static_cast<double>(plane.outputs * plane.taps);
        planes += static_cast<double>(plane.outputs);
    }
    const double input_row = bytes_of(static_cast<double>(layer.in_channels * layer.axes[2].input), layer.types.input);
    const double input_line_cycles =
        input_row <= machine.l1_bytes / 2.0 ? 0 : bytes_of(kFittedInputLines, layer.types.input) / machine.rates.l2;
    double cycles = 0;
    for (const bool tall : {false, true}) {
        double row_taps = 0, rows = 0;
        for (const TapSpan &row : tiling.rows) {
            if ((row.rows > 1) == tall) {
                row_taps += static_cast<double>(row.outputs * row.taps);
                rows += static_cast<double>(row.outputs);
            }
        }
        if (rows == 0) {
            continue;
        }
        const double taps = row_taps * plane_taps, all_rows = rows * planes;
        for (const ColumnPiece &piece : tiling.columns) {
            const int tile_rows = tall ? piece.rows : 1;
            const RegisterTile tile{vectors, piece.pixels, 1, tile_rows};
            const double tiles = static_cast<double>(piece.span.outputs / piece.pixels) / tile_rows;
            const double slice = row_bytes * static_cast<double>(piece.span.taps) * taps / all_rows;
            const double loads =
                row_bytes / static_cast<double>(layer.in_channels) / cache_bytes_per_cycle(slice, machine);
            const double step = tile_cycles(tile, machine) + loads;
            const double lines = input_line_cycles * piece.pixels * tile_rows * static_cast<double>(layer.in_channels);
            cycles += tiles * (taps * (step * static_cast<double>(piece.span.taps * layer.in_channels) + lines) +
                               all_rows * (kFittedCyclesPerTile + 2.0 * vectors * tile.outputs()));
        }
    }
    return cycles;
}

// Cycles for what has to come from beyond the second-level cache again because the loop order let it go.
double traffic_cycles(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const auto &[az, ay, ax] = layer.axes;
    const double cache = machine.l2_bytes / 2.0;
    const double row_bytes = bytes_of(static_cast<double>(ax.input * layer.in_channels), layer.types.input);
    const double image_bytes = row_bytes * static_cast<double>(ay.input * az.input);
    const double blocks = blocks_of(layer, machine, knobs);
    const double filter_bytes =
        bytes_of(blocks * knobs.at("tile_co") * machine.lanes(layer.types.accumulate), layer.types.filter) *
        static_cast<double>(layer.in_channels * az.kernel * ay.kernel * ax.kernel);
    const double phase_count = static_cast<double>(ax.stride * ay.stride * az.stride);
    const double batch = static_cast<double>(std::max<int64_t>(layer.batch, 1));
    const double filter_cycles = filter_bytes / machine.outer_rate(filter_bytes);
    const double image_cycles = image_bytes * kFittedStream / machine.outer_rate(batch * image_bytes);
    if (knobs.at("order") == kFilterOuter) {
        const double times = batch * image_bytes <= cache ? 1 : image_bytes <= cache ? blocks : blocks * phase_count;
        return times * image_cycles + filter_cycles / batch;
    }
    // As chunks_of() cuts them.
    const int tile_rows = knobs.at("tile_y"), task_rows = knobs.at("task_rows");
    const int rows = std::max(task_rows - task_rows % tile_rows, tile_rows);
    const double chunks = static_cast<double>(ceil_div(ay.input, rows) * az.input);
    const double taps = static_cast<double>(ceil_div(ay.kernel, ay.stride));
    const double chunk_bytes = row_bytes * (rows + taps - 1);
    const double times = chunk_bytes <= cache ? 1 : blocks * phase_count;
    const double filter_times = (filter_bytes <= cache ? 1 : chunks) * kFittedFilterAgain;
    return times * chunks * std::min(chunk_bytes / image_bytes, 1.0) * image_cycles + filter_times * filter_cycles;
}

// Cycles that stores wait for their lines: all of them once, and where cells lie apart also the lines that neighbouring
// cells share.
double store_cycles(const TapLayer &tap_layer, const Machine &machine, const Knobs &knobs) {
    const auto &[az, ay, ax] = tap_layer.layer.axes;
    const ElementTypes &types = tap_layer.layer.types;
    const double column_bytes = bytes_of(static_cast<double>(tap_layer.layer.out_channels), types.output);
    const double columns = static_cast<double>(az.output * ay.output * ax.output);
    const bool apart = ax.stride > 1;
    if (columns * column_bytes <= machine.l2_bytes) {
        return 0;
    }
    const double shared = apart && std::fmod(column_bytes, machine.line_bytes) != 0 ? columns * machine.line_bytes : 0;
    const double block_bytes = bytes_of(knobs.at("tile_co") * machine.lanes(types.accumulate), types.output);
    const bool whole_columns = block_bytes >= column_bytes && !apart;
    const double run = whole_columns ? kFittedLongRunBytes : std::min({block_bytes, column_bytes, kFittedLongRunBytes});
    const double share =
        std::max(kFittedStores * kFittedLongRunBytes / run, apart ? kFittedStoresApart : kFittedStores);
    return (columns * column_bytes + shared) * share / machine.rates.l3;
}

double cost_of(const TapLayer &tap_layer, const TapTiling &tiling, const Machine &machine, const Knobs &knobs) {
    const Layer &layer = tap_layer.layer;
    const double blocks = blocks_of(layer, machine, knobs);
    const double calls =
        blocks * static_cast<double>(tiling.columns.size() * tiling.rows.size() * tiling.planes.size());
    const std::optional<PaddedInput> padded = padded_input(layer, tap_margin(knobs));
    const double copied = padded ? bytes_of(static_cast<double>(padded->elements(1)), layer.types.accumulate) : 0;
    const double cycles = blocks * block_cycles(layer, tiling, machine, knobs) + traffic_cycles(layer, machine, knobs) +
                          machine.call_cycles * calls + copied * kFittedCopy / machine.rates.l3 +
                          store_cycles(tap_layer, machine, knobs);
    return cycles * static_cast<double>(std::max<int64_t>(layer.batch, 1));
}

std::string register_problem(const Knobs &knobs, const Machine &machine) {
    const RegisterTile tile{knobs.at("tile_co"), knobs.at("tile_x"), 1, 1};
    const std::string shortage = register_shortage(registers_needed(tile), machine);
    if (shortage.empty()) {
        return "";
    }
    return "tile_co = " + std::to_string(knobs.at("tile_co")) + ", tile_x = " + std::to_string(knobs.at("tile_x")) +
           ": " + shortage;
}

}  // namespace

std::string tap_obstacle(const Layer &layer, const Machine &machine) {
    const int64_t largest_block = 6 * machine.lanes(layer.types.accumulate);
    const int64_t packed = (layer.out_channels + largest_block) * (layer.filter_elements() / layer.out_channels);
    return tap_tables_obstacle(layer, packed, Margin::kColumns);
}

std::vector<KnobSpec> tap_knob_space(const TapLayer &tap_layer, const Machine &machine) {
    const auto &[az, ay, ax] = tap_layer.layer.axes;
    const std::vector<TapSpan> columns = tap_spans(ax, false);
    const int64_t longest_row = longest(columns), longest_column = longest(tap_spans(ay, true));
    const int64_t vectors =
        std::min<int64_t>(6, ceil_div(tap_layer.layer.out_channels, machine.lanes(tap_layer.layer.types.accumulate)));
    const int64_t pixels = std::min<int64_t>(14, longest_row * longest_column);
    const Range range = input_range(ax);
    const bool reads_beside = range.begin < 0 || range.end > ax.input;
    const std::vector<int> tile_y = up_to({1, 2, 3, 4, 6}, longest_column);
    const std::vector<int> trim = reads_beside ? std::vector<int>{0, 1} : std::vector<int>{1};
    return {
        {"tile_co", count_to(vectors),
         "vectors of output channels summed at once; also the block of the packed filter"},
        {"tile_x", count_to(pixels),
         "outputs summed at once; larger reuses the filter more, smaller wastes less at row ends"},
        {"tile_y", tile_y, "rows that those outputs may lie in; larger fills tiles where rows are short"},
        {"unroll_ci", divisors_to(tap_layer.layer.in_channels, kMostUnrolled),
         "input channels a loop iteration; larger saves loop control, costs code"},
        {"task_rows", powers_of_two_to(1024),
         "output rows a task; larger keeps the filter longer in the cache, smaller the input"},
        {"order", {kFilterOuter, kInputOuter}, "0: a filter block stays in the cache, 1: rows of the input stay"},
        {"trim_x", trim,
         "0: a copy of the input with zeros beside its columns, 1: columns at the borders leave taps out"},
        {"prefetch",
         {0, 4, 8, 16, 32, 64},
         "input channels that the filter is fetched ahead; 0: left to the processor"},
    };
}

std::string tap_check_knobs(const std::string &variant, const TapLayer &tap_layer, const Machine &machine,
                            const Knobs &knobs) {
    if (const std::string problem = space_problem(variant, tap_knob_space(tap_layer, machine), knobs);
        !problem.empty()) {
        return problem;
    }
    return register_problem(knobs, machine);
}

double tap_cycles(const TapLayer &tap_layer, const Machine &machine, const Knobs &knobs) {
    return cost_of(tap_layer, tap_tiling(tap_layer, machine, knobs), machine, knobs) +
           long_epilogue_cycles(tap_layer.layer, machine.lanes(tap_layer.layer.types.accumulate)) +
           scattered_store_cycles(tap_layer.layer);
}

Proposed tap_search(const TapLayer &tap_layer, const Machine &machine) {
    const std::vector<KnobSpec> space = tap_knob_space(tap_layer, machine);
    // A loop of multiply-adds alone is too short for its own control; a divisor that does better is not needed.
    const std::vector<int> &factors = values_of(space, "unroll_ci");
    const auto unroll = std::find_if(factors.begin(), factors.end() - 1, [](int v) { return v >= kEnoughUnrolled; });
    Knobs knobs = {{"tile_co", 1},   {"tile_x", 1},           {"tile_y", 1}, {"unroll_ci", *unroll},
                   {"task_rows", 1}, {"order", kFilterOuter}, {"trim_x", 0}, {"prefetch", 0}};
    const std::vector<KnobSpec> others = {spec_of(space, "tile_y"), spec_of(space, "trim_x"),
                                          spec_of(space, "task_rows"), spec_of(space, "order")};
    CheapestKnobs cheapest(tap_layer.layer,
                           [&](const Knobs &candidate) { return tap_workspace(tap_layer.layer, candidate); });
    for (const int tile_co : values_of(space, "tile_co")) {
        for (const int tile_x : values_of(space, "tile_x")) {
            knobs["tile_co"] = tile_co;
            knobs["tile_x"] = tile_x;
            if (!register_problem(knobs, machine).empty()) {
                continue;
            }
            for_each_combination(others, [&](const Knobs &rest) {
                for (const auto &[name, value] : rest) {
                    knobs[name] = value;
                }
                cheapest.offer(knobs, tap_cycles(tap_layer, machine, knobs));
            });
        }
    }
    Proposed proposed = cheapest.proposed("tile");
    if (!proposed) {
        return proposed;
    }
    Knobs &best = (*proposed).knobs;
    // A tile that has no registers left for channels that it spreads spills.
    const bool spreads = best.at("tile_x") > family_for(machine).tiles.most_unspread_pixels;
    if (spreads && registers_needed(tile_of(best)) + best.at("tile_x") > machine.vector_registers) {
        best["unroll_ci"] = 1;
    }
    // What a tile reads of the filter and does not stay in the second-level cache until the next tile is fetched ahead.
    const auto taps = [](const Axis &axis) { return static_cast<double>(ceil_div(axis.kernel, axis.stride)); };
    const auto &[az, ay, ax] = tap_layer.layer.axes;
    const Layer &layer = tap_layer.layer;
    const double slice = bytes_of(taps(az) * taps(ay) * taps(ax) * static_cast<double>(layer.in_channels) *
                                      best.at("tile_co") * machine.lanes(layer.types.accumulate),
                                  layer.types.filter);
    best["prefetch"] = slice <= machine.l2_bytes * 3 / 4.0 ? 0 : kPrefetchDistance;
    return proposed;
}

}  // namespace tconv
