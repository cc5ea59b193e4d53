// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/variant.h"

#include <utility>

#include "generators/variants/channel_lanes/variant.h"
#include "generators/variants/column_rows/variant.h"
#include "generators/variants/folded/variant.h"
#include "generators/variants/gpu_phases/variant.h"
#include "generators/variants/gpu_reference/variant.h"
#include "generators/variants/phases/variant.h"
#include "generators/variants/planar/variant.h"
#include "generators/variants/reference/variant.h"
#include "generators/variants/streamed/variant.h"
#include "generators/variants/winograd/variant.h"

namespace tconv {

std::string Variant::obstacle(const Layer &layer, const Machine &machine) const {
    if (machine.is_gpu != for_gpu) {
        return for_gpu ? "it is for GPUs" : "it is for CPUs";
    }
    if (!is_reference) {
        if (!layer.has_cells()) return "its input has no cells";
        if (!machine.has_schedules()) return "there are no schedules for the target";
    }
    return obstacle_of(layer, machine);
}

Proposed Variant::propose(const Layer &layer, const Machine &machine) const {
    if (std::string why = obstacle(layer, machine); !why.empty()) {
        return Declined{std::move(why)};
    }
    Proposed proposed = search(layer, machine);
    if (proposed) {
        const Knobs &knobs = proposed->knobs;
        (*proposed).cycles = cycles(layer, machine, knobs);
        (*proposed).workspace_bytes = workspace_bytes(layer, machine, knobs);
    }
    return proposed;
}

Proposed Variant::propose(const Layer &layer, const Machine &machine, const Limits &limits) const {
    return propose(with_limits(layer, limits), machine);
}

int64_t Variant::workspace_bytes(const Layer &layer, const Machine &machine, const Knobs &knobs) const {
    if (workspace == nullptr) return 0;
    return workspace(layer, machine, knobs) * element_bytes(layer.types.accumulate);
}

const std::vector<Variant> &variants() {
    static const std::vector<Variant> table = {
        phases_variant(), folded_variant(),        column_rows_variant(), streamed_variant(),      winograd_variant(),
        planar_variant(), channel_lanes_variant(), gpu_phases_variant(),  gpu_reference_variant(), reference_variant(),
    };
    return table;
}

const Variant *find_variant(const std::string &id) {
    for (const Variant &variant : variants()) {
        if (variant.id == id) {
            return &variant;
        }
    }
    return nullptr;
}

}  // namespace tconv
