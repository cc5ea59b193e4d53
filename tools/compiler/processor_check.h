// SPDX-License-Identifier: Apache-2.0
// NAME_supported(): whether the processor that a program runs on has the instructions that its library was compiled for.
// Machine code of our own, because what asks must itself run on the least processor of the architecture.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <Halide.h>

namespace tconv {

// The features of a target that say what the processor has, rather than how code is generated or for which device.
std::vector<Halide::Target::Feature> processor_features(const Halide::Target &target);

// The target without its device.
Halide::Target host_side(const Halide::Target &target);

// An ELF object with the function `symbol`, int(void), which returns 1 or 0: it needs no other object, keeps no state and
// calls nothing. None where a library cannot have it: on GPU targets, for other objects than 64-bit ELF, and for features
// that a processor cannot be asked for.
std::optional<std::string> processor_check_object(const std::string &symbol, const Halide::Target &target);

inline void append_word(std::string &code, uint32_t word) {
    code.append(reinterpret_cast<const char *>(&word), sizeof(word));
}

// Its machine code on x86-64.
std::optional<std::string> x86_processor_check(const Halide::Target &target);

}  // namespace tconv
