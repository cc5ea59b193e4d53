// SPDX-License-Identifier: Apache-2.0
// Runs a Halide generator inside this process and returns the lowered module of one kernel.
#pragma once

#include <string>

#include <Halide.h>

#include "generators/element_type.h"
#include "generators/lowering_passes.h"
#include "tconv/activation.h"

namespace tconv {

// On a device the element that the output's view starts at arrives as a number, behind the other inputs: device handles
// cannot be moved, and the minimum of a dimension that is bounded to one coordinate is not looked at. Null on a CPU.
template<typename GeneratorType>
Halide::GeneratorInput<int> *device_output_offset(GeneratorType &generator, const Halide::Target &target) {
    return target.has_gpu_feature() ? generator.template add_input<int>("output_offset") : nullptr;
}

// `bias` where the layer has one.
template<typename GeneratorType>
void add_bias(GeneratorType &generator, const Halide::Type &type, int dimensions, bool bias) {
    if (bias) {
        generator.bias = generator.template add_input<Halide::Buffer<>>("bias", type, dimensions);
    }
}

// `slopes` where the activation has one for each output channel.
template<typename GeneratorType>
void add_slopes(GeneratorType &generator, const Halide::Type &type, int dimensions, const Activation &activation) {
    if (activation == Activation::kPrelu) {
        generator.slopes = generator.template add_input<Halide::Buffer<>>("slopes", type, dimensions);
    }
}

// An element of one of these inputs; undefined where there is none.
template<typename... Coordinates>
Halide::Expr value_at(const Halide::GeneratorInput<Halide::Buffer<>> *values, const Coordinates &...at) {
    return values != nullptr ? Halide::Expr((*values)(at...)) : Halide::Expr();
}

// The element type, and the inputs above, of a kernel that sums products of `input` and `filter`.
template<typename GeneratorType>
void configure_sums(GeneratorType &generator, int channel_dimensions) {
    const Halide::Type type = element_type(generator.spec.dtype);
    generator.input.set_type(type);
    generator.filter.set_type(type);
    generator.output.set_type(type);
    add_bias(generator, type, channel_dimensions, generator.spec.bias);
    add_slopes(generator, type, channel_dimensions, generator.spec.activation);
}

// `fill` sets the generator's own fields before its inputs are configured.
template<typename GeneratorType, typename Fill>
Halide::Module build_kernel(const std::string &name, const Halide::Target &target, const Fill &fill) {
    auto generator = GeneratorType::create(Halide::GeneratorContext(target));
    fill(*generator);
    const Halide::Module built = generator->build_module(name);
    // A kernel is called by the layer program alone: no _argv and _metadata symbols.
    Halide::Module module(name, target);
    // Without it code generation takes strict expressions for fast-math ones.
    module.set_any_strict_float(built.any_strict_float());
    for (Halide::Internal::LoweredFunc function : built.functions()) {
        if (function.linkage == Halide::LinkageType::ExternalPlusMetadata) {
            function.linkage = Halide::LinkageType::External;
        }
        module.append(function);
    }
    for (const auto &buffer : built.buffers()) {
        module.append(buffer);
    }
    finish_kernel(module);
    return module;
}

}  // namespace tconv
