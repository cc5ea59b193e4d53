// SPDX-License-Identifier: Apache-2.0
// Repack: a copy of the input, channels innermost, with zeros around the borders that the tap product reads over.
//
//   output(c, x, y, z, n) = input(c, x, y, z, n) where the input's view has that x, y and z, else 0
#pragma once

#include <string>

#include "generators/layer_plan.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct RepackSpec {
    int64_t channels = 1;
    bool channels_last = true;
    DataType dtype = DataType::kFloat32;
};

Kernel repack_kernel(const std::string &name, const RepackSpec &spec, const Machine &machine);

}  // namespace tconv
