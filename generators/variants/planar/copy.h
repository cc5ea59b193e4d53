// SPDX-License-Identifier: Apache-2.0
// Planar copy: rows of the input as planes, columns innermost.
//
//   output(x, c, y, z) = input(c, x, y, z) where the input's view has that y, else 0
//
// Planar border: output(x, c, y, z) = 0, for the columns where planes go on beyond the image.
#pragma once

#include <string>

#include "generators/layer_plan.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct PlanarCopySpec {
    int channels = 1;
    int columns = 1;
    bool channels_last = true;
    DataType dtype = DataType::kFloat32;
};

Kernel planar_copy_kernel(const std::string &name, const PlanarCopySpec &spec, const Machine &machine);

Kernel planar_border_kernel(const std::string &name, const PlanarCopySpec &spec, const Machine &machine);

}  // namespace tconv
