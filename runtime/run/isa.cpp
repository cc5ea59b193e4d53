// SPDX-License-Identifier: Apache-2.0
#include "tconv/isa.h"

#include "tconv/status.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace tconv {

namespace {

constexpr Isa kEvery[] = {Isa::kX86, Isa::kX86Avx2, Isa::kX86Avx512, Isa::kArm64Neon};

#if defined(__x86_64__)

// Bits of EAX of XGETBV(0): register states that the operating system saves.
constexpr unsigned kYmmState = 0x6;   // xmm and ymm
constexpr unsigned kZmmState = 0xe6;  // besides, mask registers and both halves of zmm

unsigned saved_states() {
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

bool has_all(unsigned value, unsigned bits) { return (value & bits) == bits; }

// What the kernels of cmake/TconvTargets.cmake were compiled for: AVX2 with FMA and F16C; Skylake's AVX-512.
Isa detect() {
    unsigned eax, ebx, ecx, edx;
    constexpr unsigned fma = 1u << 12, osxsave = 1u << 27, avx = 1u << 28, f16c = 1u << 29, sse41 = 1u << 19;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !has_all(ecx, fma | osxsave | avx | f16c | sse41)) {
        return Isa::kX86;
    }
    const unsigned states = saved_states();
    constexpr unsigned avx2 = 1u << 5;
    if (!has_all(states, kYmmState) || !__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || !has_all(ebx, avx2)) {
        return Isa::kX86;
    }
    constexpr unsigned avx512f = 1u << 16, dq = 1u << 17, cd = 1u << 28, bw = 1u << 30, vl = 1u << 31;
    return has_all(states, kZmmState) && has_all(ebx, avx512f | dq | cd | bw | vl) ? Isa::kX86Avx512 : Isa::kX86Avx2;
}

#elif defined(__aarch64__)

Isa detect() {
    return Isa::kArm64Neon;  // Advanced SIMD is part of every 64-bit ARM application processor
}

#else
#error "general kernels exist for x86-64 and arm64"
#endif

}  // namespace

const std::vector<Isa> &built_isas() {
#if defined(__x86_64__)
    static const std::vector<Isa> isas = {Isa::kX86, Isa::kX86Avx2, Isa::kX86Avx512};
#else
    static const std::vector<Isa> isas = {Isa::kArm64Neon};
#endif
    return isas;
}

Isa best_isa() {
    static const Isa best = detect();
    return best;
}

bool is_available(Isa isa) {
    for (Isa built : built_isas()) {
        if (built == isa) return isa <= best_isa();
    }
    return false;
}

Expected<Isa> find_isa(const std::string &name) {
    std::string available;
    for (Isa isa : built_isas()) {
        if (is_available(isa)) available += (available.empty() ? "" : ", ") + std::string(to_string(isa));
    }
    for (Isa isa : kEvery) {
        if (name != to_string(isa)) continue;
        if (is_available(isa)) return isa;
        return invalid_argument("isa", name, "this machine does not run it; it runs " + available);
    }
    return invalid_argument("isa", "\"" + name + "\"", "unknown; this machine runs " + available);
}

}  // namespace tconv
