// SPDX-License-Identifier: Apache-2.0
#include "tests/codegen/binary_tools.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "runtime/base/child_process.h"

namespace tconv::test {

namespace {

std::vector<std::string> lines_of(const std::vector<std::string> &command) {
    const auto result = run_program(command);
    if (!result || result->exit_code != 0) {
        ADD_FAILURE() << command[0] << ": " << (result ? result->output : result.error().message)
                      << " (Debian's package llvm has it)";
        return {};
    }
    std::vector<std::string> lines;
    std::istringstream stream(result->output);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

int64_t number(const std::string &text) { return std::stoll(text, nullptr, 0); }

// What an instruction of x86-64, in AT&T syntax, adds to its function's frame.
void read_x86(const std::string &instruction, Disassembly &function) {
    static const std::regex push(R"(^push[ql]? )"), indirect(R"(^(call|jmp)q? \*)");
    static const std::regex sub(R"(^subq? \$(\w+), %rsp)"), align(R"(^andq? \$-(\w+), %rsp)");
    static const std::regex dynamic(R"(^(sub|add|lea)q? .*%r[^b]\w+.*, %rsp|^movq? %r[^b]\w+, %rsp)");
    std::smatch match;
    if (std::regex_search(instruction, push)) {
        function.frame_bytes += 8;
    } else if (std::regex_search(instruction, match, sub)) {
        function.frame_bytes += number(match[1]);
    } else if (std::regex_search(instruction, match, align)) {
        function.frame_bytes += number(match[1]) - 1;
    }
    function.dynamic_stack |= std::regex_search(instruction, dynamic);
    function.indirect_calls |= std::regex_search(instruction, indirect);
}

void read_arm(const std::string &instruction, Disassembly &function) {
    static const std::regex sub(R"(^sub sp, (?:sp|x\d+), #(\w+)(?:, lsl #(\d+))?)"), indirect(R"(^blr )");
    static const std::regex align(R"(^and sp, )");
    static const std::regex store(R"(^st[rp] .*\[sp, #-(\w+)\]!)"), dynamic(R"(^(sub|add) sp, \w+, x\d+)");
    std::smatch match;
    if (std::regex_search(instruction, match, sub)) {
        function.frame_bytes += number(match[1]) << (match[2].matched ? std::stoi(match[2]) : 0);
    } else if (std::regex_search(instruction, match, store)) {
        function.frame_bytes += number(match[1]);
    }
    // Vectors of 16 bytes need no more alignment than every frame has: an aligned frame would be news.
    function.dynamic_stack |= std::regex_search(instruction, dynamic) || std::regex_search(instruction, align);
    function.indirect_calls |= std::regex_search(instruction, indirect);
}

}  // namespace

std::vector<Symbol> symbols_of(const std::string &archive) {
    static const std::regex entry(R"(^(\S+) ([A-Za-z?])(?: .*)?$)");
    std::vector<Symbol> symbols;
    for (const std::string &line : lines_of({"llvm-nm", "--format=posix", archive})) {
        std::smatch match;
        if (std::regex_match(line, match, entry)) {
            symbols.push_back({match[1], match[2].str()[0]});
        }
    }
    return symbols;
}

std::vector<Section> sections_of(const std::string &archive) {
    static const std::regex entry(
        R"(^\s*\[\s*\d+\] (\S+)\s+\S+\s+[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) [0-9a-f]+\s+([A-Za-z]*)\s+\d+\s+\d+\s+\d+$)");
    std::vector<Section> sections;
    for (const std::string &line : lines_of({"llvm-readelf", "--sections", "--wide", archive})) {
        std::smatch match;
        if (std::regex_match(line, match, entry)) {
            sections.push_back({match[1], std::stoull(match[2], nullptr, 16), match[3]});
        }
    }
    return sections;
}

std::map<std::string, Disassembly> disassembly_of(const std::string &archive) {
    static const std::regex header(R"(^[0-9a-f]{8,} <(.+)>:$)"), code(R"(^\s*[0-9a-f]+:\s+([a-z]\S*)\s*(.*)$)");
    static const std::regex call(R"(^\s*[0-9a-f]+:\s+R_(?:X86_64_PLT32|AARCH64_CALL26|AARCH64_JUMP26)\s+(\w+))");
    constexpr int64_t x86_return_address = 8;
    std::map<std::string, Disassembly> functions;
    Disassembly *function = nullptr;
    bool arm = false;
    for (const std::string &line :
         lines_of({"llvm-objdump", "--disassemble", "--reloc", "--no-show-raw-insn", archive})) {
        std::smatch match;
        if (line.find("file format") != std::string::npos) {
            arm = line.find("aarch64") != std::string::npos;
        } else if (std::regex_match(line, match, header)) {
            function = &functions[match[1]];
            function->frame_bytes = arm ? 0 : x86_return_address;
        } else if (function != nullptr && std::regex_search(line, match, call)) {
            function->calls.insert(match[1]);
        } else if (function != nullptr && std::regex_match(line, match, code)) {
            const std::string instruction = match[1].str() + " " + match[2].str();
            arm ? read_arm(instruction, *function) : read_x86(instruction, *function);
        }
    }
    return functions;
}

int64_t deepest_stack(const std::map<std::string, Disassembly> &functions, const std::string &function) {
    const auto found = functions.find(function);
    if (found == functions.end()) {
        return 0;
    }
    int64_t deepest = 0;
    for (const std::string &callee : found->second.calls) {
        deepest = std::max(deepest, deepest_stack(functions, callee));
    }
    return found->second.frame_bytes + deepest;
}

}  // namespace tconv::test
