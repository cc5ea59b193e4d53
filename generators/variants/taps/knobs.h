// SPDX-License-Identifier: Apache-2.0
// Knobs of the variants that are made of tap products: their space, their defaults and the cost model that picks them.
#pragma once

#include <string>
#include <vector>

#include "generators/variants/proposal.h"
#include "generators/variants/taps/layer.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"

namespace tconv {

// What stands against tap products for a layer, as Variant::obstacle_of.
std::string tap_obstacle(const Layer &layer, const Machine &machine);

std::vector<KnobSpec> tap_knob_space(const TapLayer &tap_layer, const Machine &machine);
Proposed tap_search(const TapLayer &tap_layer, const Machine &machine);
std::string tap_check_knobs(const std::string &variant, const TapLayer &tap_layer, const Machine &machine,
                            const Knobs &knobs);
double tap_cycles(const TapLayer &tap_layer, const Machine &machine, const Knobs &knobs);

}  // namespace tconv
