// SPDX-License-Identifier: Apache-2.0
// What the estimates of general kernels count with, in multiply-adds of a vector.
#pragma once

namespace tconv {

constexpr double kNarrow = 1.15;                  // products with one vector of lanes load more for a multiply-add
constexpr double kAddCost = 1.2, kStoreCost = 3;  // of one element, in multiply-adds of a vector
constexpr double kSegmentCost = 2;                // of a column's lanes that lie together
constexpr double kPixelCost = 40;                 // of a pixel that passes a tile
constexpr double kCall = 400;                     // of a kernel

}  // namespace tconv
