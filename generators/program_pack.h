// SPDX-License-Identifier: Apache-2.0
// What NAME_pack does: loops over the positions of the packed filter, and its bias.
#pragma once

#include "generators/layer_plan.h"
#include "generators/program_ir.h"

namespace tconv::ir {

// Both expect the variables "filter.address" and "weights.address", and the argument "bias" where the layer has one;
// `kernel` is the plan's packing kernel.
Halide::Internal::Stmt pack_filter(const Layer &layer, const FilterLayout &layout, const std::string &kernel);
Halide::Internal::Stmt pack_channel_values(const Layer &layer, const FilterLayout &layout);

}  // namespace tconv::ir
