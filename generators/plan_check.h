// SPDX-License-Identifier: Apache-2.0
// Whether a plan fits together: what would otherwise be a wrong address in a library.
#pragma once

#include <string>

#include "generators/layer_plan.h"

namespace tconv {

// Empty, or what is wrong first. Names of kernels, axes and columns are unique; every buffer of a stage's kernels has one
// view of as many dimensions; views refer to the columns of their own stage and band, and to tensors that there are.
std::string plan_problem(const LayerPlan &plan);

}  // namespace tconv
