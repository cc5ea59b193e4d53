// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/stack_usage.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <regex>
#include <sstream>

#include "runtime/base/files.h"

namespace tconv {

namespace {

// What one instruction adds to the frame; the instructions that undo it on the way out subtract and are left alone.
int64_t frame_growth(const std::string &line) {
    static const std::regex x86_push(R"(^\s+push[ql]?\s)");
    static const std::regex x86_sub(R"(^\s+sub[ql]\s+\$(\d+), %[er]sp)");
    static const std::regex x86_align(R"(^\s+and[ql]\s+\$-(\d+), %[er]sp)");
    // An aligned frame begins with "sub x9, sp, #n" and "and sp, x9, #mask".
    static const std::regex arm_sub(R"(^\s+sub\s+(?:sp, (?:sp|x\d+)|x\d+, sp), #(\d+)(?:, lsl #(\d+))?)");
    static const std::regex arm_align(R"(^\s+and\s+sp, x\d+, #(0x[0-9a-f]+))");
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
    if (std::regex_search(line, match, arm_align)) {
        return static_cast<int64_t>(~std::strtoull(match[1].str().c_str(), nullptr, 16));
    }
    if (std::regex_search(line, match, arm_sub)) {
        return std::atoll(match[1].str().c_str()) << (match[2].matched ? std::atoi(match[2].str().c_str()) : 0);
    }
    return 0;
}

constexpr int64_t kReturnAddress = 8;

}  // namespace

bool reads_frames(const Halide::Target &target) {
    using Halide::Target;
    // On Windows large frames come from a function of its C library; Apple's symbols begin with another underscore.
    const bool elf = target.os != Target::Windows && target.os != Target::OSX && target.os != Target::IOS;
    return elf && (target.arch == Target::X86 || (target.arch == Target::ARM && target.bits == 64));
}

std::map<std::string, int64_t> frame_bytes(const std::string &assembly) {
    std::map<std::string, int64_t> frames;
    std::string function;
    std::istringstream lines(assembly);
    for (std::string line; std::getline(lines, line);) {
        // Not a local label, not a comment such as "// %bb.0:".
        const bool label = !line.empty() && (std::isalpha(static_cast<unsigned char>(line[0])) || line[0] == '_');
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

Expected<std::map<std::string, int64_t>> stack_of_entry_points(const std::string &name,
                                                               const std::vector<std::string> &files, bool on_device) {
    std::map<std::string, int64_t> frames;
    for (const std::string &file : files) {
        const Expected<std::string> text = read_file(file);
        if (!text) {
            return text.error();
        }
        for (const auto &[function, bytes] : frame_bytes(*text)) {
            frames[function] = bytes;
        }
    }
    const auto deepest = [&](const std::string &prefix, const std::string &except) {
        int64_t bytes = 0;
        for (const auto &[function, own] : frames) {
            if (function.rfind(prefix, 0) == 0 && (except.empty() || function.rfind(except, 0) != 0)) {
                bytes = std::max(bytes, own);
            }
        }
        return bytes;
    };
    const std::string internal = name + "__", stage = internal + "stage", device = internal + "device";
    // Both stage functions and the device function call kernels; what Halide's run-time library takes is not known.
    const int64_t callees =
        std::max(deepest(stage, ""), deepest(device, "")) + deepest(internal, on_device ? device : stage);
    std::map<std::string, int64_t> entry_points;
    for (const char *entry_point : {"run", "task", "pack"}) {
        if (const auto own = frames.find(name + "_" + entry_point); own != frames.end()) {
            entry_points[entry_point] = own->second + callees;
        }
    }
    return entry_points;
}

}  // namespace tconv
