// SPDX-License-Identifier: Apache-2.0
// How column rows cut a layer: lanes, windows, and the tables of its tasks. Pure integers, no Halide code.
//
// A window is all outputs X = x + pad_before of one quotient q = X div S, or those whose phase X mod S is one of `phases`
// neighbours. It sums the columns q, q - step, ..., one for each tap of a phase.
#pragma once

#include <vector>

#include "generators/layer_plan.h"
#include "generators/variants/column_rows/kernel.h"

namespace tconv {

// What the knobs decide beside the register tile.
struct ColumnRowsCut {
    int fold = 0;    // outer axes, y first, whose row phases are lanes: 0, 1 or 2
    int phases = 1;  // x phases of a task: the stride, or a divisor of it
    int pieces = 1;  // that the windows of a row are cut into
};

// Whether all row phases of an axis have the same number of taps, next to each other in the input.
bool folds(const Axis &axis);

// Whether the outputs of `phases` neighbouring x phases begin and end with the same window.
bool divides_phases(const Axis &axis, int phases);

// Tasks along y or z. Tap t reads input row first_input - t * row_step. Of a folded axis a task has several row phases:
// `phases` of them from first_phase on.
struct RowTaskTable {
    Table table;
    Column first_output, first_phase, phases, first_input, taps;
    Column position;  // in the packed filter
};

// Tasks along x.
struct ColumnTaskTable {
    Table table;
    Column position;  // in the packed filter
    Column first_input;
    Column input_min;  // the number of the first column
    Column columns, first_output;
    Column first_cell;  // of the first window
    Column cells, windows;
};

class ColumnRowsGeometry {
public:
    // No task has fewer than `least_columns` columns, which the input must have.
    ColumnRowsGeometry(const Layer &layer, const ColumnRowsCut &cut, int block, int64_t least_columns);

    FilterLayout filter_layout() const;
    // The kernel of dense calls.
    const ColumnRowsSpec &spec() const { return spec_; }

    RowTaskTable row_table(int axis) const;
    int64_t row_step(int axis) const;
    // Sums over its tasks, for the cost model.
    int64_t row_taps(int axis) const;
    int64_t row_tasks(int axis) const;

    ColumnTaskTable column_table() const;
    // Sums over its tasks.
    int64_t columns() const { return total_columns_; }
    int64_t windows() const { return total_windows_; }
    int64_t column_tasks() const { return static_cast<int64_t>(pieces_.size()); }

private:
    struct Rows {
        int64_t first_output, first_phase, phases, first_input, taps, position;
    };
    struct Piece {
        int64_t position, first_input, input_min, columns, first_output, first_cell, cells, windows;
    };

    bool folded(int axis) const { return axis != 2 && 2 - axis <= cut_.fold; }
    bool whole_stride() const { return cut_.phases == layer_.axes[2].stride; }
    FilterAxis filter_axis(int axis) const;
    std::vector<Rows> folded_rows(const Axis &axis) const;
    std::vector<Rows> single_rows(const Axis &axis) const;
    std::vector<Rows> rows(int axis) const {
        return folded(axis) ? folded_rows(layer_.axes[axis]) : single_rows(layer_.axes[axis]);
    }
    // Windows [begin, end) that the outputs of the chunk of phases lie in.
    Range windows_of(int64_t chunk) const;
    Piece piece(int64_t chunk, Range windows, int64_t least_columns) const;
    void add_pieces(int64_t chunk, int64_t least_columns);

    Layer layer_;
    ColumnRowsCut cut_;
    ColumnRowsSpec spec_;
    std::vector<Piece> pieces_;
    int64_t total_columns_ = 0, total_windows_ = 0;
};

}  // namespace tconv
