// SPDX-License-Identifier: Apache-2.0
#include "generators/layer_plan.h"

#include <utility>

namespace tconv {

namespace {

bool is_progression(const std::vector<int64_t> &values) {
    for (size_t i = 2; i < values.size(); i++) {
        if (values[i] - values[i - 1] != values[1] - values[0]) {
            return false;
        }
    }
    return !values.empty();
}

}  // namespace

void Table::add_column(const std::string &name, std::vector<int64_t> values) {
    if (is_progression(values)) {
        add_progression(name, values[0], values.size() > 1 ? values[1] - values[0] : 0);
    } else {
        columns.push_back({name, 0, 0, std::move(values)});
    }
}

int64_t Stage::tasks() const {
    int64_t count = 1;
    for (const GridAxis &axis : grid) {
        count *= axis.rows();
    }
    return count;
}

}  // namespace tconv
