// SPDX-License-Identifier: Apache-2.0
// Phase by phase: each stride phase of the output is a stride-1 correlation of the input with the phase's own taps,
// written through a strided view of the output tensor. Vectors run along output channels.
#pragma once

#include "generators/variants/variant.h"

namespace tconv {

Variant phases_variant();

}  // namespace tconv
