// SPDX-License-Identifier: Apache-2.0
#include "generators/plan_table.h"

#include <stdexcept>
#include <utility>

namespace tconv {

namespace {

// Rows from `begin` on that grow evenly.
size_t run_length(const std::vector<int64_t> &values, size_t begin) {
    size_t end = begin + 1;
    while (end < values.size() && values[end] - values[end - 1] == values[begin + 1] - values[begin]) {
        end++;
    }
    return end - begin;
}

// Two rows always grow evenly: where more than two are left, one of them is a head, or a tail, and no run.
std::vector<Column::Run> runs_of(const std::vector<int64_t> &values) {
    std::vector<Column::Run> runs;
    for (size_t begin = 0; begin < values.size();) {
        size_t length = run_length(values, begin);
        if (length == 2 && values.size() > 2) {
            length = 1;
        }
        const int64_t step = length > 1 ? values[begin + 1] - values[begin] : 0;
        runs.push_back({static_cast<int64_t>(length), values[begin], step});
        begin += length;
    }
    return runs;
}

}  // namespace

Column::Column(std::string name, std::vector<Run> runs)
    : values_(std::make_shared<Values>(Values{std::move(name), std::move(runs)})) {}

int64_t Column::rows() const {
    int64_t rows = 0;
    for (const Run &run : runs()) {
        rows += run.rows;
    }
    return rows;
}

int64_t Column::at(int64_t row) const {
    for (const Run &run : runs()) {
        if (row < run.rows) {
            return run.first + run.step * row;
        }
        row -= run.rows;
    }
    throw std::logic_error("internal error: column " + name() + " has no such row");
}

std::vector<int64_t> Column::values() const {
    std::vector<int64_t> values;
    for (const Run &run : runs()) {
        for (int64_t row = 0; row < run.rows; row++) {
            values.push_back(run.first + run.step * row);
        }
    }
    return values;
}

Column Table::add(const std::string &name, const std::vector<int64_t> &values) {
    if (static_cast<int64_t>(values.size()) != rows_) {
        throw std::logic_error("internal error: column " + name + " has " + std::to_string(values.size()) +
                               " rows, its table " + std::to_string(rows_));
    }
    columns_.push_back(Column(name, runs_of(values)));
    return columns_.back();
}

Column Table::add_progression(const std::string &name, int64_t first, int64_t step) {
    columns_.push_back(Column(name, {{rows_, first, step}}));
    return columns_.back();
}

}  // namespace tconv
