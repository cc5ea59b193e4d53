// SPDX-License-Identifier: Apache-2.0
// Knobs of the variants that are made of tap products: their space, their defaults and the cost model that picks them.
#pragma once

#include <string>
#include <vector>

#include "generators/variants/taps/layer.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"

namespace tconv {

std::vector<KnobSpec> tap_knob_space(const TapLayer &tap_layer, const Machine &machine);
Knobs tap_default_knobs(const TapLayer &tap_layer, const Machine &machine);
std::string tap_check_knobs(const std::string &variant, const TapLayer &tap_layer, const Machine &machine,
                            const Knobs &knobs);
double tap_cost(const TapLayer &tap_layer, const Machine &machine, const Knobs &knobs);

}  // namespace tconv
