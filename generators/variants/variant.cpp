// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/variant.h"

#include "generators/variants/phases.h"
#include "generators/variants/reference.h"

namespace tconv {

const std::vector<Variant> &variants() {
    static const std::vector<Variant> table = {phases_variant(), reference_variant()};
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
