// SPDX-License-Identifier: Apache-2.0
// An object file with one function and read-only data, written directly as ELF from machine code that is known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <Halide.h>

namespace tconv {

struct ElfFunction {
    std::string name;
    std::string code;     // machine code
    bool hidden = false;  // only for the other objects of the library
    // Places in the code that hold the address of the data once linked.
    struct Fixup {
        uint64_t offset;
        uint32_t type;  // R_X86_64_.., R_AARCH64_..
        int64_t addend;
    };
    std::vector<Fixup> fixups;
    const char *rodata = "";  // 64-byte aligned
    size_t rodata_bytes = 0;
};

// Whether elf_object() makes objects for the target: 64-bit x86 and ARM where objects are ELF.
bool writes_elf_for(const Halide::Target &target);

// The object's bytes.
std::string elf_object(const ElfFunction &function, const Halide::Target &target);

}  // namespace tconv
