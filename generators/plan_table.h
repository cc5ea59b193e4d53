// SPDX-License-Identifier: Apache-2.0
// Tables of a plan: integers that views are made of, a row for each coordinate of an axis of a grid.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tconv {

// A handle: two are of one column where their id() is the same. Copies of a table share its columns.
class Column {
public:
    // Rows that grow evenly: first, first + step, ... A column of a cut range is a head, a repeated middle and a tail.
    struct Run {
        int64_t rows = 0, first = 0, step = 0;
    };

    Column() = default;  // of no table

    const std::string &name() const { return values_->name; }
    int64_t rows() const;
    const std::vector<Run> &runs() const { return values_->runs; }
    // One run, or no row.
    bool is_progression() const { return runs().size() <= 1; }
    int64_t at(int64_t row) const;
    std::vector<int64_t> values() const;

    // Comparisons are left to Index: `column == 0` is about a task's row.
    const void *id() const { return values_.get(); }

private:
    friend class Table;
    struct Values {
        std::string name;
        std::vector<Run> runs;
    };
    Column(std::string name, std::vector<Run> runs);

    std::shared_ptr<const Values> values_;
};

class Table {
public:
    Table() = default;
    explicit Table(int64_t rows) : rows_(rows) {}

    int64_t rows() const { return rows_; }
    const std::vector<Column> &columns() const { return columns_; }

    // One value a row.
    Column add(const std::string &name, const std::vector<int64_t> &values);
    Column add_progression(const std::string &name, int64_t first, int64_t step);

    // value(row) of every row of a container that the table stands for.
    template<typename Rows, typename Value>
    Column add(const std::string &name, const Rows &rows, const Value &value) {
        std::vector<int64_t> values;
        for (const auto &row : rows) {
            values.push_back(value(row));
        }
        return add(name, values);
    }

private:
    int64_t rows_ = 0;
    std::vector<Column> columns_;
};

}  // namespace tconv
