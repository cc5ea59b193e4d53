// SPDX-License-Identifier: Apache-2.0
#include "generators/kernels/make_kernel.h"

#include <stdexcept>

namespace tconv {

namespace {

std::string text(const std::vector<BufferDeclaration> &buffers) {
    std::string text;
    for (const BufferDeclaration &buffer : buffers) {
        text += (text.empty() ? "" : ", ") + std::string(buffer.output ? "out " : "") + buffer.name + "(" +
                std::to_string(buffer.dimensions) + ")";
    }
    return text;
}

}  // namespace

std::vector<BufferDeclaration> with_channel_inputs(bool bias, const Activation &activation, int dimensions,
                                                   std::vector<BufferDeclaration> inputs) {
    if (bias) {
        inputs.push_back({"bias", dimensions});
    }
    if (activation == Activation::kPrelu) {
        inputs.push_back({"slopes", dimensions});
    }
    return inputs;
}

void require_buffers(const Halide::Module &module, const std::string &symbol,
                     const std::vector<BufferDeclaration> &buffers) {
    std::vector<BufferDeclaration> taken;
    for (const auto &argument : module.get_function_by_name(symbol).args) {
        if (argument.is_buffer()) {
            // Halide numbers the names of Funcs that a process has used before: output$1.
            taken.push_back({argument.name.substr(0, argument.name.find('$')), static_cast<int>(argument.dimensions),
                             argument.is_output()});
        }
    }
    if (!(taken == buffers)) {
        throw std::logic_error("internal error: kernel " + symbol + " takes " + text(taken) + ", not " + text(buffers) +
                               " as its plan says");
    }
}

}  // namespace tconv
