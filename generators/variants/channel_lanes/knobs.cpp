// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/channel_lanes/knobs.h"

#include <algorithm>
#include <numeric>

#include "generators/epilogue.h"
#include "generators/variants/channel_lanes/lanes.h"
#include "generators/variants/cheapest_knobs.h"
#include "generators/variants/element_sizes.h"
#include "generators/variants/tensor_traffic.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

constexpr int64_t kMostChannels = 4;
constexpr int64_t kMostRowBytes = 14 * 1024;  // on a kernel's stack
constexpr size_t kMostPieces = 24;            // each has code of its own
constexpr int64_t kMostPhases = int64_t{1} << 10, kMostRows = int64_t{1} << 20;
// Fitted to the times of benchmarks/layers.json on znver3 with AVX2 (benchmarks/results, 2026-11-22).
constexpr double kFittedCyclesPerTile = 12;  // what is left of the latency at a tile's end
constexpr double kFittedCyclesPerTotal = 3;  // one sum's lanes are added up and stored
constexpr double kFittedCyclesPerStoredVector = 2;
constexpr double kFittedCyclesPerLoop = 4,
                 kFittedCyclesPerLongLoop = 12;  // of a tap: the end of a long one is mispredicted
constexpr int64_t kLongLoop = 8;
constexpr int kMostBlockPixels = 16;
constexpr int kDefaultRows = 8, kDefaultPrefetch = 16;
constexpr double kManyImagesInCache = 4;  // second-level caches that an input fills before it is worth fetching ahead

// One vector of channels is added to each of some cells; then all of their lanes are added up together.
double block_cycles(const Layer &layer, const Machine &machine, const ChannelLanesTile &tile) {
    const auto &[z, y, x] = layer.axes;
    const int64_t rest = layer.in_channels % tile.lanes > 0 ? 3 : 0;  // parts of vectors are put together
    const int together = channel_blocks_together(machine, layer.types.accumulate);
    const double rows = static_cast<double>(y.output), tiles = static_cast<double>(ceil_div(x.input, tile.pixels));
    const double rounds = static_cast<double>(tile.pixels * x.stride * layer.out_channels) / together;
    const double steps =
        static_cast<double>(layer.in_channels / tile.lanes + rest) * static_cast<double>(useful_taps(z));
    const double round_cycles =
        steps * std::max(together / machine.fma_per_cycle, static_cast<double>(machine.fma_latency)) +
        kFittedCyclesPerTotal / 2 * together * static_cast<double>(z.output);
    return rows * tiles * (kFittedCyclesPerTile + rounds * round_cycles);
}

std::vector<int> lane_counts(const Layer &layer, const Machine &machine) {
    std::vector<int> counts;
    for (int lanes = 4; lanes <= machine.lanes(layer.types.accumulate) && lanes <= layer.in_channels; lanes *= 2) {
        counts.push_back(lanes);
    }
    return counts;
}

// Pixels whose cells in one row of output fill whole vectors.
int64_t block_pixels(const Layer &layer, const Machine &machine) {
    const int64_t cells = layer.axes[2].stride * layer.out_channels;
    const int64_t together = channel_blocks_together(machine, layer.types.accumulate);
    return together / std::gcd(cells, together);
}

std::string tile_problem(const Layer &layer, const Machine &machine, const ChannelLanesTile &tile) {
    const std::string given =
        "tile_x = " + std::to_string(tile.pixels) + ", lanes = " + std::to_string(tile.lanes) + ": ";
    if (makes_blocks(layer, machine)) {
        return "";
    }
    if (const std::string shortage = register_shortage(registers_needed(tile), machine); !shortage.empty()) {
        return given + shortage;
    }
    const size_t pieces = channel_lanes_pieces(layer.axes[2], tile.pixels).size();
    return pieces > kMostPieces ? given + "a row comes to " + std::to_string(pieces) + " pieces, at most " +
                                      std::to_string(kMostPieces) + " are compiled"
                                : "";
}

// Of one row of output, for one row of taps of y.
double row_cycles(const Layer &layer, const Machine &machine, const ChannelLanesTile &tile, double row_taps,
                  double rows) {
    const int64_t vectors = layer.in_channels / tile.lanes;
    const int64_t rest = layer.in_channels % tile.lanes > 0 ? 3 : 0;  // parts of vectors are put together
    double cycles = 0;
    for (const ChannelLanesPiece &piece : channel_lanes_pieces(layer.axes[2], tile.pixels)) {
        if (piece.phase.taps == 0) {
            continue;
        }
        const ChannelLanesTile real{static_cast<int>(piece.pixels), tile.channels, tile.lanes, 0};
        const double steps = static_cast<double>((vectors + rest) * piece.phase.taps);
        const double loops = (vectors > kLongLoop ? kFittedCyclesPerLongLoop : kFittedCyclesPerLoop) *
                             static_cast<double>(piece.phase.taps);
        cycles += static_cast<double>(piece.tiles) *
                  (row_taps * (steps * cycles_per_vector(real, machine) + loops) +
                   rows * (kFittedCyclesPerTile + kFittedCyclesPerTotal * real.pixels * real.channels));
    }
    return cycles;
}

}  // namespace

