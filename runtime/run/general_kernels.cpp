// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/general_kernels.h"

namespace tconv {

#define TCONV_DECLARE_PRODUCT(isa, i)                                                                     \
    int tconv_general_##isa##_wide##i(const KernelBuffer *, const KernelBuffer *, const KernelBuffer *,   \
                                      KernelBuffer *);                                                    \
    int tconv_general_##isa##_narrow##i(const KernelBuffer *, const KernelBuffer *, const KernelBuffer *, \
                                        KernelBuffer *);
#define TCONV_PRODUCTS(isa, name)                                                                       \
    {tconv_general_##isa##_##name##0, tconv_general_##isa##_##name##1, tconv_general_##isa##_##name##2, \
     tconv_general_##isa##_##name##3, tconv_general_##isa##_##name##4, tconv_general_##isa##_##name##5}
#define TCONV_DECLARE_ACTIVATION(isa, name, value) \
    int tconv_general_##isa##_##name(const KernelBuffer *, float, float, KernelBuffer *);
#define TCONV_ACTIVATION_CASE(isa, name, value) \
    case Activation::value: return tconv_general_##isa##_##name;

// Declares the kernels of one instruction set and defines GeneralKernels <isa>_kernels(shape).
#define TCONV_KERNELS(isa)                                                                            \
    extern "C" {                                                                                      \
    TCONV_DECLARE_PRODUCT(isa, 0)                                                                     \
    TCONV_DECLARE_PRODUCT(isa, 1)                                                                     \
    TCONV_DECLARE_PRODUCT(isa, 2)                                                                     \
    TCONV_DECLARE_PRODUCT(isa, 3)                                                                     \
    TCONV_DECLARE_PRODUCT(isa, 4)                                                                     \
    TCONV_DECLARE_PRODUCT(isa, 5)                                                                     \
    TCONV_ELEMENTWISE_ACTIVATIONS(TCONV_DECLARE_ACTIVATION, isa)                                      \
    }                                                                                                 \
    namespace {                                                                                       \
    GeneralActivationKernel isa##_activation(Activation::Kind kind) {                                 \
        switch (kind) {                                                                               \
            TCONV_ELEMENTWISE_ACTIVATIONS(TCONV_ACTIVATION_CASE, isa)                                 \
        case Activation::kPrelu:                                                                      \
        case Activation::kNone:                                                                       \
        case Activation::kSoftmax: break;                                                             \
        }                                                                                             \
        return nullptr;                                                                               \
    }                                                                                                 \
    GeneralKernels isa##_kernels(const GeneralKernelShape &shape) {                                   \
        return {shape, {{TCONV_PRODUCTS(isa, wide), TCONV_PRODUCTS(isa, narrow)}}, isa##_activation}; \
    }                                                                                                 \
    }

#if defined(__x86_64__)
TCONV_KERNELS(x86)
TCONV_KERNELS(x86_avx2)
TCONV_KERNELS(x86_avx512)

const GeneralKernels &general_kernels(Isa isa) {
    static const GeneralKernels baseline = x86_kernels(kGeneralKernelShapes[0]);
    static const GeneralKernels avx2 = x86_avx2_kernels(kGeneralKernelShapes[1]);
    static const GeneralKernels avx512 = x86_avx512_kernels(kGeneralKernelShapes[2]);
    return isa == Isa::kX86Avx512 ? avx512 : isa == Isa::kX86Avx2 ? avx2 : baseline;
}
#elif defined(__aarch64__)
TCONV_KERNELS(arm64_neon)

const GeneralKernels &general_kernels(Isa) {
    static const GeneralKernels neon = arm64_neon_kernels(kGeneralKernelShapes[3]);
    return neon;
}
#else
#error "general kernels exist for x86-64 and arm64"
#endif

}  // namespace tconv
