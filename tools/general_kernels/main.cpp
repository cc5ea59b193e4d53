// SPDX-License-Identifier: Apache-2.0
// tconv_general_kernels NAME OUT.o [OUT.s]: compiles the general kernels of one instruction set (the name of a target)
// for the runtime library. Part of the build of tconv; users never run it. The assembly is for the tests.
#include <cstddef>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>

#include <Halide.h>

#include "generators/kernels/general_product.h"
#include "generators/lowering_passes.h"
#include "runtime/run/general_kernels.h"
#include "tools/compiler/target_table.h"

// The runtime states Halide's argument type anew, so that it needs no header of the compiler.
#define TCONV_SAME_FIELD(ours, theirs) \
    static_assert(offsetof(tconv::KernelBuffer, ours) == offsetof(halide_buffer_t, theirs), "ABI of Halide: " #theirs)
static_assert(sizeof(tconv::KernelBuffer) == sizeof(halide_buffer_t) &&
                  sizeof(tconv::KernelDim) == sizeof(halide_dimension_t),
              "ABI of Halide");
TCONV_SAME_FIELD(device, device);
TCONV_SAME_FIELD(device_interface, device_interface);
TCONV_SAME_FIELD(host, host);
TCONV_SAME_FIELD(flags, flags);
TCONV_SAME_FIELD(type_code, type);
TCONV_SAME_FIELD(dimensions, dimensions);
TCONV_SAME_FIELD(dim, dim);
static_assert(offsetof(tconv::KernelDim, extent) == offsetof(halide_dimension_t, extent) &&
                  offsetof(tconv::KernelDim, stride) == offsetof(halide_dimension_t, stride),
              "ABI of Halide");

namespace {

using tconv::Activation;

#define TCONV_ENUMERATOR(isa, name, value) Activation::value,
constexpr Activation::Kind kElementwise[] = {TCONV_ELEMENTWISE_ACTIVATIONS(TCONV_ENUMERATOR, )};

int fail(const std::string &message) {
    std::fprintf(stderr, "tconv_general_kernels: %s\n", message.c_str());
    return 1;
}

void append(Halide::Module &all, const std::string &symbol,
            const std::function<Halide::Module(const std::string &)> &make) {
    try {
        const Halide::Module kernel = make(symbol);
        tconv::require_no_heap(kernel);
        for (const auto &function : kernel.functions()) {
            all.append(function);
        }
        for (const auto &buffer : kernel.buffers()) {
            all.append(buffer);
        }
    } catch (const Halide::Error &error) {
        throw std::runtime_error(symbol + ": " + error.what());
    }
}

void compile(const tconv::GeneralKernelShape &shape, const tconv::TargetInfo &info, const std::string &object,
             const std::string &assembly) {
    const tconv::Machine machine = info.machine();
    const Halide::Target target = Halide::Target(info.halide)
                                      .with_feature(Halide::Target::NoRuntime)
                                      .with_feature(Halide::Target::NoBoundsQuery)
                                      .with_feature(Halide::Target::NoAsserts);
    const std::string prefix = std::string("tconv_general_") + shape.symbol + "_";
    Halide::Module all("tconv_general_" + std::string(shape.symbol), target);
    all.set_any_strict_float(true);  // the activations are
    for (const tconv::GeneralProductShape &product : shape.products) {
        for (size_t i = 0; i < product.pixels.size(); i++) {
            append(all, prefix + product.name + std::to_string(i), [&](const std::string &symbol) {
                return tconv::general_product_module(symbol, {product.block, product.pixels[i]}, machine, target);
            });
        }
    }
    for (Activation activation : kElementwise) {
        append(all, prefix + to_string(activation), [&](const std::string &symbol) {
            return tconv::general_activation_module(symbol, activation, machine, target);
        });
    }
    const std::string temporary = object + ".tmp";
    std::map<Halide::OutputFileType, std::string> outputs = {{Halide::OutputFileType::object, temporary}};
    if (!assembly.empty()) {
        outputs[Halide::OutputFileType::assembly] = assembly;
    }
    all.compile(outputs);
    if (std::rename(temporary.c_str(), object.c_str()) != 0) {
        throw std::runtime_error(object + ": cannot be written");
    }
}

}  // namespace

int main(int argc, char **argv) {
    if (argc != 3 && argc != 4) {
        return fail("takes the name of an instruction set, an object file to write and, maybe, an assembly file");
    }
    const tconv::Expected<tconv::TargetInfo> target = tconv::find_target(argv[1]);
    if (!target) {
        return fail(target.error().message);
    }
    try {
        for (const tconv::GeneralKernelShape &shape : tconv::kGeneralKernelShapes) {
            if (target->name == to_string(shape.isa)) {
                compile(shape, *target, argv[2], argc == 4 ? argv[3] : "");
                return 0;
            }
        }
    } catch (const Halide::Error &error) {
        return fail(error.what());
    } catch (const std::exception &error) {
        return fail(error.what());
    }
    return fail(target->name + ": no general kernels are made for it");
}
