// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/column_rows/knobs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "generators/epilogue.h"
#include "generators/variants/cheapest_knobs.h"
#include "generators/variants/element_sizes.h"
#include "runtime/base/integers.h"
#include "schedules/column_rows.h"

namespace tconv {

namespace {

constexpr int64_t kMostStackBytes = 16 * 1024;
constexpr int64_t kMostTaps = 16;     // terms of an overlap-add, which are straight code
constexpr int64_t kMostPieces = 64;   // of a row
constexpr int64_t kFewChannels = 32;  // beyond, vectors of output channels waste next to nothing
constexpr int kEnoughUnrolled = 4;    // input channels a loop iteration
constexpr int kFewPixels = 6;         // of a tile

// Fitted to the times of benchmarks/layers.json on znver3 with AVX2 (benchmarks/results, 2026-11-22).
constexpr double kFittedCyclesPerTile = 20;  // loop control, and the sums' first and last latency

ColumnRowsCut cut_of(const Knobs &knobs) { return {knobs.at("fold"), knobs.at("phases_x"), knobs.at("pieces_x")}; }

ColumnRowsGeometry geometry_of(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const RegisterTile tile = column_tile(knobs);
    return ColumnRowsGeometry(layer, cut_of(knobs), tile.vectors * machine.lanes(layer.types.accumulate),
                              std::max(tile.pixels - 1, 1));
}

std::vector<int> fold_values(const Layer &layer) {
    const auto &[z, y, x] = layer.axes;
    std::vector<int> values = {0};
    if (folds(y) && y.stride > 1) values.push_back(1);
    if (folds(y) && folds(z) && z.stride > 1) values.push_back(2);
    return values;
}

// Whether the channels of a tile are unrolled: each pixel has an address, and the loads are moved up, some of them into
// registers.
bool unrolls(int vectors, int pixels, const Machine &machine) {
    return pixels <= kFewPixels || vectors * pixels + vectors + pixels <= machine.vector_registers;
}

// Every divisor of the stride that gives a task a rectangle of outputs.
std::vector<int> phase_values(const Layer &layer) {
    const Axis &x = layer.axes[kX];
    std::vector<int> values;
    for (int phases = 1; phases <= x.stride; phases++) {
        if (x.stride % phases == 0 && divides_phases(x, phases)) values.push_back(phases);
    }
    return values;
}

std::vector<int> piece_values(const Layer &layer) {
    const Axis &x = layer.axes[kX];
    const int64_t windows = ceil_div(x.output + x.pad_before % x.stride, x.stride);
    std::vector<int> values;
    for (const int pieces : {1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64}) {
        if (pieces == 1 || pieces <= windows) values.push_back(pieces);
    }
    return values;
}

std::string stack_problem(const ColumnRowsSpec &spec, const Knobs &knobs) {
    const int64_t bytes = spec.stack_elements() * element_bytes(spec.dtype);
    if (bytes <= kMostStackBytes) return "";
    return "pieces_x = " + std::to_string(knobs.at("pieces_x")) + ": a task would keep " + std::to_string(bytes) +
           " bytes on the stack, at most " + std::to_string(kMostStackBytes) + " are allowed";
}

std::string register_problem(const Knobs &knobs, const Machine &machine) {
    const std::string shortage = register_shortage(registers_needed(column_tile(knobs)), machine);
    if (shortage.empty()) return "";
    return "tile_lanes = " + std::to_string(knobs.at("tile_lanes")) +
           ", tile_x = " + std::to_string(knobs.at("tile_x")) + ": " + shortage;
}

// What the cost of a layer needs of the rows of y and z, for one value of `fold`.
struct RowWork {
    double taps = 0, tasks = 0, outputs = 0;
};

RowWork row_work(const Layer &layer, const ColumnRowsGeometry &geometry) {
    const auto product = [](int64_t a, int64_t b) { return static_cast<double>(a) * static_cast<double>(b); };
    return {product(geometry.row_taps(0), geometry.row_taps(1)), product(geometry.row_tasks(0), geometry.row_tasks(1)),
            product(layer.axes[0].output, layer.axes[1].output)};
}

// Cycles of arithmetic in all tasks of one batch entry, with the reads of the packed filter that it waits for.
double product_cycles(const Layer &layer, const Machine &machine, const RegisterTile &tile,
                      const ColumnRowsGeometry &geometry, const RowWork &rows) {
    const ColumnRowsSpec &spec = geometry.spec();
    const double blocks = static_cast<double>(ceil_div(spec.lanes, int64_t{spec.block}));
    const auto column_tasks = static_cast<double>(std::max<int64_t>(geometry.column_tasks(), 1));
    const double tiles = column_tasks * std::ceil(static_cast<double>(geometry.columns()) / column_tasks / tile.pixels);
    const double row_taps = rows.taps / std::max(rows.tasks, 1.0);
    const double row_bytes = bytes_of(spec.block, layer.types.filter);
    const double slice = row_bytes * static_cast<double>(layer.in_channels) * row_taps;
    const double bytes_per_cycle = slice <= machine.l1_bytes / 2 ? std::numeric_limits<double>::infinity()
                                   : slice * blocks <= machine.l2_bytes * 3 / 4 ? machine.rates.l2
                                                                                : machine.rates.l3;
    const double step = std::max(cycles_per_channel(tile, machine), row_bytes / bytes_per_cycle);
    return tiles * blocks *
           (step * rows.taps * static_cast<double>(layer.in_channels) +
            rows.tasks * (kFittedCyclesPerTile + 2.0 * tile.vectors * tile.pixels));
}

// Cycles to add up the columns and to store the cells.
double overlap_cycles(const Machine &machine, const ColumnRowsGeometry &geometry, const RowWork &rows) {
    const ColumnRowsSpec &spec = geometry.spec();
    const int lanes = machine.lanes(spec.dtype);
    const double vectors = static_cast<double>(ceil_div(spec.window, int64_t{lanes}));
    const double narrow = spec.window < lanes ? 2 : 1;
    const double windows = static_cast<double>(geometry.windows());
    const double stores = windows * static_cast<double>(spec.window) / lanes;
    return rows.outputs * (windows * (2 + vectors * narrow * (1.0 + static_cast<double>(spec.taps))) + 2 * stores);
}

// Cycles for the input, which every row of tasks along x reads again from beyond the second-level cache if it is larger, and
// for an output that no cache holds, whose lines are read before they are written.
double traffic_cycles(const Layer &layer, const Machine &machine, const ColumnRowsGeometry &geometry) {
    const auto &[z, y, x] = layer.axes;
    const double row_bytes = bytes_of(static_cast<double>(x.input * layer.in_channels), layer.types.input);
    const double image_bytes = row_bytes * static_cast<double>(y.input * z.input);
    const double cells = static_cast<double>(geometry.spec().window) / static_cast<double>(layer.out_channels);
    const double chunks = static_cast<double>(x.stride) / cells;
    const double passes = image_bytes <= machine.l2_bytes / 2.0 ? 1 : chunks;
    const double output_bytes = bytes_of(static_cast<double>(layer.output_elements()), layer.types.output) /
                                static_cast<double>(std::max<int64_t>(layer.batch, 1));
    const bool is_cached = image_bytes + output_bytes <= std::max<int64_t>(machine.l2_bytes, machine.l3_bytes);
    const double lines = is_cached ? 0 : 2 * output_bytes / machine.outer_rate(output_bytes);
    return passes * image_bytes / (is_cached ? machine.rates.l3 : machine.outer_rate(image_bytes)) + lines;
}

double cost(const Layer &layer, const Machine &machine, const Knobs &knobs, const ColumnRowsGeometry &geometry,
            const RowWork &rows) {
    const double cycles = product_cycles(layer, machine, column_tile(knobs), geometry, rows) +
                          overlap_cycles(machine, geometry, rows) + traffic_cycles(layer, machine, geometry) +
                          machine.call_cycles * rows.tasks * static_cast<double>(geometry.column_tasks());
    return cycles * static_cast<double>(std::max<int64_t>(layer.batch, 1)) +
           long_epilogue_cycles(layer, machine.lanes(layer.types.accumulate));
}

}  // namespace

std::vector<KnobSpec> column_rows_knob_space(const Layer &layer, const Machine &machine) {
    std::vector<int> unroll;
    for (int factor : {1, 2, 3, 4, 8}) {
        if (layer.in_channels % factor == 0) unroll.push_back(factor);
    }
    const int most_pixels = machine.vector_registers / 2 + machine.vector_registers % 2 + 6;
    return {
        {"tile_lanes", count_to(4), "vectors of lanes summed at once; also the block of the packed filter"},
        {"tile_x", count_to(std::min<int64_t>(most_pixels, layer.axes[kX].input)), "input columns summed at once"},
        {"unroll_ci", unroll, "input channels a loop iteration; larger saves loop control, costs code"},
        {"fold", fold_values(layer), "row axes, y first, whose phases are lanes too: fuller vectors for few channels"},
        {"phases_x", phase_values(layer),
         "x phases of a task; fewer keep fewer lanes and less of the filter, more read the input once"},
        {"pieces_x", piece_values(layer),
         "tasks that a row is cut into; more keep less on the stack, and sum some columns twice"},
        {"prefetch", {0, 1, 2, 4}, "tiles that the input is fetched ahead; 0: not at all"},
        {"order",
         {kTileOuter, kBlockOuter},
         "0: columns stay in the cache while the filter passes, 1: a filter block stays"},
    };
}

std::string column_rows_check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    if (const std::string problem = space_problem("column_rows", column_rows_knob_space(layer, machine), knobs);
        !problem.empty()) {
        return problem;
    }
    const std::string registers = register_problem(knobs, machine);
    return registers.empty() ? stack_problem(geometry_of(layer, machine, knobs).spec(), knobs) : registers;
}

