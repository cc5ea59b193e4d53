// SPDX-License-Identifier: Apache-2.0
// Planar copy: rows of the input as planes, columns innermost.
//
//   output(x, c, y, z) = input(c, x, y, z) where the input's view has that y, else 0
//
// Planar border: output(x, c, y, z) = 0, for the columns where planes go on beyond the image.
#pragma once

#include <string>

#include <Halide.h>

#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct PlanarCopySpec {
    int channels = 1;
    int columns = 1;
    bool channels_last = true;
    DataType dtype = DataType::kFloat32;
};

Halide::Module planar_copy_module(const std::string &name, const PlanarCopySpec &spec, const Machine &machine,
                                  const Halide::Target &target);

Halide::Module planar_border_module(const std::string &name, const PlanarCopySpec &spec, const Machine &machine,
                                    const Halide::Target &target);

}  // namespace tconv
