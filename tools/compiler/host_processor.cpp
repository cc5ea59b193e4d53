// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/host_processor.h"

#include <algorithm>
#include <fstream>
#include <vector>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace tconv {

namespace {

struct X86Models {
    const char *name;
    const char *vendor;
    uint32_t family;
    std::vector<std::pair<uint32_t, uint32_t>> models;  // ranges, both ends included
};

// As LLVM's Host.cpp names them; a later product with the same core counts as the first.
const std::vector<X86Models> kX86 = {
    {"haswell", "GenuineIntel", 6, {{0x3c, 0x3c}, {0x3f, 0x3f}, {0x45, 0x46}}},
    {"skylake", "GenuineIntel", 6, {{0x4e, 0x4e}, {0x5e, 0x5e}, {0x8e, 0x8e}, {0x9e, 0x9e}, {0xa5, 0xa6}}},
    {"skylake-avx512", "GenuineIntel", 6, {{0x55, 0x55}}},
    {"icelake-server", "GenuineIntel", 6, {{0x6a, 0x6a}, {0x6c, 0x6c}}},
    {"sapphirerapids", "GenuineIntel", 6, {{0x8f, 0x8f}, {0xcf, 0xcf}}},
    {"alderlake", "GenuineIntel", 6, {{0x97, 0x97}, {0x9a, 0x9a}, {0xb7, 0xb7}, {0xba, 0xba}, {0xbf, 0xbf}}},
    {"znver2", "AuthenticAMD", 0x17, {{0x30, 0x3f}, {0x47, 0x47}, {0x60, 0x7f}, {0x84, 0x87}, {0x90, 0xaf}}},
    {"znver3", "AuthenticAMD", 0x19, {{0x00, 0x0f}, {0x20, 0x5f}}},
    {"znver4", "AuthenticAMD", 0x19, {{0x10, 0x1f}, {0x60, 0x7f}, {0xa0, 0xaf}}},
    {"znver5", "AuthenticAMD", 0x1a, {{0x00, 0x7f}}},
};

struct ArmPart {
    const char *name;
    uint32_t implementer, part;
};

const ArmPart kArm[] = {
    {"cortex-a53", 0x41, 0xd03}, {"cortex-a55", 0x41, 0xd05},  {"cortex-a72", 0x41, 0xd08},
    {"cortex-a76", 0x41, 0xd0b}, {"neoverse-n1", 0x41, 0xd0c}, {"neoverse-v1", 0x41, 0xd40},
    {"apple-m1", 0x61, 0x022},   {"apple-m1", 0x61, 0x023},    {"apple-m1", 0x61, 0x024},
    {"apple-m1", 0x61, 0x025},   {"apple-m1", 0x61, 0x028},    {"apple-m1", 0x61, 0x029},
};

#if defined(__aarch64__)
// The number behind "key : " in the last block of /proc/cpuinfo: where cores differ, that of a large one.
uint32_t cpuinfo_number(const std::string &key) {
    std::ifstream file("/proc/cpuinfo");
    uint32_t number = 0;
    for (std::string line; std::getline(file, line);) {
        const size_t colon = line.find(':');
        if (line.rfind(key, 0) == 0 && colon != std::string::npos) {
            number = static_cast<uint32_t>(std::stoul(line.substr(colon + 1), nullptr, 0));
        }
    }
    return number;
}
#endif

}  // namespace

std::string x86_processor(const std::string &vendor, uint32_t family, uint32_t model) {
    for (const X86Models &row : kX86) {
        const bool listed = std::any_of(row.models.begin(), row.models.end(), [=](const auto &range) {
            return range.first <= model && model <= range.second;
        });
        if (row.vendor == vendor && row.family == family && listed) return row.name;
    }
    return "";
}

std::string arm_processor(uint32_t implementer, uint32_t part) {
    for (const ArmPart &row : kArm) {
        if (row.implementer == implementer && row.part == part) return row.name;
    }
    return "";
}

std::string host_processor() {
#if defined(__x86_64__)
    uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid(0, &eax, &ebx, &ecx, &edx) == 0) return "";
    std::string vendor;
    for (const uint32_t word : {ebx, edx, ecx}) vendor.append(reinterpret_cast<const char *>(&word), sizeof(word));
    __get_cpuid(1, &eax, &ebx, &ecx, &edx);
    uint32_t family = eax >> 8 & 0xf, model = eax >> 4 & 0xf;
    if (family == 0x6 || family == 0xf) model |= eax >> 12 & 0xf0;
    if (family == 0xf) family += eax >> 20 & 0xff;
    return x86_processor(vendor, family, model);
#elif defined(__aarch64__)
    return arm_processor(cpuinfo_number("CPU implementer"), cpuinfo_number("CPU part"));
#else
    return "";
#endif
}

}  // namespace tconv
