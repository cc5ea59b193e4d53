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
bool accepts(const Layer &layer, const Machine &machine) {
    constexpr int64_t most_phases = int64_t{1} << 16, most_rows = int64_t{1} << 20,
                      most_elements = (int64_t{1} << 31) - 1;
    if (machine.family == "reference") {
        return false;
    }
    for (int axis = 0; axis < 3; axis++) {
        if (layer.axes[axis].stride > most_phases || (axis != kX && layer.axes[axis].output > most_rows)) {
            return false;
        }
    }
    const int64_t largest_block = 6 * machine.vector_lanes;
    const int64_t packed = (layer.out_channels + largest_block) * (layer.filter_elements() / layer.out_channels);
    const std::optional<PaddedInput> padded = padded_input(layer, machine, false);
    return packed <= most_elements && (!padded || padded->elements(layer.batch) <= static_cast<double>(most_elements));
}

std::vector<KnobSpec> knob_space(const Layer &layer, const Machine &machine) {
    return tap_knob_space({layer}, machine);
}
Knobs default_knobs(const Layer &layer, const Machine &machine) { return tap_default_knobs({layer}, machine); }
double cost(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return tap_cost({layer}, machine, knobs);
}
int64_t workspace(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return tap_workspace(layer, machine, knobs);
}
std::string check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return tap_check_knobs("phases", {layer}, machine, knobs);
}

}  // namespace

Variant phases_variant() {
    return {"phases",      "one stride-1 correlation for each stride phase, vectors along output channels",
            accepts,       knob_space,
            default_knobs, check_knobs,
            plan,          cost,
            workspace};
}

}  // namespace tconv
