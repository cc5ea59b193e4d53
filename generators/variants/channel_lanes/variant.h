// SPDX-License-Identifier: Apache-2.0
// Channel lanes: vectors along input channels, added up at the end, for few output channels and little arithmetic: the
// caller's input is read as it lies, and nothing is copied.
#pragma once

#include "generators/variants/variant.h"

namespace tconv {

Variant channel_lanes_variant();

}  // namespace tconv
