// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/taps/layer.h"

#include <algorithm>
#include <limits>

#include "runtime/base/integers.h"
#include "schedules/register_tile.h"

namespace tconv {

namespace {

constexpr int64_t kUnbounded = std::numeric_limits<int32_t>::max();

// One piece for each phase: threads of a GPU find their tiles themselves.
std::vector<ColumnPiece> whole_spans(const std::vector<TapSpan> &spans, int pixels) {
    std::vector<ColumnPiece> pieces;
    for (const TapSpan &span : spans) {
        pieces.push_back({span, 1, pixels, 1});
    }
    return pieces;
}

// The last column is a piece of its own where it stands for fewer cells than the others.
std::vector<ColumnPiece> folded_pieces(const TapLayer &tap_layer, std::vector<TapSpan> spans, const TileLimits &limits,
                                       const Machine &machine) {
    std::vector<ColumnPiece> last;
    if (tap_layer.last_cells < tap_layer.cells) {
        TapSpan &end = spans.back();
        TapSpan column = end;
        column.first_output += end.outputs - 1;
        column.first_input += end.taps > 0 ? end.outputs - 1 : 0;
        column.outputs = 1;
        last.push_back({column, tap_layer.last_cells, 1, 1});
        if (--end.outputs == 0) {
            spans.pop_back();
        }
    }
    std::vector<ColumnPiece> pieces = column_pieces(spans, 1, limits, machine);
    for (ColumnPiece &piece : pieces) {
        piece.cells = tap_layer.cells;
    }
    pieces.insert(pieces.end(), last.begin(), last.end());
    return pieces;
}

}  // namespace

TapTiling tap_tiling(const TapLayer &tap_layer, const Machine &machine, const Knobs &knobs) {
    const auto &[az, ay, ax] = tap_layer.layer.axes;
    const RegisterTile tile = tile_of(knobs);
    const TileLimits limits{tile.vectors, tile.pixels, tile.rows};
    const bool trim_x = knobs.at("trim_x") == 1, trim = !machine.is_gpu;
    TapTiling tiling;
    const std::vector<TapSpan> columns = tap_spans(ax, trim_x);
    tiling.columns = machine.is_gpu        ? whole_spans(columns, tile.pixels)
                     : tap_layer.cells > 1 ? folded_pieces(tap_layer, columns, limits, machine)
                                           : column_pieces(columns, ax.stride, limits, machine);
    tiling.rows = chunks_of(tap_spans(ay, trim), ay.stride, trim ? knobs.at("task_rows") : kUnbounded, tile.rows);
    tiling.planes = chunks_of(tap_spans(az, trim), az.stride, trim ? 1 : kUnbounded, 1);
    if (knobs.at("order") == kInputOuter) {
        for (std::vector<TapSpan> *spans : {&tiling.rows, &tiling.planes}) {
            std::stable_sort(spans->begin(), spans->end(),
                             [](const TapSpan &a, const TapSpan &b) { return a.first_input < b.first_input; });
        }
    }
    return tiling;
}

double PaddedInput::elements(int64_t batch) const {
    double count = static_cast<double>(batch * channels);
    for (int axis : {kZ, kY, kX}) {
        count *= static_cast<double>(extent(axis));
    }
    return count;
}

int64_t PaddedInput::stride(CanonicalDim dim) const {
    int64_t stride = 1;
    for (int d = kDimC; d < dim; d++) {
        stride *= d == kDimC ? channels : extent(kX - (d - kDimX));
    }
    return stride;
}

std::optional<PaddedInput> padded_input(const Layer &layer, const Machine &machine, bool trim) {
    PaddedInput padded{{}, layer.in_channels};
    bool needed = layer.layout == Layout::kChannelsFirst;
    for (int a : {kZ, kY, kX}) {
        const Axis &axis = layer.axes[a];
        Range range = input_range(axis);
        if (range.begin == range.end) {
            range = {0, 1};
        }
        if (!machine.is_gpu && (a != kX || trim)) {
            range = {0, axis.input};
        } else {
            needed |= range.begin < 0 || range.end > axis.input;
        }
        padded.range[a] = range;
    }
    return needed ? std::optional(padded) : std::nullopt;
}

int64_t tap_workspace(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const std::optional<PaddedInput> padded = padded_input(layer, machine, knobs.at("trim_x") == 1);
    return padded ? layer.batch * padded->stride(kDimN) : 0;
}

Table block_table(const FilterLayout &layout) {
    Table table;
    table.rows = layout.blocks();
    table.add_progression("block", 0, 1);
    table.add_progression("first", 0, layout.block());
    std::vector<int64_t> counts(layout.blocks(), layout.block());
    counts.back() = layout.lanes() - (layout.blocks() - 1) * layout.block();
    table.add_column("count", counts);
    return table;
}

}  // namespace tconv
