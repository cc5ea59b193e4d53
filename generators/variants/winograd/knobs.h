// SPDX-License-Identifier: Apache-2.0
// Knobs of the variant `winograd`: their space, what of it is valid, and the estimate that the defaults are the least of.
#pragma once

#include <string>
#include <vector>

#include "generators/variants/proposal.h"
#include "generators/variants/rounding.h"
#include "generators/variants/winograd/tiles.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"
#include "schedules/matrix_product.h"

namespace tconv {

// Tap counts of the phases, of all axes, that matrices save multiplications of; with the outputs that a tile may have.
struct TileChoice {
    int64_t taps;
    std::vector<int> outputs;  // from 1
};
std::vector<TileChoice> tile_choices(const Layer &layer);

TileSizes tile_sizes(const Layer &layer, const Knobs &knobs);
MatrixProductTile product_tile(const Knobs &knobs);

std::vector<KnobSpec> winograd_knob_space(const Layer &layer, const Machine &machine);
Proposed winograd_search(const Layer &layer, const Machine &machine);
std::string winograd_check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs);
double winograd_cycles(const Layer &layer, const Machine &machine, const Knobs &knobs);
int64_t winograd_workspace(const Layer &layer, const Machine &machine, const Knobs &knobs);
double winograd_error_growth(const Layer &layer, const Machine &machine, const Knobs &knobs);
Rounding winograd_rounding(const Layer &layer, const Machine &machine, const Knobs &knobs);

}  // namespace tconv
