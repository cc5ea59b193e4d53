// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/column_rows/geometry.h"

#include <algorithm>

#include "runtime/base/integers.h"

namespace tconv {

bool folds(const Axis &axis) { return axis.kernel % axis.stride == 0 && axis.dilation == 1; }

bool divides_phases(const Axis &axis, int phases) {
    const bool divides = axis.stride % phases == 0 && axis.pad_before % phases == 0;
    return phases == axis.stride || (divides && folds(axis) && (axis.output + axis.pad_before) % phases == 0);
}

ColumnRowsGeometry::ColumnRowsGeometry(const Layer &layer, const ColumnRowsCut &cut, int block, int64_t least_columns)
    : layer_(layer), cut_(cut) {
    const Axis &x = layer.axes[kX];
    const auto row_phases = [&](int axis) { return folded(axis) ? layer.axes[axis].stride : 1; };
    spec_.in_channels = layer.in_channels;
    spec_.out_channels = layer.out_channels;
    spec_.block = block;
    spec_.taps = ceil_div(x.kernel, x.stride);
    spec_.step = x.stride == 1 ? x.dilation : 1;
    spec_.window = cut.phases * layer.out_channels;
    spec_.phase_lanes = whole_stride() ? x.kernel * layer.out_channels : spec_.taps * spec_.window;
    spec_.row_phases = row_phases(1);
    spec_.lanes = spec_.phase_lanes * row_phases(1) * row_phases(0);
    spec_.bias = layer.bias;
    spec_.activation = layer.activation;
    spec_.dtype = layer.types.accumulate;
    for (int64_t chunk = 0; chunk < x.stride / cut.phases; chunk++) {
        add_pieces(chunk, least_columns);
    }
    for (size_t i = 0; i < pieces_.size(); i++) {
        const Piece &piece = pieces_[i];
        const int64_t windows = whole_stride() ? ceil_div(piece.first_cell + piece.cells, x.stride) : piece.windows;
        const int64_t cells = piece.cells * layer.out_channels;
        spec_.most_columns = std::max(spec_.most_columns, piece.columns);
        spec_.most_windows = std::max(spec_.most_windows, windows);
        spec_.least_windows = i == 0 ? windows : std::min(spec_.least_windows, windows);
        spec_.least_cells = i == 0 ? cells : std::min(spec_.least_cells, cells);
        total_columns_ += piece.columns;
        total_windows_ += windows;
    }
}

FilterAxis ColumnRowsGeometry::filter_axis(int index) const {
    const Axis &axis = layer_.axes[index];
    FilterAxis packed;
    if (index == kX) {
        packed.positions = axis.stride / cut_.phases;
        packed.lane_sets = spec_.phase_lanes / layer_.out_channels;
        for (int64_t chunk = 0; chunk < packed.positions; chunk++) {
            for (int64_t set = 0; set < packed.lane_sets; set++) {
                const int64_t tap = set / cut_.phases, phase = set % cut_.phases;
                packed.rows.push_back({chunk * cut_.phases + phase + tap * axis.stride, {1.0}});
            }
        }
    } else if (folded(index)) {
        packed.positions = axis.kernel / axis.stride;
        packed.lane_sets = axis.stride;
        for (int64_t k = 0; k < axis.kernel; k++) {
            packed.rows.push_back({k, {1.0}});
        }
    } else {
        packed.positions = axis.kernel;
        for (const Phase &phase : phases(axis)) {
            for (int64_t tap = 0; tap < phase.taps; tap++) {
                packed.rows.push_back({phase.first_tap + tap * phase.tap_step, {1.0}});
            }
        }
    }
    return packed;
}

FilterLayout ColumnRowsGeometry::filter_layout() const {
    return FilterLayout(layer_, spec_.block, {filter_axis(0), filter_axis(1), filter_axis(2)});
}

int64_t ColumnRowsGeometry::row_step(int axis) const {
    return folded(axis) ? 1 : phases(layer_.axes[axis]).front().input_step;
}

std::vector<ColumnRowsGeometry::Rows> ColumnRowsGeometry::folded_rows(const Axis &axis) const {
    std::vector<Rows> rows;
    const int64_t taps = axis.kernel / axis.stride;
    for (int64_t q = axis.pad_before / axis.stride; q * axis.stride < axis.output + axis.pad_before; q++) {
        const int64_t start = q * axis.stride - axis.pad_before;
        const int64_t first = std::max<int64_t>(start, 0), end = std::min(start + axis.stride, axis.output);
        const int64_t begin = std::max<int64_t>(0, q - axis.input + 1),
                      inside = std::max<int64_t>(0, std::min(taps, q + 1) - begin);
        rows.push_back({first, first - start, end - first, inside > 0 ? q - begin : 0, inside, inside > 0 ? begin : 0});
    }
    return rows;
}

std::vector<ColumnRowsGeometry::Rows> ColumnRowsGeometry::single_rows(const Axis &axis) const {
    const std::vector<Phase> all = phases(axis);
    std::vector<int64_t> positions;
    int64_t next = 0;
    for (const Phase &phase : all) {
        positions.push_back(next);
        next += phase.taps;
    }
    std::vector<Rows> rows;
    for (int64_t output = 0; output < axis.output; output++) {
        const int64_t full = output + axis.pad_before, q = full / axis.stride;
        const Phase &phase = all[full % axis.stride];
        const Range inside = taps_inside(axis, phase, q);
        const int64_t taps = inside.end - inside.begin;
        rows.push_back({output, 0, 1, taps > 0 ? q + phase.input_offset - inside.begin * phase.input_step : 0, taps,
                        taps > 0 ? positions[phase.phase] + inside.begin : 0});
    }
    return rows;
}

RowTaskTable ColumnRowsGeometry::row_table(int axis) const {
    const std::vector<Rows> all = rows(axis);
    Table table(static_cast<int64_t>(all.size()));
    const auto column = [&](const char *name, int64_t Rows::*member) {
        return table.add(name, all, [=](const Rows &row) { return row.*member; });
    };
    RowTaskTable tasks;
    tasks.first_output = column("first_output", &Rows::first_output);
    tasks.first_phase = column("first_phase", &Rows::first_phase);
    tasks.phases = column("phases", &Rows::phases);
    tasks.first_input = column("first_input", &Rows::first_input);
    tasks.taps = column("taps", &Rows::taps);
    tasks.position = column("position", &Rows::position);
    tasks.table = table;
    return tasks;
}

int64_t ColumnRowsGeometry::row_taps(int axis) const {
    int64_t taps = 0;
    for (const Rows &row : rows(axis)) {
        taps += row.taps;
    }
    return taps;
}

int64_t ColumnRowsGeometry::row_tasks(int axis) const { return static_cast<int64_t>(rows(axis).size()); }

Range ColumnRowsGeometry::windows_of(int64_t chunk) const {
    const Axis &x = layer_.axes[kX];
    if (x.output == 0) {
        return {};
    }
    // Of the chunk's first phase. The others begin and end with the same window, or all of the stride is one chunk and
    // the first and last window may be incomplete.
    const int64_t offset = whole_stride() ? x.stride - 1 : 0, phase = chunk * cut_.phases;
    return {ceil_div(x.pad_before - phase - offset, x.stride), ceil_div(x.output + x.pad_before - phase, x.stride)};
}

ColumnRowsGeometry::Piece ColumnRowsGeometry::piece(int64_t chunk, Range windows, int64_t least_columns) const {
    const Axis &x = layer_.axes[kX];
    Piece piece{};
    piece.position = chunk;
    const int64_t first = std::max<int64_t>(0, windows.begin - (spec_.taps - 1) * spec_.step);
    const int64_t end = std::min(x.input, windows.end);
    // Columns beside those that the windows need do no harm.
    piece.first_input = std::min(first, x.input - least_columns);
    piece.columns = std::max(end - piece.first_input, least_columns);
    piece.input_min = piece.first_input - windows.begin;
    const int64_t start = windows.begin * x.stride + chunk * cut_.phases - x.pad_before;
    piece.first_output = std::max<int64_t>(0, start);
    piece.first_cell = piece.first_output - start;
    if (whole_stride()) {
        piece.cells = std::min(x.output, windows.end * x.stride - x.pad_before) - piece.first_output;
        piece.windows = 1;
    } else {
        piece.cells = cut_.phases;
        piece.windows = windows.end - windows.begin;
    }
    return piece;
}

void ColumnRowsGeometry::add_pieces(int64_t chunk, int64_t least_columns) {
    const Range windows = windows_of(chunk);
    const int64_t count = windows.end - windows.begin, pieces = std::min<int64_t>(cut_.pieces, count);
    for (int64_t i = 0; i < pieces; i++) {
        const Range part{windows.begin + count * i / pieces, windows.begin + count * (i + 1) / pieces};
        pieces_.push_back(piece(chunk, part, least_columns));
    }
}

ColumnTaskTable ColumnRowsGeometry::column_table() const {
    Table table(column_tasks());
    const auto column = [&](const char *name, int64_t Piece::*member) {
        return table.add(name, pieces_, [=](const Piece &piece) { return piece.*member; });
    };
    ColumnTaskTable tasks;
    tasks.position = column("position", &Piece::position);
    tasks.first_input = column("first_input", &Piece::first_input);
    tasks.input_min = column("input_min", &Piece::input_min);
    tasks.columns = column("columns", &Piece::columns);
    tasks.first_output = column("first_output", &Piece::first_output);
    tasks.first_cell = column("first_cell", &Piece::first_cell);
    tasks.cells = column("cells", &Piece::cells);
    tasks.windows = column("windows", &Piece::windows);
    tasks.table = table;
    return tasks;
}

}  // namespace tconv
