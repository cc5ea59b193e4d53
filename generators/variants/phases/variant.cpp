// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/phases/variant.h"

#include "generators/variants/taps/knobs.h"
#include "generators/variants/taps/plan.h"

namespace tconv {

namespace {

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    // On a GPU one block of all channels: neighbouring threads read neighbouring elements.
    const int block =
        machine.is_gpu ? static_cast<int>(layer.out_channels) : knobs.at("tile_co") * machine.vector_lanes;
    return tap_plan(layer, {layer}, FilterLayout(layer, block), machine, knobs);
}

// Tables of phases and rows are written into the library, and kernels count in 32 bits: layers that go beyond are left to
// the reference. Nobody has met one.
std::vector<KnobSpec> knob_space(const Layer &layer, const Machine &machine) {
    return tap_knob_space({layer}, machine);
}
Proposed search(const Layer &layer, const Machine &machine) { return tap_search({layer}, machine); }
double cycles(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return tap_cycles({layer}, machine, knobs);
}
int64_t workspace(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return tap_workspace(layer, machine, knobs);
}
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
