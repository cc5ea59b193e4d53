// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/planar/geometry.h"

#include <algorithm>

#include "generators/cache_line.h"
#include "generators/number.h"
#include "generators/variants/phase_tables.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

constexpr int64_t kRowBytes = 14 * 1024;  // of a call's row on the stack
constexpr int64_t kMostTilesOfPlanes = 4;

// Phases with the same number of taps lie side by side where dilation is 1 or there is one phase.
std::vector<PlanarRowsSpec::PhaseRun> phase_runs(const Axis &axis) {
    std::vector<PlanarRowsSpec::PhaseRun> runs;
    for (const Phase &phase : phases(axis)) {
        if (runs.empty() || runs.back().taps != phase.taps) {
            runs.push_back({0, number(phase.taps)});
        }
        runs.back().phases++;
    }
    return runs;
}

// An odd number of cache lines: the planes that a tile reads, a pitch apart, spread over all sets of the cache.
int64_t pitch_of(int64_t cells, DataType type) {
    const int64_t lines = ceil_div(cells, cache_line_elements(type));
    return (lines + (lines % 2 == 0 ? 1 : 0)) * cache_line_elements(type);
}

}  // namespace

PlanarTile planar_tile(const Knobs &knobs) {
    return {knobs.at("tile_x"), knobs.at("tile_rows"), knobs.at("tile_lanes")};
}

PlanarGeometry::PlanarGeometry(const Layer &layer, const Machine &machine, const Knobs &knobs)
    : tile(planar_tile(knobs)), runs(phase_runs(layer.axes[2])), in_channels(layer.in_channels) {
    const auto &[z, y, x] = layer.axes;
    const bool channels_last = layer.layout == Layout::kChannelsLast;
    for (int axis = 0; axis < 3; axis++) {
        step[axis] = phases(layer.axes[axis]).front().input_step;
    }
    for (const PlanarRowsSpec::PhaseRun &run : runs) {
        most_taps_x = std::max<int64_t>(most_taps_x, run.taps);
    }

    first_q_x = x.pad_before / x.stride;
    columns = (x.output - 1 + x.pad_before) / x.stride - first_q_x + 1;
    halo = std::max<int64_t>(most_taps_x - 1, 0) * step[2];
    const int64_t inner = channels_last ? layer.out_channels : 1;
    interleaved = x.stride * inner;
    first_cell = x.pad_before % x.stride * inner;
    cells = x.output * inner;

    const int64_t tile_columns = tile.vectors * machine.lanes(layer.types.accumulate),
                  all_columns = round_up(columns, tile_columns);
    const int64_t column_cells = interleaved * tile.rows;
    const int64_t row_cells = kRowBytes / element_bytes(layer.types.accumulate);
    if (!channels_last) {
        const int64_t together = std::max(1, tile.lanes / runs.front().phases);
        const int64_t room = row_cells / (column_cells * all_columns * together);
        channel_block = std::min(layer.out_channels, together * std::clamp<int64_t>(room, 1, kMostTilesOfPlanes));
    }
    channel_blocks = channels_last ? 1 : ceil_div(layer.out_channels, channel_block);
    const int64_t most_columns = row_cells / (column_cells * channel_block) / tile_columns * tile_columns;
    chunk = std::min(all_columns, most_columns);
    pitch = pitch_of(halo + all_columns, layer.types.accumulate);
    image.begin = std::clamp<int64_t>(halo - first_q_x, 0, pitch);
    image.end = std::clamp<int64_t>(halo - first_q_x + x.input, image.begin, pitch);

    first_q_y = y.pad_before / y.stride;
    row_count = (y.output - 1 + y.pad_before) / y.stride - first_q_y + 1;
    int64_t highest_offset = 0;
    for (const Phase &phase : phases(y)) {
        if (phase.taps > 0) {
            lowest_offset = std::min(lowest_offset, phase.input_offset - (phase.taps - 1) * phase.input_step);
            highest_offset = std::max(highest_offset, phase.input_offset);
        }
    }
    band = std::min<int64_t>(knobs.at("band") * tile.rows, round_up(row_count, tile.rows));
    bands = ceil_div(row_count, band);
    rows = band + highest_offset - lowest_offset;
    planes = z.input;
}

