// SPDX-License-Identifier: Apache-2.0
// Reads the assembly that LLVM wrote for a kernel: where a target cannot run, its inner loops still show whether the
// kernel is what its schedule meant. x86-64 in AT&T syntax, and AArch64.
#pragma once

#include <string>
#include <vector>

#include "tconv/status.h"

namespace tconv {

// An innermost loop that holds vector multiply-adds: no loop inside it has any.
struct MultiplyAddLoop {
    std::string label;   // of its first instruction
    int first_line = 0;  // in the text, from 1
    int last_line = 0;
    int instructions = 0;
    int multiply_adds = 0;  // of vectors; also counted by the width of their registers:
    int zmm = 0;
    int ymm = 0;
    int xmm = 0;  // on ARM: 128-bit vectors
    int gathers = 0;
    int vector_spills = 0;    // instructions on vectors that refer to the stack
    int address_reloads = 0;  // other instructions that do
};

std::vector<MultiplyAddLoop> multiply_add_loops(const std::string &assembly);

// The loops, if all their vector multiply-adds use 512-bit registers, and no gather and no spilled vector is in them.
// Else an error that names the loop and what it holds. Without any such loop there is nothing to vouch for: none.
Expected<std::vector<MultiplyAddLoop>> require_zmm_loops(const std::string &name, const std::string &assembly);

}  // namespace tconv
