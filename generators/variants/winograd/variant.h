// SPDX-License-Identifier: Apache-2.0
// Variant `winograd`: fewer multiplications. The outputs of a phase are computed in tiles through Toom-Cook matrices F(m, r)
// along every axis on which the phase has r > 1 taps: transformed windows, a matrix product for each of their points,
// transformed back. Rounding errors grow, by a factor that the layer file bounds.
#pragma once

#include "generators/variants/variant.h"

namespace tconv {

Variant winograd_variant();

}  // namespace tconv
