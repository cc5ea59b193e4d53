// SPDX-License-Identifier: Apache-2.0
// Knobs of the column_rows variant: their space, their defaults and the cost model that picks them.
#pragma once

#include <string>
#include <vector>

#include "generators/variants/column_rows/geometry.h"
#include "generators/variants/proposal.h"
#include "schedules/machine.h"

namespace tconv {

std::string column_rows_obstacle(const Layer &layer, const Machine &machine);
std::vector<KnobSpec> column_rows_knob_space(const Layer &layer, const Machine &machine);
Proposed column_rows_search(const Layer &layer, const Machine &machine);
std::string column_rows_check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs);
double column_rows_cycles(const Layer &layer, const Machine &machine, const Knobs &knobs);

// Requires column_rows_check_knobs(...) to be empty.
ColumnRowsGeometry column_rows_geometry(const Layer &layer, const Machine &machine, const Knobs &knobs);

}  // namespace tconv
