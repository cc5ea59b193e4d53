// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/taps/layer.h"

#include <algorithm>

#include "runtime/base/integers.h"
#include "schedules/register_tile.h"

namespace tconv {

namespace {

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
    TapTiling tiling;
    const std::vector<TapSpan> columns = tap_spans(ax, tap_margin(knobs) == Margin::kNone);
    tiling.columns = tap_layer.cells > 1 ? folded_pieces(tap_layer, columns, limits, machine)
                                         : column_pieces(columns, ax.stride, limits, machine);
    tiling.rows = chunks_of(tap_spans(ay, true), ay.stride, knobs.at("task_rows"), tile.rows);
    tiling.planes = chunks_of(tap_spans(az, true), az.stride, 1, 1);
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

std::optional<PaddedInput> padded_input(const Layer &layer, Margin margin) {
    PaddedInput padded{{}, layer.in_channels};
    bool needed = layer.layout == Layout::kChannelsFirst;
    for (int a : {kZ, kY, kX}) {
        const Axis &axis = layer.axes[a];
        Range range = input_range(axis);
        if (range.begin == range.end) {
            range = {0, 1};
        }
        if (margin == Margin::kAround || (margin == Margin::kColumns && a == kX)) {
            needed |= range.begin < 0 || range.end > axis.input;
        } else {
            range = {0, axis.input};
        }
        padded.range[a] = range;
    }
    return needed ? std::optional(padded) : std::nullopt;
}

Margin tap_margin(const Knobs &knobs) { return knobs.at("trim_x") == 1 ? Margin::kNone : Margin::kColumns; }

int64_t tap_workspace(const Layer &layer, const Knobs &knobs) {
    const std::optional<PaddedInput> padded = padded_input(layer, tap_margin(knobs));
    return padded ? layer.batch * padded->stride(kDimN) : 0;
}

std::string tap_tables_obstacle(const Layer &layer, int64_t packed_elements, Margin margin) {
    constexpr int64_t most_phases = int64_t{1} << 16, most_rows = int64_t{1} << 20,
                      most_elements = (int64_t{1} << 31) - 1;
    for (int axis = 0; axis < 3; axis++) {
        if (layer.axes[axis].stride > most_phases) return "more than 65536 phases along an axis";
        if (axis != kX && layer.axes[axis].output > most_rows) return "more than 1048576 rows of output";
    }
    if (packed_elements > most_elements) return "its packed filter has more than 2147483647 elements";
    const std::optional<PaddedInput> padded = padded_input(layer, margin);
    return padded && padded->elements(layer.batch) > static_cast<double>(most_elements)
               ? "its padded input has more than 2147483647 elements"
               : "";
}

}  // namespace tconv
