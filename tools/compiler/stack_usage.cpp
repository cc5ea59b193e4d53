// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/stack_usage.h"

#include <cstdlib>
#include <regex>
#include <sstream>

namespace tconv {

namespace {

// What one instruction adds to the frame; the instructions that undo it on the way out subtract and are left alone.
int64_t frame_growth(const std::string &line) {
    static const std::regex x86_push(R"(^\s+push[ql]?\s)");
    static const std::regex x86_sub(R"(^\s+sub[ql]\s+\$(\d+), %[er]sp)");
    static const std::regex x86_align(R"(^\s+and[ql]\s+\$-(\d+), %[er]sp)");
    static const std::regex arm_sub(R"(^\s+sub\s+sp, (?:sp|x\d+), #(\d+)(?:, lsl #(\d+))?)");
    static const std::regex arm_store(R"(^\s+st[rp]\s.*\[sp, #-(\d+)\]!)");
    std::smatch match;
    if (std::regex_search(line, x86_push)) {
        return 8;
    }
    if (std::regex_search(line, match, x86_sub) || std::regex_search(line, match, arm_store)) {
        return std::atoll(match[1].str().c_str());
    }
    if (std::regex_search(line, match, x86_align)) {
        return std::atoll(match[1].str().c_str()) - 1;
    }
    if (std::regex_search(line, match, arm_sub)) {
        return std::atoll(match[1].str().c_str()) << (match[2].matched ? std::atoi(match[2].str().c_str()) : 0);
    }
    return 0;
}

constexpr int64_t kReturnAddress = 8;

}  // namespace

std::map<std::string, int64_t> frame_bytes(const std::string &assembly) {
    std::map<std::string, int64_t> frames;
    std::string function;
    std::istringstream lines(assembly);
    for (std::string line; std::getline(lines, line);) {
        const bool label = !line.empty() && line[0] != '.' && line[0] != '\t' && line[0] != ' ' && line[0] != '#';
        if (label && line.find(':') != std::string::npos) {
            function = line.substr(0, line.find(':'));
            frames[function] = kReturnAddress;
        } else if (!function.empty() && line.find("sp") != std::string::npos) {
            frames[function] += frame_growth(line);
        } else if (!function.empty() && line.find("push") != std::string::npos) {
            frames[function] += frame_growth(line);
        }
    }
    return frames;
}

}  // namespace tconv
