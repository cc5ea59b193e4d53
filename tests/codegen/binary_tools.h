// SPDX-License-Identifier: Apache-2.0
// What is in an archive, as LLVM's binary tools show it: they read the objects of every target.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tconv::test {

struct Symbol {
    std::string name;
    char type = '?';  // as nm shows it: upper case for global, U for undefined

    bool undefined() const { return type == 'U' || type == 'w' || type == 'v'; }
    bool global() const { return !undefined() && type >= 'A' && type <= 'Z'; }
};
std::vector<Symbol> symbols_of(const std::string &archive);

struct Section {
    std::string name;
    uint64_t size = 0;
    std::string flags;  // as readelf shows them: W writable, A in memory, X code
};
std::vector<Section> sections_of(const std::string &archive);

// A function as it was disassembled.
struct Disassembly {
    int64_t frame_bytes = 0;     // its own, return address included
    bool dynamic_stack = false;  // moves the stack pointer by a value that is not a constant
    bool indirect_calls = false;
    std::set<std::string> calls;  // symbols, by relocation
};
std::map<std::string, Disassembly> disassembly_of(const std::string &archive);

// The most stack that a call of `function` takes, over all paths of calls. Calls of functions outside count nothing.
int64_t deepest_stack(const std::map<std::string, Disassembly> &functions, const std::string &function);

}  // namespace tconv::test
