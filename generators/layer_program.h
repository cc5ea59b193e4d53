// SPDX-License-Identifier: Apache-2.0
// From a plan to the functions of the library: NAME_run, NAME_task, NAME_pack, as lowered Halide functions, so that no
// compiler for the target is needed. Together with lowering_passes the only code that touches Halide's IR.
#pragma once

#include <string>

#include <Halide.h>

#include "generators/layer_plan.h"
#include "generators/library_abi.h"

namespace tconv {

// The symbol of one of the plan's kernels.
std::string kernel_symbol(const Layer &layer, const Kernel &kernel);

// The symbol of the function that returns the address of weights that lie in the library.
std::string weights_symbol(const Layer &layer);

struct LayerProgramOptions {
    bool weights_inside = false;  // NAME__weights() supplies them and there is no NAME_pack
};

// The module with the library's functions; it calls the kernels by their symbols.
Halide::Module layer_program(const Layer &layer, const LayerPlan &plan, const Halide::Target &target,
                             const LayerProgramOptions &options);

}  // namespace tconv
