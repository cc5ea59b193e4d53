// SPDX-License-Identifier: Apache-2.0
// Pack filter: one kernel tap's [out_channels][in_channels] matrix into the blocks of the packed filter.
//
//   output(v, ci, cb) = filter(ci, co) with co = cb * block + v, and 0 for co >= out_channels
//
// The bias is packed by the same kernel, as a matrix with one input channel.
#pragma once

#include <string>

#include "generators/layer_plan.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct PackFilterSpec {
    int64_t out_channels = 1;
    int block = 8;
    DataType dtype = DataType::kFloat32;
    bool neighbours = true;  // input channels of the filter are, else any stride lies between them
};

Kernel pack_filter_kernel(const std::string &name, const PackFilterSpec &spec, const Machine &machine);

}  // namespace tconv
