// SPDX-License-Identifier: Apache-2.0
// Streamed: for few input pixels and a filter that no cache holds. The filter is read once, front to back; each of its taps
// multiplies the pixels whose target lies inside the output, and adds to the cells of one block of output channels, which
// stay close by.
#pragma once

#include "generators/variants/variant.h"

namespace tconv {

Variant streamed_variant();

}  // namespace tconv
