// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/prefetch_hint.h"

#include <elf.h>

#include <cstring>
#include <regex>
#include <sstream>
#include <vector>

#include "generators/lowering_passes_prefetch.h"
#include "runtime/base/files.h"
#include "tools/compiler/elf_object.h"

namespace tconv {

namespace {

constexpr char kStreaming[] = "prefetchnta", kKeeping[] = "prefetcht0";

const char *const kRegisters[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                  "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

// displacement(base,index,scale), as the assembly has it; numbers of registers, -1: none.
struct Operand {
    int base = -1, index = -1, scale = 1;
    int64_t displacement = 0;

    bool operator==(const Operand &other) const {
        return base == other.base && index == other.index && (index < 0 || scale == other.scale) &&
               displacement == other.displacement;
    }
};

int register_number(const std::string &name) {
    for (int i = 0; i < 16; i++) {
        if (name == kRegisters[i]) return i;
    }
    return -1;
}

std::vector<Operand> operands_of(const std::string &assembly) {
    static const std::regex form(R"(prefetchnta\s+(-?\d+)?\((?:%(\w+))?(?:,\s*%(\w+)(?:,\s*(\d))?)?\))");
    std::vector<Operand> operands;
    std::istringstream lines(assembly);
    std::smatch match;
    for (std::string line; std::getline(lines, line);) {
        if (!std::regex_search(line, match, form)) continue;
        Operand operand;
        operand.displacement = match[1].matched ? std::stoll(match[1]) : 0;
        operand.base = register_number(match[2]);
        operand.index = register_number(match[3]);
        operand.scale = match[4].matched ? std::stoi(match[4]) : 1;
        operands.push_back(operand);
    }
    return operands;
}

int32_t read_int32(const unsigned char *at) {
    int32_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
}

// What the bytes behind 0F 18 address. `rex`: the prefix's four bits.
bool decode(const unsigned char *at, const unsigned char *end, int rex, Operand &operand) {
    if (end - at < 6) return false;
    const int mode = *at >> 6, rm = *at & 7;
    if (((*at >> 3) & 7) != 0 || mode == 3) return false;
    at++;
    operand = {};
    operand.base = rm + ((rex & 1) != 0 ? 8 : 0);
    if (rm == 4) {
        const int sib = *at++;
        operand.base = (sib & 7) + ((rex & 1) != 0 ? 8 : 0);
        operand.index = ((sib >> 3) & 7) + ((rex & 2) != 0 ? 8 : 0);
        operand.scale = 1 << (sib >> 6);
        if (operand.index == 4) operand.index = -1;  // the stack pointer's number stands for none
        if ((sib & 7) == 5 && mode == 0) operand.base = -1;
    } else if (rm == 5 && mode == 0) {
        return false;  // relative to the instruction
    }
    if (mode == 1) {
        operand.displacement = static_cast<signed char>(*at);
    } else if (mode == 2 || (mode == 0 && operand.base < 0)) {
        operand.displacement = read_int32(at);
    }
    return true;
}

// The next place in [at, end) of a prefetchnta with that operand: of its byte that says which prefetch it is.
unsigned char *find_prefetch(unsigned char *at, unsigned char *end, const Operand &wanted) {
    Operand found;
    for (unsigned char *begin = at; at + 2 < end; at++) {
        if (at[0] != 0x0f || at[1] != 0x18) continue;
        const bool may_have_prefix = at > begin && (at[-1] & 0xf0) == 0x40;
        const bool is_it = (decode(at + 2, end, 0, found) && found == wanted) ||
                           (may_have_prefix && decode(at + 2, end, at[-1] & 0xf, found) && found == wanted);
        if (is_it) return at + 2;
    }
    return nullptr;
}

// The sections of code, in their order.
std::vector<std::pair<unsigned char *, unsigned char *>> code_of(std::string &object) {
    std::vector<std::pair<unsigned char *, unsigned char *>> code;
    Elf64_Ehdr header;
    if (object.size() < sizeof header) return code;
    std::memcpy(&header, object.data(), sizeof header);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_machine != EM_X86_64) return code;
    for (int i = 0; i < header.e_shnum; i++) {
        Elf64_Shdr section;
        const uint64_t at = header.e_shoff + static_cast<uint64_t>(i) * sizeof section;
        if (at + sizeof section > object.size()) return {};
        std::memcpy(&section, object.data() + at, sizeof section);
        if ((section.sh_flags & SHF_EXECINSTR) == 0 || section.sh_type != SHT_PROGBITS) continue;
        if (section.sh_offset + section.sh_size > object.size()) return {};
        auto *begin = reinterpret_cast<unsigned char *>(&object[section.sh_offset]);
        code.emplace_back(begin, begin + section.sh_size);
    }
    return code;
}

}  // namespace

bool drops_prefetched_lines(const Halide::Module &module, const Machine &machine) {
    return module.target().arch == Halide::Target::X86 && writes_elf_for(module.target()) && !machine.keeps_streamed &&
           has_prefetches(module);
}

Status keep_prefetched_lines(const std::string &object_file, const std::string &assembly_file) {
    Expected<std::string> object = read_file(object_file), assembly = read_file(assembly_file);
    for (const Expected<std::string> *read : {&object, &assembly}) {
        if (!*read) return read->error();
    }
    const auto code = code_of(*object);
    size_t section = 0;
    unsigned char *at = code.empty() ? nullptr : code[0].first;
    for (const Operand &operand : operands_of(*assembly)) {
        unsigned char *found = nullptr;
        while (section < code.size() && (found = find_prefetch(at, code[section].second, operand)) == nullptr) {
            section++;
            at = section < code.size() ? code[section].first : nullptr;
        }
        if (found == nullptr) {
            return Error{StatusCode::kFailed, object_file + ": lacks a " + kStreaming + " of " + assembly_file};
        }
        *found |= 1 << 3;
        at = found + 1;
    }
    for (size_t place = 0; (place = assembly->find(kStreaming, place)) != std::string::npos;) {
        assembly->replace(place, std::strlen(kStreaming), kKeeping);
    }
    const Status status = write_file(object_file, *object);
    return status ? write_file(assembly_file, *assembly) : status;
}

}  // namespace tconv
