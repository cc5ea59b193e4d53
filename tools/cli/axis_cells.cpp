// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/axis_cells.h"

#include <algorithm>

namespace tconv {

namespace {

constexpr int64_t kAllColumns = 36;  // up to so many are all shown
constexpr int64_t kMostRows = 36;
constexpr int64_t kEdge = 3;  // columns shown at an end of the full extent

// Joins ranges that overlap, touch, or leave a gap of one: an ellipsis would take as much room.
std::vector<Range> joined(std::vector<Range> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const Range &a, const Range &b) { return a.begin < b.begin; });
    std::vector<Range> result;
    for (const Range &range : ranges) {
        if (range.begin >= range.end) {
            continue;
        }
        if (!result.empty() && range.begin <= result.back().end + 1) {
            result.back().end = std::max(result.back().end, range.end);
        } else {
            result.push_back(range);
        }
    }
    return result;
}

}  // namespace

AxisCells::AxisCells(const Axis &axis, int64_t widest) : axis_(axis), phases_(tconv::phases(axis)) {
    choose_columns(widest);
    choose_rows();
}

std::vector<Landing> AxisCells::landings(int64_t X, int64_t most) const {
    const Phase &phase = phase_at(X);
    const Range inside = taps_inside(axis_, phase, X / axis_.stride);
    std::vector<Landing> result;
    for (int64_t t = inside.begin; t < std::min(inside.end, inside.begin + most); t++) {
        result.push_back(
            {phase.first_tap + t * phase.tap_step, X / axis_.stride + phase.input_offset - t * phase.input_step});
    }
    return result;
}

int64_t AxisCells::count_landings(int64_t X) const {
    const Range inside = taps_inside(axis_, phase_at(X), X / axis_.stride);
    return inside.end - inside.begin;
}

CellKind AxisCells::kind(int64_t X) const {
    if (X >= axis_.full_extent()) {
        return CellKind::kBeyond;
    }
    if (phase_at(X).taps == 0) {
        return CellKind::kHole;
    }
    return count_landings(X) == 0 ? CellKind::kNoInput : CellKind::kSum;
}

void AxisCells::choose_columns(int64_t widest) {
    const int64_t full = axis_.full_extent();
    const int64_t begin = axis_.pad_before, end = axis_.pad_before + axis_.output;
    const int64_t all = std::max(full, end);
    if (all <= std::min(kAllColumns, 3 * widest)) {
        columns_ = {{0, all}};
        return;
    }
    std::vector<Range> wanted = {{0, kEdge},
                                 {begin - kEdge, begin + widest},
                                 {end - widest, end + kEdge},
                                 {full - kEdge, full + kEdge},
                                 {all - kEdge, all}};
    for (Range &range : wanted) {
        range = {std::max<int64_t>(0, range.begin), std::min(all, range.end)};
    }
    columns_ = joined(wanted);
}

void AxisCells::choose_rows() {
    std::vector<int64_t> inputs;
    for (const Range &range : columns_) {
        for (int64_t X = range.begin; X < range.end; X++) {
            for (const Landing &landing : landings(X, count_landings(X))) {
                inputs.push_back(landing.input);
            }
        }
    }
    std::sort(inputs.begin(), inputs.end());
    inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
    if (static_cast<int64_t>(inputs.size()) > kMostRows) {
        inputs.erase(inputs.begin() + kMostRows / 2, inputs.end() - kMostRows / 2);
    }
    std::vector<Range> rows;
    for (int64_t input : inputs) {
        rows.push_back({input, input + 1});
    }
    rows_ = joined(rows);
}

}  // namespace tconv
