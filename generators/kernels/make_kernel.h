// SPDX-License-Identifier: Apache-2.0
// A kernel of a plan from a Halide generator: what buffers it takes, and how it is lowered when its library is built.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "generators/kernels/build_kernel.h"
#include "generators/layer_plan.h"
#include "schedules/machine.h"

namespace tconv {

// Behind the other inputs, (channels, origin): the bias where a layer has one, and slopes where its activation has one for
// each output channel.
std::vector<BufferDeclaration> with_channel_inputs(bool bias, const Activation &activation, int dimensions,
                                                   std::vector<BufferDeclaration> inputs);

// Throws std::logic_error where the module's function takes other buffers than declared: views would go to the wrong ones.
void require_buffers(const Halide::Module &module, const std::string &symbol,
                     const std::vector<BufferDeclaration> &buffers);

// `inputs` in the generator's order; an output named "output" is the last. `fill` is kept, and sets the generator's fields.
template<typename GeneratorType, typename Fill>
Kernel make_kernel(const std::string &name, std::vector<BufferDeclaration> inputs, int output_dimensions, Fill fill) {
    std::vector<BufferDeclaration> buffers = std::move(inputs);
    buffers.push_back({"output", output_dimensions, true});
    return {name, buffers, [=](const std::string &symbol, const Halide::Target &target) {
                const Halide::Module module = build_kernel<GeneratorType>(symbol, target, fill);
                require_buffers(module, symbol, buffers);
                return module;
            }};
}

// For generators that have a spec and a machine, and nothing else.
template<typename GeneratorType, typename Spec>
Kernel make_kernel(const std::string &name, std::vector<BufferDeclaration> inputs, int output_dimensions,
                   const Spec &spec, const Machine &machine) {
    return make_kernel<GeneratorType>(name, std::move(inputs), output_dimensions, [=](GeneratorType &kernel) {
        kernel.spec = spec;
        kernel.machine = machine;
    });
}

}  // namespace tconv
