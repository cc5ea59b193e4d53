// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/weights_object.h"

#include <elf.h>

#include "tools/compiler/elf_object.h"

namespace tconv {

namespace {

std::string bytes(std::initializer_list<unsigned char> list) { return std::string(list.begin(), list.end()); }

// Machine code that returns the address of .rodata, and the relocations that complete it.
ElfFunction x86_function() {
    ElfFunction function;
    // endbr64; lea rax, [rip + data]; ret. The displacement counts from the end of the lea, 4 bytes after its field.
    function.code = bytes({0xf3, 0x0f, 0x1e, 0xfa, 0x48, 0x8d, 0x05, 0, 0, 0, 0, 0xc3});
    function.fixups = {{7, R_X86_64_PC32, -4}};
    return function;
}

ElfFunction arm_function() {
    ElfFunction function;
    // adrp x0, data; add x0, x0, :lo12:data; ret
    function.code = bytes({0x00, 0x00, 0x00, 0x90, 0x00, 0x00, 0x00, 0x91, 0xc0, 0x03, 0x5f, 0xd6});
    function.fixups = {{0, R_AARCH64_ADR_PREL_PG_HI21, 0}, {4, R_AARCH64_ADD_ABS_LO12_NC, 0}};
    return function;
}

}  // namespace

Expected<std::string> weights_object(const std::string &function, std::string_view weights,
                                     const Halide::Target &target) {
    if (!writes_elf_for(target)) {
        return unsupported(
            "--target", target.to_string(),
            "weights inside the library need a 64-bit x86 or ARM target with ELF objects; leave `weights` out "
            "of the layer file and use NAME_pack");
    }
    ElfFunction address = target.arch == Halide::Target::X86 ? x86_function() : arm_function();
    address.name = function;
    address.hidden = true;
    address.rodata = weights.data();
    address.rodata_bytes = weights.size();
    return elf_object(address, target);
}

}  // namespace tconv
