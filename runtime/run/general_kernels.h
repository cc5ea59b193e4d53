// SPDX-License-Identifier: Apache-2.0
// The general kernels: AOT functions that tools/general_kernels compiles, one object file for each instruction set, and
// that plan.cpp calls. Their formulas are in generators/kernels/general_product.h.
#pragma once

#include <array>
#include <cstdint>

#include "tconv/isa.h"
#include "tconv/layer.h"

namespace tconv {

// The argument of an AOT function: halide_buffer_t of Halide's ABI, which the compiler of the kernels checks.
struct KernelDim {
    int32_t min = 0, extent = 0, stride = 0;
    uint32_t flags = 0;
};

struct KernelBuffer {
    uint64_t device = 0;
    const void *device_interface = nullptr;
    uint8_t *host = nullptr;
    uint64_t flags = 0;
    uint8_t type_code = 2, type_bits = 32;  // float32
    uint16_t type_lanes = 1;
    int32_t dimensions = 0;
    KernelDim *dim = nullptr;
    void *padding = nullptr;
};

// A KernelBuffer with its dimensions beside it, on the stack.
template<int kDims>
struct KernelView {
    KernelDim dims[kDims];
    KernelBuffer buffer;

    explicit KernelView(const float *first) {
        buffer.host = reinterpret_cast<uint8_t *>(const_cast<float *>(first));
        buffer.dimensions = kDims;
        buffer.dim = dims;
    }
    KernelView(const KernelView &) = delete;
    KernelView &operator=(const KernelView &) = delete;

    void set(int d, int64_t extent, int64_t stride) {
        dims[d].extent = static_cast<int32_t>(extent);
        dims[d].stride = static_cast<int32_t>(stride);
    }
};

using GeneralProductKernel = int (*)(const KernelBuffer *input, const KernelBuffer *filter, const KernelBuffer *bias,
                                     KernelBuffer *output);
// a and b are the parameters of an Activation, where its kind has some.
using GeneralActivationKernel = int (*)(const KernelBuffer *input, float a, float b, KernelBuffer *output);

// Products of one shape: `block` output channels, and tiles of pixels[i] outputs, ascending from 1. A call has at least as
// many outputs as a tile; where they are no multiple, the last tile is moved back and computes some of them twice.
constexpr int kProductKernels = 6;
struct GeneralProductShape {
    const char *name;
    int block;
    std::array<int, kProductKernels> pixels;
};

// Two shapes for each instruction set: a layer takes the one that pads its output channels less.
constexpr int kProductShapes = 2;
struct GeneralKernelShape {
    Isa isa;
    const char *symbol;  // tconv_general_<symbol>_<name of the product><i>, tconv_general_<symbol>_<activation>
    std::array<GeneralProductShape, kProductShapes> products;
};

// Every instruction set, also those that this processor's library leaves out. The sums, 12 or, with 32 registers, 24 of
// them, and the smaller operand fill the vector registers; a narrow AVX-512 tile stays at 12, since x86-64 lacks general
// registers for the addresses of more pixels.
inline constexpr GeneralKernelShape kGeneralKernelShapes[] = {
    {Isa::kX86, "x86", {{{"wide", 8, {1, 2, 3, 4, 5, 6}}, {"narrow", 4, {1, 2, 4, 6, 8, 12}}}}},
    {Isa::kX86Avx2, "x86_avx2", {{{"wide", 16, {1, 2, 3, 4, 5, 6}}, {"narrow", 8, {1, 2, 4, 6, 8, 12}}}}},
    {Isa::kX86Avx512, "x86_avx512", {{{"wide", 32, {1, 2, 4, 6, 8, 12}}, {"narrow", 16, {1, 2, 4, 6, 8, 12}}}}},
    {Isa::kArm64Neon, "arm64_neon", {{{"wide", 16, {1, 2, 3, 4, 5, 6}}, {"narrow", 4, {1, 2, 4, 8, 16, 24}}}}},
};

// Elementwise activations, as what stands in the symbol and the enumerator. X is a macro of (isa, symbol, enumerator).
#define TCONV_ELEMENTWISE_ACTIVATIONS(X, isa)       \
    X(isa, relu, kRelu)                             \
    X(isa, relu6, kRelu6)                           \
    X(isa, leaky_relu, kLeakyRelu)                  \
    X(isa, elu, kElu)                               \
    X(isa, selu, kSelu)                             \
    X(isa, celu, kCelu)                             \
    X(isa, gelu, kGelu)                             \
    X(isa, softplus, kSoftplus)                     \
    X(isa, softsign, kSoftsign)                     \
    X(isa, silu, kSilu)                             \
    X(isa, mish, kMish)                             \
    X(isa, sigmoid, kSigmoid)                       \
    X(isa, tanh, kTanh)                             \
    X(isa, exponential, kExponential)               \
    X(isa, hard_sigmoid, kHardSigmoid)              \
    X(isa, linear_hard_sigmoid, kLinearHardSigmoid) \
    X(isa, hard_silu, kHardSilu)                    \
    X(isa, clip, kClip)

// Activation kernels take a multiple of this many elements: the widest block.
constexpr int64_t kActivationMultiple = 32;

struct GeneralKernels {
    GeneralKernelShape shape;
    std::array<std::array<GeneralProductKernel, kProductKernels>, kProductShapes> product;
    GeneralActivationKernel (*activation)(Activation::Kind);  // null for kNone, kPrelu and kSoftmax
};

// Precondition: `isa` is one of built_isas().
const GeneralKernels &general_kernels(Isa isa);

}  // namespace tconv
