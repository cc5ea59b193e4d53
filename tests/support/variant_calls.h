// SPDX-License-Identifier: Apache-2.0
// Short forms of what tests ask variants for.
#pragma once

#include "generators/variants/variant.h"

namespace tconv::test {

inline bool takes(const Variant &variant, const Layer &layer, const Machine &machine) {
    return static_cast<bool>(variant.propose(layer, machine));
}

inline Knobs proposed_knobs(const Variant &variant, const Layer &layer, const Machine &machine) {
    return variant.propose(layer, machine)->knobs;
}

}  // namespace tconv::test