ColumnRowsGeometry column_rows_geometry(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return geometry_of(layer, machine, knobs);
}

double column_rows_cycles(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const ColumnRowsGeometry geometry = geometry_of(layer, machine, knobs);
    return cost(layer, machine, knobs, geometry, row_work(layer, geometry));
}

namespace {

// Offers the valid knobs for one cut of the outer axes.
void offer_cut(const Layer &layer, const Machine &machine, const std::vector<KnobSpec> &space, int fold,
               CheapestKnobs &cheapest) {
    const RowWork rows =
        row_work(layer, ColumnRowsGeometry(layer, {fold, static_cast<int>(layer.axes[kX].stride), 1}, 1, 1));
    // A loop of a few multiply-adds is too short for its own control. Rows that come from beyond the second-level cache
    // are fetched ahead.
    int unrolled = 1;
    for (const int factor : values_of(space, "unroll_ci"))
        unrolled = factor <= kEnoughUnrolled ? std::max(unrolled, factor) : unrolled;
    const double input_bytes = bytes_of(static_cast<double>(layer.input_elements()), layer.types.input);
    const int prefetch = input_bytes > machine.l2_bytes / 2.0 ? 1 : 0;
    for (int vectors : values_of(space, "tile_lanes")) {
        for (int pixels : values_of(space, "tile_x")) {
            if (pixels >= machine.address_registers) break;  // each pixel has an address
            for (int phases : values_of(space, "phases_x")) {
                for (int pieces : values_of(space, "pieces_x")) {
                    const Knobs knobs = {{"tile_lanes", vectors},
                                         {"tile_x", pixels},
                                         {"unroll_ci", unrolls(vectors, pixels, machine) ? unrolled : 1},
                                         {"fold", fold},
                                         {"phases_x", phases},
                                         {"pieces_x", pieces},
                                         {"prefetch", prefetch},
                                         {"order", kTileOuter}};
                    if (!register_problem(knobs, machine).empty()) continue;
                    const ColumnRowsGeometry geometry = geometry_of(layer, machine, knobs);
                    if (!stack_problem(geometry.spec(), knobs).empty()) continue;
                    cheapest.offer(knobs, cost(layer, machine, knobs, geometry, rows));
                    break;
                }
            }
        }
    }
}

}  // namespace

