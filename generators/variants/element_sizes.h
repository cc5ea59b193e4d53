// SPDX-License-Identifier: Apache-2.0
// Sizes in bytes for cost models, which count in double.
#pragma once

#include "tconv/element_types.h"

namespace tconv {

constexpr double bytes_of(double elements, DataType type) {
    return elements * static_cast<double>(element_bytes(type));
}

}  // namespace tconv
