// SPDX-License-Identifier: Apache-2.0
// Knobs of the phases variant: their space, their defaults and the cost model that picks them.
#pragma once

#include <string>
#include <vector>

#include "schedules/knobs.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

// Values of the knob `order`: what stays in the cache while the rest streams by.
constexpr int kFilterOuter = 0;  // a block of the filter, all rows of the image pass
constexpr int kInputOuter = 1;   // some rows of the input, all blocks of the filter pass

std::vector<KnobSpec> phase_knob_space(const Layer &layer, const Machine &machine);
Knobs phase_default_knobs(const Layer &layer, const Machine &machine);
std::string phase_check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs);
double phase_cost(const Layer &layer, const Machine &machine, const Knobs &knobs);

}  // namespace tconv
