// SPDX-License-Identifier: Apache-2.0
// Planar: vectors along x, for few output channels, whose phases and channels would not fill a vector. The input is
// turned into planes, a band of rows at a time, or copied with borders where it has planes already.
#pragma once

#include "generators/variants/variant.h"

namespace tconv {

Variant planar_variant();

}  // namespace tconv
