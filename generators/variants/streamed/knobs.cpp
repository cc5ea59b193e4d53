// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/streamed/knobs.h"

#include <algorithm>
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

constexpr int kMostStackBytes = 12 * 1024;  // rows of a call
constexpr int kMostTileRows = 14;
constexpr int kChunkBytes = 8 * 1024;  // of the filter: a part of the first-level cache
constexpr int kAheadBytes = 8 * 1024;  // that the filter is fetched ahead
constexpr int64_t kMostTaps = 4096;    // rows of a table

// Fitted to the times of benchmarks/layers.json on znver3 with AVX2 (benchmarks/results, 2026-11-22).
constexpr double kFittedNotOverlapped = 0.12;  // of the shorter of arithmetic and reading
constexpr double kFittedCopy = 1.7;            // of the time that the rate gives for packed pixels and cells

// Cycles that a channel takes all rows of a tile. Sums that are just enough to hide a multiply-add's latency hide it in
// theory alone.
double tile_cycles(int vectors, int rows, const Machine &machine) {
    const double least = 1.25 * machine.fma_latency;
    return std::max(least, cycles_per_channel({vectors, rows, 1}, machine)) + 0.2;
}

int most_tile_rows(int vectors, const Machine &machine) {
    int rows = 1;
    while (rows < kMostTileRows && registers_needed({vectors, rows + 1, 1}) <= machine.vector_registers) {
        rows++;
    }
    return rows;
}

// A tile that leaves no room for rows that are loaded first spills.
int default_tile_rows(int vectors, const Machine &machine) {
    int rows = most_tile_rows(vectors, machine);
    if (family_for(machine).tiles.loads_rows_first) {
        while (rows > 1 && vectors * rows + vectors + rows + 1 > machine.vector_registers) {
            rows--;
        }
    }
    return rows;
}

int64_t pixels(const Layer &layer) { return layer.axes[0].input * layer.axes[1].input * layer.axes[2].input; }

int64_t most_rows(const Layer &layer, const Machine &machine, int vectors) {
    const DataType sums = layer.types.accumulate;
    return kMostStackBytes / element_bytes(sums) / (vectors * machine.lanes(sums)) - kMostTileRows;
}

// Of the filter, for one input channel of a block of output channels.
int64_t filter_row_bytes(const Layer &layer, const Machine &machine, int vectors) {
    return vectors * machine.lanes(layer.types.accumulate) * element_bytes(layer.types.filter);
}

// Divisors of the input channels that are multiples of the panel.
std::vector<int> chunk_values(const Layer &layer, int vectors, const Machine &machine) {
    const int panel = streamed_panel(layer), panels = static_cast<int>(layer.in_channels / panel);
    const int most = static_cast<int>(4 * kChunkBytes / filter_row_bytes(layer, machine, vectors)) / panel;
    std::vector<int> values;
    for (const int count : divisors_to(panels, most)) {
        values.push_back(count * panel);
    }
    return values;
}

// The largest whose filter is not above kChunkBytes.
int default_chunk(const Layer &layer, int vectors, const Machine &machine) {
    int chunk = 0;
    for (int value : chunk_values(layer, vectors, machine)) {
        if (chunk == 0 || value * filter_row_bytes(layer, machine, vectors) <= kChunkBytes) {
            chunk = value;
        }
    }
    return chunk;
}

int best_rows(int64_t rows, int most, int vectors, const Machine &machine) {
    int best = 1;
    double least = std::numeric_limits<double>::infinity();
    for (int count = most; count >= 1; count--) {
        const double cycles = static_cast<double>(ceil_div(rows, count)) * tile_cycles(vectors, count, machine);
        if (cycles < least) {
            least = cycles;
            best = count;
        }
    }
    return best;
}

// Of one batch entry.
double packed_pixels(const StreamedTables &tables) {
    double pixels = 0;
    for (const PixelRange &packing : tables.packings) {
        pixels += static_cast<double>(packing.pixels());
    }
    return pixels;
}

