// SPDX-License-Identifier: Apache-2.0
// The x86-64 half of NAME_supported(): CPUID for the instructions, XGETBV for the registers that the system keeps.
#include <map>
#include <vector>

#include "tools/compiler/processor_check.h"

namespace tconv {

namespace {

using Halide::Target;

constexpr uint32_t bit(int number) { return uint32_t{1} << number; }

// Bits that CPUID and XGETBV have to show.
struct X86Needs {
    uint32_t leaf1_ecx = 0;
    uint32_t leaf7_ebx = 0, leaf7_ecx = 0, leaf7_edx = 0;
    uint32_t leaf7_1_eax = 0;
    uint32_t extended_ecx = 0;  // leaf 0x80000001
    uint32_t xcr0 = 0;          // registers that the operating system keeps

    X86Needs operator|(const X86Needs &other) const {
        return {leaf1_ecx | other.leaf1_ecx,
                leaf7_ebx | other.leaf7_ebx,
                leaf7_ecx | other.leaf7_ecx,
                leaf7_edx | other.leaf7_edx,
                leaf7_1_eax | other.leaf7_1_eax,
                extended_ecx | other.extended_ecx,
                xcr0 | other.xcr0};
    }
};

// A feature of Halide's stands for a processor of LLVM's: avx2 is "haswell", whose BMI, LZCNT and MOVBE the code then uses
// as well. Each level holds the one before it.
X86Needs sse41() {
    X86Needs needs;  // penryn: SSE3, SSSE3, CMPXCHG16B, SSE4.1
    needs.leaf1_ecx = bit(0) | bit(9) | bit(13) | bit(19);
    return needs;
}

X86Needs avx() {
    X86Needs needs;  // sandybridge: SSE4.2, POPCNT, OSXSAVE, AVX; LAHF
    needs.leaf1_ecx = bit(20) | bit(23) | bit(27) | bit(28);
    needs.extended_ecx = bit(0);
    needs.xcr0 = bit(1) | bit(2);  // xmm, ymm
    return needs | sse41();
}

X86Needs f16c() {
    X86Needs needs;
    needs.leaf1_ecx = bit(29);
    return needs | avx();
}

X86Needs fma() {
    X86Needs needs;
    needs.leaf1_ecx = bit(12);
    return needs | avx();
}

X86Needs fma4() {
    X86Needs needs;
    needs.extended_ecx = bit(16) | bit(6);  // and SSE4A
    return needs | avx();
}

X86Needs avx2() {
    X86Needs needs;  // haswell: MOVBE, BMI1, AVX2, BMI2, LZCNT
    needs.leaf1_ecx = bit(22);
    needs.leaf7_ebx = bit(3) | bit(5) | bit(8);
    needs.extended_ecx = bit(5);
    return needs | f16c() | fma();
}

X86Needs avx512() {
    X86Needs needs;  // F, CD
    needs.leaf7_ebx = bit(16) | bit(28);
    needs.xcr0 = bit(5) | bit(6) | bit(7);  // mask registers, upper halves of zmm0..15, zmm16..31
    return needs | avx2();
}

X86Needs avx512_skylake() {
    X86Needs needs;  // DQ, BW, VL
    needs.leaf7_ebx = bit(17) | bit(30) | bit(31);
    return needs | avx512();
}

X86Needs avx512_cannonlake() {
    X86Needs needs;  // IFMA; VBMI
    needs.leaf7_ebx = bit(21);
    needs.leaf7_ecx = bit(1);
    return needs | avx512_skylake();
}

X86Needs avx512_zen4() {
    X86Needs needs;  // VBMI2, GFNI, VNNI, BITALG, VPOPCNTDQ; BF16
    needs.leaf7_ecx = bit(6) | bit(8) | bit(11) | bit(12) | bit(14);
    needs.leaf7_1_eax = bit(5);
    return needs | avx512_cannonlake();
}

X86Needs avx512_sapphirerapids() {
    X86Needs needs;  // AMX-BF16, FP16, AMX-TILE, AMX-INT8; AVX-VNNI
    needs.leaf7_edx = bit(22) | bit(23) | bit(24) | bit(25);
    needs.leaf7_1_eax = bit(4);
    needs.xcr0 = bit(17) | bit(18);  // tiles
    return needs | avx512_zen4();
}

std::optional<X86Needs> x86_needs(const Target &target) {
    static const std::map<Target::Feature, X86Needs> known = {
        {Target::SSE41, sse41()},
        {Target::AVX, avx()},
        {Target::F16C, f16c()},
        {Target::FMA, fma()},
        {Target::FMA4, fma4()},
        {Target::AVX2, avx2()},
        {Target::AVX512, avx512()},
        {Target::AVX512_Skylake, avx512_skylake()},
        {Target::AVX512_Cannonlake, avx512_cannonlake()},
        {Target::AVX512_Zen4, avx512_zen4()},
        {Target::AVX512_SapphireRapids, avx512_sapphirerapids()},
    };
    X86Needs needs;
    for (Target::Feature feature : processor_features(target)) {
        const auto entry = known.find(feature);
        if (entry == known.end()) {
            return std::nullopt;
        }
        needs = needs | entry->second;
    }
    return needs;
}

class X86Code {
public:
    void add(std::initializer_list<unsigned char> list) { code_.append(list.begin(), list.end()); }

