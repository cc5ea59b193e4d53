// SPDX-License-Identifier: Apache-2.0
// Phase by phase on a GPU: the tap products of `phases`, each a launch for a whole phase whose threads find their tiles
// themselves, over a copy of the input that has zeros all round.
#pragma once

#include "generators/variants/variant.h"

namespace tconv {

Variant gpu_phases_variant();

}  // namespace tconv