// The others follow from how many vectors of channels are summed at once.
Knobs knobs_of(const Layer &layer, const Machine &machine, int vectors, int rows) {
    const int64_t panel_bytes = streamed_panel(layer) * filter_row_bytes(layer, machine, vectors);
    int ahead = 4;
    while (ahead < 64 && ahead * panel_bytes < kAheadBytes) {
        ahead *= 2;
    }
    return {{"tile_co", vectors},
            {"tile_rows", rows},
            {"chunk", default_chunk(layer, vectors, machine)},
            {"prefetch", ahead}};
}

}  // namespace

int streamed_panel(const Layer &layer) { return std::gcd(static_cast<int>(layer.in_channels % 8), 8); }

int64_t streamed_batch_entries(const Layer &layer, const Machine &machine, int vectors) {
    return std::clamp<int64_t>(most_rows(layer, machine, vectors) / pixels(layer), 1,
                               std::max<int64_t>(layer.batch, 1));
}

StreamedKernels streamed_kernels(const Layer &layer, const StreamedTables &tables, const Machine &machine,
                                 const Knobs &knobs) {
    const int vectors = knobs.at("tile_co");
    const int64_t entries = streamed_batch_entries(layer, machine, vectors);
    StreamedKernels result;
    for (const LiveTap &tap : tables.taps) {
        const int64_t rows = tap.pixels.pixels() * entries;
        const int size = best_rows(rows, knobs.at("tile_rows"), vectors, machine);
        const int tiles = static_cast<int>(ceil_div(rows, size));
        const auto same = [size](const StreamedKernel &kernel) { return kernel.tile.rows == size; };
        auto kernel = std::find_if(result.kernels.begin(), result.kernels.end(), same);
        if (kernel == result.kernels.end()) {
            kernel = result.kernels.insert(kernel, {{vectors, size, knobs.at("prefetch")}, tiles, 1});
        }
        kernel->shares = std::min(kernel->shares, tiles);
        kernel->most_rows = std::max<int64_t>(kernel->most_rows, tiles * size);
        result.of_tap.push_back(static_cast<size_t>(kernel - result.kernels.begin()));
    }
    return result;
}

std::string streamed_obstacle(const Layer &layer, const Machine &machine) {
    constexpr double most_elements = 2147483647;
    double taps = 1, cells = 1, image = 1;
    for (const Axis &axis : layer.axes) {
        taps *= static_cast<double>(axis.kernel);
        cells *= static_cast<double>(axis.output);
        image *= static_cast<double>(axis.input);
    }
    if (taps > kMostTaps) return "more than " + std::to_string(kMostTaps) + " taps";
    if (image > static_cast<double>(most_rows(layer, machine, 1))) {
        return "more than " + std::to_string(most_rows(layer, machine, 1)) + " input cells";
    }
    const double batch = static_cast<double>(layer.batch), in = static_cast<double>(layer.in_channels);
    const double out = static_cast<double>(layer.out_channels + 4 * machine.lanes(layer.types.accumulate));
    const double scratch = batch * (packed_pixels(StreamedTables(layer)) * in + cells * out);
    if (taps * in * out > most_elements) return "its packed filter has more than 2147483647 elements";
    return scratch <= most_elements / 2 ? "" : "its workspace would have more than 1073741823 elements";
}

std::vector<KnobSpec> streamed_knob_space(const Layer &layer, const Machine &machine) {
    std::vector<int> vectors;
    const int64_t useful = std::min<int64_t>(4, ceil_div(layer.out_channels, machine.lanes(layer.types.accumulate)));
    for (int count = 1; count <= useful && (count == 1 || most_rows(layer, machine, count) >= pixels(layer)); count++) {
        vectors.push_back(count);
    }
    return {
        {"tile_co", vectors, "vectors of output channels summed at once; also the block of the packed filter"},
        {"tile_rows", count_to(most_tile_rows(1, machine)),
         "most pixels summed at once; taps get the size that suits their pixels"},
        {"chunk", chunk_values(layer, 1, machine), "input channels of the filter that stay in the first-level cache"},
        {"prefetch", {0, 4, 8, 16, 32, 64}, "panels of channels that the filter is fetched ahead"},
    };
}