    // Fails where a register of cpuid's lacks one of the bits. `and_code` and `cmp_code` name the register.
    void require(unsigned char and_code, unsigned char cmp_code, uint32_t bits) {
        if (bits != 0) {
            add({0x81, and_code});  // and register, bits
            append_word(code_, bits);
            add({0x81, cmp_code});  // cmp register, bits
            append_word(code_, bits);
            fail_if(0x85);  // jne
        }
    }
    void require_eax(uint32_t bits) { require(0xe0, 0xf8, bits); }
    void require_ebx(uint32_t bits) { require(0xe3, 0xfb, bits); }
    void require_ecx(uint32_t bits) { require(0xe1, 0xf9, bits); }
    void require_edx(uint32_t bits) { require(0xe2, 0xfa, bits); }

    // Fails where eax is below `least`: what cpuid returns there is the last leaf or subleaf that it knows.
    void require_leaf(uint32_t least) {
        add({0x3d});  // cmp eax, least
        append_word(code_, least);
        fail_if(0x82);  // jb
    }
    void cpuid(uint32_t leaf, uint32_t subleaf = 0) {
        add({0xb8});  // mov eax, leaf
        append_word(code_, leaf);
        add({0xb9});  // mov ecx, subleaf
        append_word(code_, subleaf);
        add({0x0f, 0xa2});
    }

    std::string finish() {
        add({0xb8, 0x01, 0x00, 0x00, 0x00, 0x5b, 0xc3});  // mov eax, 1; pop rbx; ret
        const size_t failed = code_.size();
        add({0x31, 0xc0, 0x5b, 0xc3});  // xor eax, eax; pop rbx; ret
        for (size_t jump : jumps_) {
            const auto distance = static_cast<uint32_t>(failed - (jump + sizeof(uint32_t)));
            code_.replace(jump, sizeof(distance), reinterpret_cast<const char *>(&distance), sizeof(distance));
        }
        return code_;
    }

private:
    void fail_if(unsigned char condition) {
        add({0x0f, condition});
        jumps_.push_back(code_.size());
        append_word(code_, 0);
    }

    std::string code_;
    std::vector<size_t> jumps_;  // places of distances to the failing end
};

std::string x86_code(const X86Needs &needs) {
    X86Code code;
    code.add({0xf3, 0x0f, 0x1e, 0xfa, 0x53});  // endbr64; push rbx, which cpuid writes and the caller keeps
    if (needs.leaf1_ecx != 0) {
        code.cpuid(1);
        code.require_ecx(needs.leaf1_ecx);
    }
    if (needs.xcr0 != 0) {                         // OSXSAVE is among the bits before, so the instruction is there
        code.add({0x31, 0xc9, 0x0f, 0x01, 0xd0});  // xor ecx, ecx; xgetbv
        code.require_eax(needs.xcr0);
    }
    if (needs.extended_ecx != 0) {
        code.cpuid(0x80000000);
        code.require_leaf(0x80000001);
        code.cpuid(0x80000001);
        code.require_ecx(needs.extended_ecx);
    }
    if (needs.leaf7_ebx != 0) {
        code.cpuid(0);
        code.require_leaf(7);
        code.cpuid(7);
        code.require_ebx(needs.leaf7_ebx);
        code.require_ecx(needs.leaf7_ecx);
        code.require_edx(needs.leaf7_edx);
    }
    if (needs.leaf7_1_eax != 0) {
        code.cpuid(7);
        code.require_leaf(1);
        code.cpuid(7, 1);
        code.require_eax(needs.leaf7_1_eax);
    }
    return code.finish();
}

}  // namespace

std::optional<std::string> x86_processor_check(const Target &target) {
    const std::optional<X86Needs> needs = x86_needs(target);
    return needs ? std::optional(x86_code(*needs)) : std::nullopt;
}

}  // namespace tconv
