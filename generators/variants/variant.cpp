// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/variant.h"

#include "generators/variants/channel_lanes/variant.h"
#include "generators/variants/column_rows/variant.h"
#include "generators/variants/folded/variant.h"
#include "generators/variants/phases/variant.h"
#include "generators/variants/planar/variant.h"
#include "generators/variants/reference/variant.h"
#include "generators/variants/streamed/variant.h"
#include "generators/variants/winograd/variant.h"

namespace tconv {

bool Variant::accepts(const Layer &layer, const Machine &machine) const {
    return (layer.has_cells() || id == "reference") && accepts_layer(layer, machine);
}

const std::vector<Variant> &variants() {
    static const std::vector<Variant> table = {
        phases_variant(),   folded_variant(), column_rows_variant(),   streamed_variant(),
        winograd_variant(), planar_variant(), channel_lanes_variant(), reference_variant(),
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
