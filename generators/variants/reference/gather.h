// SPDX-License-Identifier: Apache-2.0
// Gather: the definition of a transposed convolution, cell by cell, without phases or tiles.
//
//   output(co, x, y, z, n) = activation(bias(co) + sum over ci, kx, ky, kz of input(ci, ix, iy, iz, n) * filter(co, ci, kx, ky, kz)
//       where S*i + D*k = x + P has an i inside the input on every axis)
//
// Slow and plainly right: what runs where no other variant does.
#pragma once

#include <string>

#include "generators/layer_plan.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

Kernel gather_kernel(const std::string &name, const Layer &layer, const Machine &machine);

}  // namespace tconv
