// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/phase_tables.h"

#include <algorithm>
#include <limits>

#include "generators/number.h"
#include "runtime/base/integers.h"
#include "schedules/register_tile.h"

namespace tconv {

namespace {

// The most rows, a divisor of those that may be taken at once, of a tile of that width.
int tile_rows(int width, const TileLimits &limits) {
    for (int rows = limits.rows; rows > 1; rows--) {
        if (limits.rows % rows == 0 && rows * width <= limits.pixels) {
            return rows;
        }
    }
    return 1;
}

// `outputs` in tiles of `wide` and of `wide - 1`.
struct EvenTiles {
    EvenTiles(int64_t outputs, int64_t most)
        : tiles(ceil_div(outputs, most)),
          wide(static_cast<int>(ceil_div(outputs, tiles))),
          narrow_tiles(wide * tiles - outputs),
          wide_tiles(tiles - narrow_tiles) {}
    int64_t tiles;
    int wide;
    int64_t narrow_tiles, wide_tiles;
};

double cycles_per_row(const EvenTiles &even, const TileLimits &limits, const Machine &machine) {
    const int rows = tile_rows(even.wide, limits);
    const auto cycles = [&](int pixels) { return tile_cycles({limits.vectors, pixels, 1, rows}, machine) / rows; };
    return static_cast<double>(even.wide_tiles) * cycles(even.wide) +
           (even.narrow_tiles > 0 ? static_cast<double>(even.narrow_tiles) * cycles(even.wide - 1) : 0);
}

// The widest tiles among those that take the fewest cycles.
EvenTiles best_tiles(int64_t outputs, const TileLimits &limits, const Machine &machine) {
    const int widest = static_cast<int>(std::min<int64_t>(outputs, limits.pixels));
    EvenTiles best(outputs, widest);
    for (int most = widest - 1; most >= 1; most--) {
        const EvenTiles even(outputs, most);
        if (cycles_per_row(even, limits, machine) < cycles_per_row(best, limits, machine)) {
            best = even;
        }
    }
    return best;
}

}  // namespace

double tile_cycles(const RegisterTile &tile, const Machine &machine) {
    const bool hides_latency = tile.vectors * tile.outputs() > machine.fma_latency * machine.fma_per_cycle;
    return cycles_per_channel(tile, machine) * (hides_latency ? 1 : 1.125);
}

std::vector<Phase> live_phases(const Axis &axis) {
    std::vector<Phase> live = phases(axis);
    live.erase(std::remove_if(live.begin(), live.end(), [](const Phase &phase) { return phase.outputs == 0; }),
               live.end());
    return live;
}

std::vector<TapSpan> tap_spans(const Axis &axis, bool trim) {
    std::vector<TapSpan> spans;
    int64_t position = 0;
    for (const Phase &phase : phases(axis)) {
        std::vector<TapRun> runs;
        if (phase.outputs > 0) {
            runs = trim ? tap_runs(axis, phase) : std::vector<TapRun>{{0, phase.outputs, 0, phase.taps}};
        }
        for (const TapRun &run : runs) {
            const int64_t last_tap = run.tap_begin + run.taps - 1;
            const int64_t first_input = phase.first_q + run.first + phase.input_offset - last_tap * phase.input_step;
            spans.push_back({phase.first_output + axis.stride * run.first, run.outputs, run.taps > 0 ? first_input : 0,
                             position + run.tap_begin, run.taps, 1});
        }
        position += phase.taps;
    }
    return spans;
}

std::vector<TapSpan> chunks_of(const std::vector<TapSpan> &spans, int64_t stride, int64_t chunk, int rows) {
    std::vector<TapSpan> chunks;
    for (const TapSpan &span : spans) {
        const int64_t together = span.outputs - span.outputs % rows;
        const int64_t most = std::max<int64_t>(chunk - chunk % rows, rows);
        for (int64_t first = 0; first < span.outputs;) {
            TapSpan part = span;
            part.rows = first < together ? rows : 1;
            part.outputs = first < together ? std::min(most, together - first) : span.outputs - together;
            part.first_output += stride * first;
            part.first_input += span.taps > 0 ? first : 0;
            chunks.push_back(part);
            first += part.outputs;
        }
    }
    return chunks;
}

std::vector<ColumnPiece> column_pieces(const std::vector<TapSpan> &spans, int64_t stride, const TileLimits &limits,
                                       const Machine &machine) {
    std::vector<ColumnPiece> pieces;
    for (const TapSpan &span : spans) {
        const EvenTiles even = best_tiles(span.outputs, limits, machine);
        const int rows = tile_rows(even.wide, limits);
        int64_t first = 0;
        for (const auto &[tiles, pixels] :
             {std::pair(even.wide_tiles, even.wide), std::pair(even.narrow_tiles, even.wide - 1)}) {
            if (tiles == 0) {
                continue;
            }
            ColumnPiece piece{span, 1, pixels, rows};
            piece.span.outputs = tiles * pixels;
            piece.span.first_output += stride * first;
            piece.span.first_input += span.taps > 0 ? first : 0;
            pieces.push_back(piece);
            first += piece.span.outputs;
        }
    }
    return pieces;
}

SpanTable span_table(const std::vector<TapSpan> &spans, int64_t origin, int64_t taps_of_none) {
    Table table(static_cast<int64_t>(spans.size()));
    const auto column = [&](const char *name, const auto &value) { return table.add(name, spans, value); };
    const Column first_output = column("first_output", [](const TapSpan &span) { return span.first_output; });
    const Column outputs = column("outputs", [](const TapSpan &span) { return span.outputs; });
    const Column first_input =
        column("first_input", [=](const TapSpan &span) { return span.taps > 0 ? span.first_input - origin : 0; });
    const Column first_tap = column("first_tap", [](const TapSpan &span) { return span.first_tap; });
    const Column taps = column("taps", [=](const TapSpan &span) { return span.taps > 0 ? span.taps : taps_of_none; });
    return {table, first_output, outputs, first_input, first_tap, taps};
}

std::array<int64_t, 3> input_steps(const Layer &layer) {
    std::array<int64_t, 3> steps{};
    for (int axis : {kZ, kY, kX}) {
        steps[axis] = phases(layer.axes[axis]).front().input_step;
    }
    return steps;
}

void add_window(View &view, const SpanTable &row, int64_t step, const Index &stride) {
    const Index reach = number(step) * max(row.taps - 1, 0);
    view.offset += wide(row.first_input) * stride;
    view.dims.push_back({-reach, row.outputs + reach, stride});
}

void add_taps(View &view, const Index &first_tap, const Index &taps, int64_t stride) {
    view.offset += elements(first_tap, stride);
    view.dims.push_back({0, taps, number(stride)});
}

}  // namespace tconv
