// SPDX-License-Identifier: Apache-2.0
// Draws one axis of a layer.
#pragma once

#include <cstdint>
#include <string>

#include "tconv/geometry.h"
#include "tools/cli/svg.h"

namespace tconv {

// `axes` names it: "axis x", "axes y and x". Begins at `top` and returns where it ended.
int64_t draw_axis(Svg &svg, int64_t top, const std::string &axes, const Axis &axis);

// The left edge of all that is drawn.
constexpr int64_t kPictureLeft = 16;

}  // namespace tconv