bool makes_blocks(const Layer &layer, const Machine &machine) {
    const auto disjoint = [](const Axis &axis) {
        return axis.kernel == axis.stride && axis.dilation == 1 && axis.pad_before == 0 &&
               axis.output == axis.input * axis.stride;
    };
    return disjoint(layer.axes[1]) && disjoint(layer.axes[2]) && layer.axes[2].input >= block_pixels(layer, machine);
}

ChannelLanesTile channel_lanes_tile(const Layer &layer, const Knobs &knobs) {
    return {knobs.at("tile_x"), static_cast<int>(layer.out_channels), knobs.at("lanes"), knobs.at("prefetch")};
}

std::string channel_lanes_obstacle(const Layer &layer, const Machine &machine) {
    if (layer.layout != Layout::kChannelsLast) return "the layer is channels_first";
    if (layer.out_channels > kMostChannels) return "more than " + std::to_string(kMostChannels) + " output channels";
    if (lane_counts(layer, machine).empty()) return "fewer input channels than the least vector";
    for (const Axis &axis : layer.axes) {
        if (axis.output == 0) return "its output has no cells";
        if (axis.stride > kMostPhases) return "more than 1024 phases along an axis";
        if (axis.output > kMostRows) return "more than 1048576 rows of output";
    }
    const int64_t most_cells = kMostRowBytes / element_bytes(layer.types.accumulate);
    return layer.axes[2].output * layer.out_channels <= most_cells
               ? ""
               : "a row has more than " + std::to_string(most_cells) + " cells";
}

std::vector<KnobSpec> channel_lanes_knob_space(const Layer &layer, const Machine &machine) {
    const int64_t registers = (machine.vector_registers - (layer.out_channels > 1 ? 1 : 0)) / layer.out_channels - 1;
    // Each pixel of a tile has an address.
    const int64_t pixels = std::min(
        {int64_t{registers}, int64_t{machine.address_registers}, ceil_div(layer.axes[2].output, layer.axes[2].stride)});
    std::vector<int> blocks;
    if (makes_blocks(layer, machine)) {
        const int step = static_cast<int>(block_pixels(layer, machine));
        for (int count = step; count <= layer.axes[2].input && count <= kMostBlockPixels; count += step) {
            blocks.push_back(count);
        }
    }
    return {
        {"tile_x", blocks.empty() ? count_to(pixels) : blocks,
         "outputs of a phase summed at once, or pixels that make a block each; larger reuses the filter more"},
        {"lanes", lane_counts(layer, machine), "input channels a vector"},
        {"prefetch", blocks.empty() ? std::vector<int>{0} : std::vector<int>{0, 4, 8, 16, 32},
         "tiles that the input is fetched ahead; 0: left to the processor"},
        {"task_rows", powers_of_two_to(1024),
         "output rows a task, of one phase of y; larger saves calls, smaller feeds more threads"},
    };
}

std::string channel_lanes_check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    if (const std::string problem = space_problem("channel_lanes", channel_lanes_knob_space(layer, machine), knobs);
        !problem.empty()) {
        return problem;
    }
    return tile_problem(layer, machine, channel_lanes_tile(layer, knobs));
}

double channel_lanes_cycles(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const auto &[z, y, x] = layer.axes;
    const ChannelLanesTile tile = channel_lanes_tile(layer, knobs);
    const double rows = static_cast<double>(y.output * z.output);
    const double row_taps = static_cast<double>(useful_taps(y)) * static_cast<double>(useful_taps(z));
    const double tasks = static_cast<double>(
        (ceil_div(y.output, knobs.at("task_rows") * y.stride) * std::min(y.stride, y.output) + 2) * z.output);
    const double vectors =
        rows * static_cast<double>(x.output * layer.out_channels) / machine.lanes(layer.types.accumulate);
    const double store = kFittedCyclesPerStoredVector + (is_long(layer.activation) ? kFittedCyclesPerLongEpilogue : 0);
    const double sums = makes_blocks(layer, machine) ? block_cycles(layer, machine, tile)
                                                     : row_cycles(layer, machine, tile, row_taps, rows);
    return static_cast<double>(std::max<int64_t>(layer.batch, 1)) *
           (sums + vectors * store + tasks * machine.call_cycles + tensor_cycles(layer, machine));
}

Proposed channel_lanes_search(const Layer &layer, const Machine &machine) {
    const std::vector<KnobSpec> space = channel_lanes_knob_space(layer, machine);
    const double bytes = bytes_of(static_cast<double>(layer.input_elements()), layer.types.input);
    const bool fetches = values_of(space, "prefetch").size() > 1;
    const int prefetch = fetches && bytes > kManyImagesInCache * machine.l2_bytes ? kDefaultPrefetch : 0;
    CheapestKnobs cheapest(layer, nullptr);
    for (int pixels : values_of(space, "tile_x")) {
        for (int lanes : values_of(space, "lanes")) {
            if (!tile_problem(layer, machine, {pixels, static_cast<int>(layer.out_channels), lanes, 0}).empty()) {
                continue;
            }
            const Knobs knobs = {
                {"tile_x", pixels}, {"lanes", lanes}, {"prefetch", prefetch}, {"task_rows", kDefaultRows}};
            cheapest.offer(knobs, channel_lanes_cycles(layer, machine, knobs));
        }
    }
    return cheapest.proposed("tile with few enough pieces of a row");
}

}  // namespace tconv
