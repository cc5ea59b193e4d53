// SPDX-License-Identifier: Apache-2.0
// Packed weights as an object file: the bytes in .rodata, 64-byte aligned, and a function NAME__weights() that returns
// their address. Written as ELF directly, because LLVM takes 0.14 s for every megabyte of constants.
#pragma once

#include <string>
#include <string_view>

#include <Halide.h>

#include "tconv/status.h"

namespace tconv {

// The object's bytes. Supported are 64-bit x86 and ARM targets with ELF objects; others are refused by name.
Expected<std::string> weights_object(const std::string &function, std::string_view weights,
                                     const Halide::Target &target);

}  // namespace tconv
