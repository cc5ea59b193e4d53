// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/phase_tables.h"

#include <algorithm>
#include <array>

namespace tconv {

namespace {

using Row = std::array<int64_t, 5>;

constexpr size_t kFirstInputColumn = 2;

std::vector<TapRun> untrimmed(const Phase &phase) {
    return {{0, phase.outputs, 0, phase.taps}};
}

}  // namespace

Table phase_table(const FilterLayout &layout, const Layer &layer, int axis_index, const PhaseTableOptions &options) {
    const Axis &axis = layer.axes[axis_index];
    std::vector<Row> rows;
    for (const Phase &phase : phases(axis)) {
        if (phase.outputs == 0) {
            continue;
        }
        for (const TapRun &run : options.trim ? tap_runs(axis, phase) : untrimmed(phase)) {
            for (int64_t done = 0; done < run.outputs; done += options.chunk) {
                const int64_t first = run.first + done;
                const int64_t last_tap = run.tap_begin + run.taps - 1;
                const int64_t first_input = phase.first_q + first + phase.input_offset - last_tap * phase.input_step;
                rows.push_back({phase.first_output + axis.stride * first, std::min(options.chunk, run.outputs - done),
                                run.taps > 0 ? first_input - options.origin : 0,
                                layout.phase_position(axis_index, phase) + run.tap_begin, run.taps});
            }
        }
    }
    if (options.order == RowOrder::kByInput) {
        std::stable_sort(rows.begin(), rows.end(), [](const Row &a, const Row &b) {
            return a[kFirstInputColumn] < b[kFirstInputColumn];
        });
    }
    Table table;
    table.rows = static_cast<int64_t>(rows.size());
    const std::array<const char *, 5> names = {"first_output", "outputs", "first_input", "first_tap", "taps"};
    for (size_t column = 0; column < names.size(); column++) {
        std::vector<int64_t> values;
        for (const Row &row : rows) {
            values.push_back(row[column]);
        }
        table.add_column(names[column], values);
    }
    return table;
}

}  // namespace tconv