PlanarPhaseTable planar_phase_table(const FilterLayout &by_phase, const Axis &axis) {
    const std::vector<Phase> live = live_phases(axis);
    Table table(static_cast<int64_t>(live.size()));
    const auto column = [&](const char *name, const auto &value) { return table.add(name, live, value); };
    PlanarPhaseTable all;
    all.first_tap = column("first_tap", [&](const Phase &phase) { return by_phase.phase_position(kY, phase); });
    all.taps = column("taps", [](const Phase &phase) { return phase.taps; });
    all.offset = column("offset", [](const Phase &phase) { return phase.input_offset; });
    all.first_q = column("first_q", [](const Phase &phase) { return phase.first_q; });
    all.outputs = column("outputs", [](const Phase &phase) { return phase.outputs; });
    all.first_output = column("first_output", [](const Phase &phase) { return phase.first_output; });
    all.table = table;
    return all;
}

PlanarChunkTable planar_chunk_table(const PlanarGeometry &geometry) {
    std::vector<int64_t> min, count, first_cell;
    const int64_t end = geometry.first_cell + geometry.cells, chunks = ceil_div(geometry.columns, geometry.chunk);
    for (int64_t row = 0; row < chunks; row++) {
        const int64_t begin = row * geometry.chunk * geometry.interleaved;
        const int64_t skipped = row == 0 ? geometry.first_cell : 0;
        min.push_back(skipped);
        count.push_back(std::min(end - begin, geometry.chunk * geometry.interleaved) - skipped);
        first_cell.push_back(begin + skipped - geometry.first_cell);
    }
    PlanarChunkTable all{Table(chunks), {}, {}, {}, {}};
    all.first = all.table.add_progression("first", 0, geometry.chunk);
    all.min = all.table.add("min", min);
    all.count = all.table.add("count", count);
    all.first_cell = all.table.add("first_cell", first_cell);
    return all;
}

PlanarChannelTable planar_channel_table(const Layer &layer, const PlanarGeometry &geometry) {
    std::vector<int64_t> first, skip, count;
    for (int64_t row = 0; row < geometry.channel_blocks; row++) {
        const bool planes = layer.layout == Layout::kChannelsFirst;
        const int64_t start = row * geometry.channel_block;
        first.push_back(planes ? std::min(start, layer.out_channels - geometry.channel_block) : 0);
        skip.push_back(start - first.back());
        count.push_back(geometry.channel_block - skip.back());
    }
    PlanarChannelTable all{Table(geometry.channel_blocks), {}, {}, {}};
    all.first = all.table.add("first", first);
    all.skip = all.table.add("skip", skip);
    all.count = all.table.add("count", count);
    return all;
}

PlanarBandTable planar_band_table(const Layer &layer, const PlanarGeometry &geometry) {
    std::vector<int64_t> n, first;
    for (int64_t row = 0; row < layer.batch * geometry.bands; row++) {
        n.push_back(row / geometry.bands);
        first.push_back(geometry.first_q_y + row % geometry.bands * geometry.band);
    }
    PlanarBandTable all{Table(layer.batch * geometry.bands), {}, {}};
    all.n = all.table.add("n", n);
    all.first = all.table.add("first", first);
    return all;
}

FilterLayout planar_filter_layout(const Layer &layer, const FilterLayout &by_phase) {
    std::array<FilterAxis, 3> axes;
    for (int axis : {0, 1}) {
        const int64_t kernel = layer.axes[axis].kernel;
        axes[axis].positions = kernel;
        axes[axis].rows.resize(kernel);
        for (int64_t k = 0; k < kernel; k++) {
            axes[axis].rows[by_phase.position(axis, k)] = {k, {1.0}};
        }
    }
    const std::vector<Phase> columns = phases(layer.axes[2]);
    FilterAxis &x = axes[2];
    x.lane_sets = static_cast<int64_t>(columns.size());
    x.positions = 0;
    for (const Phase &phase : columns) {
        x.positions = std::max(x.positions, phase.taps);
    }
    for (int64_t position = 0; position < x.positions; position++) {
        for (const Phase &phase : columns) {
            const bool exists = position < phase.taps;
            x.rows.push_back({exists ? phase.first_tap + position * phase.tap_step : 0,
                              exists ? std::vector<double>{1.0} : std::vector<double>{}});
        }
    }
    return FilterLayout(layer, number(x.lane_sets * layer.out_channels), axes);
}

}  // namespace tconv
