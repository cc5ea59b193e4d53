// SPDX-License-Identifier: Apache-2.0
/// \file
/// The instruction sets that the general kernels of plan.h were compiled for. An x86-64 library holds three and picks
/// the best at run time; an arm64 library holds one. All functions are thread-safe, allocate nothing that they keep,
/// and read no environment.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tconv/status.h"

namespace tconv {

enum class Isa { kX86, kX86Avx2, kX86Avx512, kArm64Neon };

/// The name, which is also that of the compiler's target: "x86-64", "x86-64-avx2", "x86-64-avx512", "arm64-neon".
constexpr const char *to_string(Isa isa) {
    switch (isa) {
    case Isa::kX86: return "x86-64";
    case Isa::kX86Avx2: return "x86-64-avx2";
    case Isa::kX86Avx512: return "x86-64-avx512";
    case Isa::kArm64Neon: return "arm64-neon";
    }
    return "";
}

/// What this library holds kernels for, least capable first. Never empty.
const std::vector<Isa> &built_isas();

/// Whether the library holds them and this processor and its system run them. The processor is asked once.
bool is_available(Isa isa);

/// The most capable of those that are available: what a plan takes unless told otherwise.
Isa best_isa();

/// By name. An error names what is unknown, not in this library, or not run by this processor.
Expected<Isa> find_isa(const std::string &name);

}  // namespace tconv
