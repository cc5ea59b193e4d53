// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/gpu_reference/variant.h"

#include "generators/variants/reference/variant.h"

namespace tconv {

namespace {

std::string obstacle(const Layer &, const Machine &) { return ""; }

std::vector<KnobSpec> knob_space(const Layer &, const Machine &) { return {}; }

Proposed search(const Layer &, const Machine &) { return Proposal{{}, 0, 0, "it takes every layer"}; }

std::string check_knobs(const Layer &, const Machine &, const Knobs &knobs) {
    return knobs.empty() ? "" : to_string(knobs) + ": variant gpu_reference has no knobs";
}

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &) {
    return gather_plan(layer, machine, Cut::kWhole);
}

double cycles(const Layer &layer, const Machine &, const Knobs &) { return gather_cycles(layer); }

}  // namespace

Variant gpu_reference_variant() {
    Variant variant{"gpu_reference",
                    "the definition, a thread for each output element; slow and plainly right",
                    obstacle,
                    knob_space,
                    search,
                    check_knobs,
                    plan,
                    cycles};
    variant.for_gpu = true;
    variant.is_reference = true;
    return variant;
}

}  // namespace tconv
