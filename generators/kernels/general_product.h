// SPDX-License-Identifier: Apache-2.0
// General product: the tap product of any layer, with channels, taps and steps that are known at run time only.
//
//   output(v, x) = bias(v) + sum over ci, tx, ty, tz of input(ci, x, tx, ty, tz) * filter(v, ci, tx, ty, tz)
//
// A call computes some pixels of one block of output channels, all of one phase and with the same taps inside the image.
// x and tx are dimensions of the input's view apart, each with its stride, so that step, layout and direction are the
// caller's business; the number of taps is an extent of the filter's view.
#pragma once

#include <string>

#include <Halide.h>

#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct GeneralProductSpec {
    int block = 8;   // output channels
    int pixels = 1;  // of a tile; the extent of x is not below it
};

Halide::Module general_product_module(const std::string &name, const GeneralProductSpec &spec, const Machine &machine,
                                      const Halide::Target &target);

// output(x) = activation(input(x)); output may be input. The extent is a multiple of the machine's vector.
Halide::Module general_activation_module(const std::string &name, Activation::Kind activation, const Machine &machine,
                                         const Halide::Target &target);

}  // namespace tconv
