// SPDX-License-Identifier: Apache-2.0
// Knobs of the channel_lanes variant: which layers it takes, their space, their defaults and the cost model.
#pragma once

#include <string>
#include <vector>

#include "generators/variants/proposal.h"
#include "schedules/channel_lanes.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

// Whether each pixel of a row, and each row of a plane, makes output that no other has a part in: kernel = stride, and
// nothing is cropped or added.
bool makes_blocks(const Layer &layer, const Machine &machine);
ChannelLanesTile channel_lanes_tile(const Layer &layer, const Knobs &knobs);

std::string channel_lanes_obstacle(const Layer &layer, const Machine &machine);
std::vector<KnobSpec> channel_lanes_knob_space(const Layer &layer, const Machine &machine);
Proposed channel_lanes_search(const Layer &layer, const Machine &machine);
std::string channel_lanes_check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs);
double channel_lanes_cycles(const Layer &layer, const Machine &machine, const Knobs &knobs);

}  // namespace tconv