Proposed column_rows_search(const Layer &layer, const Machine &machine) {
    const std::vector<KnobSpec> space = column_rows_knob_space(layer, machine);
    CheapestKnobs cheapest(layer, nullptr);
    for (int fold : values_of(space, "fold")) {
        offer_cut(layer, machine, space, fold, cheapest);
    }
    return cheapest.proposed("row of columns within the stack");
}

std::string column_rows_obstacle(const Layer &layer, const Machine &) {
    constexpr int64_t most_rows = int64_t{1} << 20, most_stride = int64_t{1} << 12, most_lanes = int64_t{1} << 12;
    const Axis &x = layer.axes[kX];
    if (layer.layout != Layout::kChannelsLast) return "the layer is channels_first";
    if (layer.out_channels > kFewChannels) return "more than " + std::to_string(kFewChannels) + " output channels";
    if (x.dilation > 1 && x.stride > 1) return "x has a stride and a dilation";
    if (x.kernel < x.stride) return "the kernel along x is below the stride";
    if (ceil_div(x.kernel, x.stride) > kMostTaps)
        return "more than " + std::to_string(kMostTaps) + " taps a phase of x";
    if (x.kernel > most_lanes / layer.out_channels) return "more than 4096 lanes";
    for (const Axis &axis : layer.axes) {
        if (axis.stride > most_stride) return "a stride above 4096";
        if (axis.output > most_rows) return "more than 1048576 rows of output";
    }
    return "";
}

}  // namespace tconv
