// SPDX-License-Identifier: Apache-2.0
// A plan to read, as `tconv explain --plan` prints it.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "generators/layer_plan.h"

namespace tconv {

// Names of columns, "axis.column", by Column::id.
using ColumnNames = std::map<const void *, std::string>;

// As in C, but that quotients are rounded down: n.first * input.stride_n + 2 * max(y.taps - 1, 0). What multiplies by 1 or
// adds 0 is left out.
// Named values stand by their names, which `meanings` gets, each behind those that it is made of.
std::string index_text(const Index &index, const ColumnNames &names,
                       std::vector<std::pair<std::string, std::string>> &meanings);

// Values by runs: "0 2 .. 30, 31", "4 x 3, 1"; long ones end in "..".
std::string column_text(const Column &column);

// Lines, indented by two spaces: kernels, workspace, and every pass with its stages.
std::string plan_text(const LayerPlan &plan);

}  // namespace tconv
