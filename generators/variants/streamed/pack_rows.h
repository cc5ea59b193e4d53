// SPDX-License-Identifier: Apache-2.0
// Pack rows: a rectangle of input pixels as rows of a streamed product, channels in panels.
//
//   output(k, panel, x, y, z, n) = input(panel * channels + k, x, y, z, n)
//
// The output's view says where rows lie: `channels` elements apart, and panels as far apart as all rows together.
#pragma once

#include <string>

#include "generators/layer_plan.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct PackRowsSpec {
    int64_t in_channels = 1;
    int panel = 8;  // channels; divides in_channels
    bool channels_last = true;
    DataType dtype = DataType::kFloat32;
};

Kernel pack_rows_kernel(const std::string &name, const PackRowsSpec &spec, const Machine &machine);

}  // namespace tconv
