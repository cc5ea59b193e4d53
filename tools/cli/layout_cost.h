// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "generators/variants/ranking.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

// What channels_first is estimated to cost beside channels_last, as one line; empty of a layer that is the latter. `ranking`
// is the layer's, where it is known.
std::string channels_first_cost(const Layer &layer, const Machine &machine, const std::optional<Ranking> &ranking);

}  // namespace tconv