std::string streamed_check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    if (const std::string problem = space_problem("streamed", streamed_knob_space(layer, machine), knobs);
        !problem.empty()) {
        return problem;
    }
    const int vectors = knobs.at("tile_co"), rows = knobs.at("tile_rows");
    const std::string shortage = register_shortage(registers_needed({vectors, rows, 1}), machine);
    if (shortage.empty()) {
        return "";
    }
    return "tile_co = " + std::to_string(vectors) + ", tile_rows = " + std::to_string(rows) + ": " + shortage;
}

Proposed streamed_search(const Layer &layer, const Machine &machine) {
    // A block of fewer vectors pads the cells' channels less, and a tile of fewer rows what is read behind the packed
    // pixels: little, but what decides where the workspace is at its limit. The largest that are allowed cost least.
    CheapestKnobs cheapest(layer, [&](const Knobs &knobs) { return streamed_workspace(layer, machine, knobs); });
    double rank = 0;
    for (int vectors = std::min(2, values_of(streamed_knob_space(layer, machine), "tile_co").back()); vectors >= 1;
         vectors--) {
        for (int rows = default_tile_rows(vectors, machine); rows >= 1; rows--) {
            cheapest.offer(knobs_of(layer, machine, vectors, rows), rank++);
        }
    }
    return cheapest.proposed("tile");
}

double streamed_cycles(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const StreamedTables tables(layer);
    const StreamedKernels kernels = streamed_kernels(layer, tables, machine, knobs);
    const int vectors = knobs.at("tile_co"), lanes = machine.lanes(layer.types.accumulate);
    const double channels = static_cast<double>(layer.in_channels), chunks = channels / knobs.at("chunk");
    const double blocks = static_cast<double>(ceil_div(layer.out_channels, vectors * lanes));
    const int64_t entries = streamed_batch_entries(layer, machine, vectors);
    const double calls = static_cast<double>(ceil_div(layer.batch, entries));
    const double tap_bytes = channels * static_cast<double>(filter_row_bytes(layer, machine, vectors));
    const double filter_bytes = tap_bytes * blocks * static_cast<double>(tables.taps.size());
    const double bandwidth = machine.outer_rate(filter_bytes);
    double cycles = 0;
    for (size_t tap = 0; tap < tables.taps.size(); tap++) {
        const StreamedTile &tile = kernels.kernels[kernels.of_tap[tap]].tile;
        const int64_t rows = tables.taps[tap].pixels.pixels() * entries;
        const double tiles = static_cast<double>(ceil_div(rows, tile.rows));
        const double arithmetic = calls * tiles * channels * tile_cycles(vectors, tile.rows, machine);
        const double sums = calls * tiles * chunks * (10 + 1.5 * vectors * tile.rows) +
                            calls * (machine.call_cycles + 3.0 * vectors * static_cast<double>(rows));
        const double reading = tap_bytes / bandwidth;
        cycles +=
            blocks * (std::max(arithmetic, reading) + kFittedNotOverlapped * std::min(arithmetic, reading) + sums);
    }
    const double packed =
        bytes_of(packed_pixels(tables) * static_cast<double>(layer.batch) * channels, layer.types.accumulate);
    const double output_bytes = bytes_of(static_cast<double>(layer.output_elements()), layer.types.output);
    return cycles + (packed + 3 * output_bytes) * kFittedCopy / machine.rates.l3 + long_epilogue_cycles(layer, lanes) +
           scattered_store_cycles(layer);
}

}  // namespace tconv
