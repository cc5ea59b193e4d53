// SPDX-License-Identifier: Apache-2.0
// What a picture of an axis shows: which cells, and what reaches each of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tconv/geometry.h"

namespace tconv {

// Input `input` through kernel index `tap`.
struct Landing {
    int64_t tap = 0;
    int64_t input = 0;
};

// What stands in an output cell.
enum class CellKind {
    kSum,      // taps land there
    kNoInput,  // its phase has taps, but all of them would read outside the input
    kHole,     // its phase has no tap
    kBeyond,   // behind the full extent
};

// The axis, with its phases at hand. X is the full coordinate: X = x + pad_before.
class AxisCells {
public:
    // `widest` is how many columns on either side of an end of the output are shown when there are too many for all.
    AxisCells(const Axis &axis, int64_t widest);

    const Axis &axis() const { return axis_; }
    const std::vector<Phase> &phases() const { return phases_; }
    const Phase &phase_at(int64_t X) const { return phases_[static_cast<size_t>(X % axis_.stride)]; }

    // What lands at X, in the order of k; at most `most` of them.
    std::vector<Landing> landings(int64_t X, int64_t most) const;
    int64_t count_landings(int64_t X) const;
    CellKind kind(int64_t X) const;
    bool is_output(int64_t X) const { return X >= axis_.pad_before && X < axis_.pad_before + axis_.output; }

    // Columns are values of X, rows input indices: ranges in ascending order, and between two of them is a gap.
    const std::vector<Range> &columns() const { return columns_; }
    const std::vector<Range> &rows() const { return rows_; }

private:
    void choose_columns(int64_t widest);
    void choose_rows();

    Axis axis_;
    std::vector<Phase> phases_;
    std::vector<Range> columns_, rows_;
};

}  // namespace tconv
