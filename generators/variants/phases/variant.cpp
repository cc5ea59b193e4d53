// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/phases/variant.h"

#include "generators/variants/taps/knobs.h"
#include "generators/variants/taps/plan.h"

namespace tconv {

namespace {

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const FilterLayout layout(layer, knobs.at("tile_co") * machine.lanes(layer.types.accumulate));
    return tap_plan(layer, {layer}, layout, tap_stages({layer}, machine, knobs), machine, knobs);
}

std::vector<KnobSpec> knob_space(const Layer &layer, const Machine &machine) {
    return tap_knob_space({layer}, machine);
}
Proposed search(const Layer &layer, const Machine &machine) { return tap_search({layer}, machine); }
double cycles(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return tap_cycles({layer}, machine, knobs);
}
int64_t workspace(const Layer &layer, const Machine &, const Knobs &knobs) { return tap_workspace(layer, knobs); }
std::string check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return tap_check_knobs("phases", {layer}, machine, knobs);
}

}  // namespace

Variant phases_variant() {
    return {"phases",     "one stride-1 correlation for each stride phase, vectors along output channels",
            tap_obstacle, knob_space,
            search,       check_knobs,
            plan,         cycles,
            workspace};
}

}  // namespace tconv
