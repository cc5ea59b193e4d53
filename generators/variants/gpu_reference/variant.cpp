// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/gpu_reference/variant.h"

#include "generators/variants/reference/variant.h"

namespace tconv {

namespace {

std::string check_knobs(const Layer &, const Machine &, const Knobs &knobs) {
    return knobs.empty() ? "" : to_string(knobs) + ": variant gpu_reference has no knobs";
}

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &) {
    return gather_plan(layer, machine, Cut::kWhole);
}

}  // namespace

Variant gpu_reference_variant() {
    Variant variant = reference_variant();
    variant.id = "gpu_reference";
    variant.summary = "the definition, a thread for each output element; slow and plainly right";
    variant.check_knobs = check_knobs;
    variant.plan = plan;
    variant.for_gpu = true;
    return variant;
}

}  // namespace tconv
