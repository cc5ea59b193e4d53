// SPDX-License-Identifier: Apache-2.0
// Knobs of the planar variant: which layers it takes, their space, their defaults and the cost model that picks them.
#pragma once

#include <string>
#include <vector>

#include "generators/variants/proposal.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

std::string planar_obstacle(const Layer &layer, const Machine &machine);
std::vector<KnobSpec> planar_knob_space(const Layer &layer, const Machine &machine);
Proposed planar_search(const Layer &layer, const Machine &machine);
std::string planar_check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs);
double planar_cycles(const Layer &layer, const Machine &machine, const Knobs &knobs);
int64_t planar_workspace(const Layer &layer, const Machine &machine, const Knobs &knobs);

}  // namespace tconv
