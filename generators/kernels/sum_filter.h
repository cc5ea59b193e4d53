// SPDX-License-Identifier: Apache-2.0
// Sum filter: one position of a packed filter whose elements are weighted sums of kernel taps (tconv/filter_layout.h).
//
//   output(v, ci, cb) = sum over tz, ty, tx of weights_z(tz, set_z) * weights_y(ty, set_y) * weights_x(tx, set_x)
//                       * filter(ci, co, first_x + step_x * tx, first_y + step_y * ty, first_z + step_z * tz)
//   with lane = cb * block + v, co = lane % out_channels, and (set_z, set_y, set_x) the digits of lane / out_channels; 0 for lanes
//   beyond the last lane set. Each axis has `rows`(2, lane sets): its first tap and its number of taps for every set.
//
// In double, rounded once, like the host's packer.
#pragma once

#include <array>
#include <string>

#include "generators/layer_plan.h"
#include "schedules/machine.h"
#include "tconv/filter_layout.h"

namespace tconv {

struct SumFilterSpec {
    int64_t out_channels = 1;
    int block = 8;
    // z, y, x
    std::array<int64_t, 3> lane_sets{1, 1, 1}, tap_step{1, 1, 1}, most_taps{1, 1, 1};
    DataType dtype = DataType::kFloat32;
    bool neighbours = true;  // input channels of the filter are, else any stride lies between them
};

SumFilterSpec sum_filter_spec(const Layer &layer, const FilterLayout &layout);

Kernel sum_filter_kernel(const std::string &name, const SumFilterSpec &spec, const Machine &machine);

}  // namespace tconv
