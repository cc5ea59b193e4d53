// SPDX-License-Identifier: Apache-2.0
// Accesses to memory in a module of LLVM's textual form, and what is known of the memory they go to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tconv::test {

// Where an address comes from, followed through getelementptr, phi, select and casts.
struct MemoryBase {
    enum class Kind { kStack, kGlobal, kArgument, kLoaded, kOther };
    Kind kind = Kind::kOther;
    std::string name;
    int64_t alignment = 1;  // of a stack variable
    int64_t bytes = -1;     // of a stack variable; -1: its type is not known here
    int64_t offset = -1;    // of the access; -1: not constant
};

struct MemoryAccess {
    std::string function, text;  // the instruction
    int64_t alignment = 1;       // that it claims
    int64_t element_bytes = 1;
    int64_t bytes = 0;  // 0: not constant
    std::vector<MemoryBase> bases;
};

// Loads, stores, masked ones, memcpy, memmove and memset of every function that is defined there.
std::vector<MemoryAccess> memory_accesses(const std::string &module);

// Why an access claims more than its memory keeps; empty where it does not. Memory behind a loaded pointer is a tensor
// of `tensor_element` bytes an element, in any place that such elements may have.
std::string alignment_complaint(const MemoryAccess &access, int64_t tensor_element);

}  // namespace tconv::test
