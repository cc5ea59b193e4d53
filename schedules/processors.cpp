// SPDX-License-Identifier: Apache-2.0
#include "schedules/processor.h"

#include <algorithm>

namespace tconv {

namespace {

using Kind = FactSource::Kind;
using Core = Processor::Core;
using Caches = Processor::Caches;
using Rates = Processor::Rates;
using Calls = Processor::Calls;

constexpr int kKiB = 1024, kMiB = 1024 * 1024;

const FactSource kIntel = {Kind::kManual, "Intel 64 and IA-32 Architectures Optimization Reference Manual"};
const FactSource kZen = {Kind::kManual, "Software Optimization Guide for the AMD Zen2 Microarchitecture, 56305"};
const FactSource kZen3 = {Kind::kManual, "Software Optimization Guide for the AMD Zen3 Microarchitecture, 56665"};
const FactSource kZen4 = {Kind::kManual, "Software Optimization Guide for the AMD Zen4 Microarchitecture, 57647"};
const FactSource kZen5 = {Kind::kManual, "Software Optimization Guide for the AMD Zen5 Microarchitecture, 58455"};
const FactSource kLlvmA53 = {Kind::kManual,
                             "LLVM 21, AArch64SchedA53.td, and Arm Cortex-A53 Technical Reference Manual"};
const FactSource kA55 = {Kind::kManual, "Arm Cortex-A55 Software Optimization Guide"};
const FactSource kA72 = {Kind::kManual, "Arm Cortex-A72 Software Optimization Guide"};
const FactSource kA76 = {Kind::kManual, "Arm Cortex-A76 Software Optimization Guide"};
const FactSource kN1 = {Kind::kManual, "Arm Neoverse N1 Software Optimization Guide"};
const FactSource kV1 = {Kind::kManual, "Arm Neoverse V1 Software Optimization Guide"};
const FactSource kM1 = {Kind::kManual, "LLVM 21, AArch64SchedCyclone.td, and Apple Silicon CPU Optimization Guide"};
const FactSource kCuda = {Kind::kManual, "CUDA C++ Programming Guide, compute capabilities"};
const FactSource kMeasuredZen3 = {Kind::kMeasured,
                                  "virtual Zen 3 server (AMD EPYC), by the times of benchmarks/layers.json"};
const FactSource kMeasuredGoldenCove = {Kind::kMeasured, "virtual Sapphire Rapids server, docs/measurements.md"};
const FactSource kSmallestArm = {Kind::kAssumed, "cortex-a72 and cortex-a76, the smaller of both"};
const FactSource kDataSheets = {Kind::kAssumed, "data sheets; no GPU has been measured"};
const FactSource kAsZen3 = {Kind::kAssumed, "znver3"};
const FactSource kHalfOfZen3 = {Kind::kAssumed, "znver3, a half to a third of it: no board has been measured"};
const FactSource kAsGoldenCove = {Kind::kAssumed, "sapphirerapids"};

const Rates kZen3Rates = {24, 10, 5.5, 5.5}, kGoldenCoveRates = {40, 6.7, 3.5, 2.5};
const Calls kMeasuredCalls = {250, 3000};

const std::vector<std::string> kSse = {"x86_sse"}, kAvx2 = {"x86_sse", "x86_avx2"},
                               kAvx512 = {"x86_sse", "x86_avx2", "x86_avx512"}, kNeon = {"arm_neon"}, kGpu = {"gpu"};

// Core: units, their bits, latency, loads, their bits, decode, in order. Caches: first, second, third level, line, whether
// they keep lines of prefetchnta: on Zen 3 that was what choices were measured with.
// clang-format off: a table
const std::vector<Processor> kProcessors = {
    {kGenericProcessor, {"x86_sse"}, {2, 128, 4, 2, 128, 4, false}, kAsZen3, {32 * kKiB, 512 * kKiB, 12 * kMiB, 64}, kAsZen3,
     kZen3Rates, kAsZen3, kMeasuredCalls, kAsZen3},
    {kGenericProcessor, {"x86_avx2"}, {2, 256, 4, 2, 256, 4, false}, kAsZen3, {32 * kKiB, 512 * kKiB, 12 * kMiB, 64}, kAsZen3,
     kZen3Rates, kAsZen3, kMeasuredCalls, kAsZen3},
    {kGenericProcessor, {"x86_avx512"}, {2, 512, 4, 2, 512, 4, false}, kIntel, {32 * kKiB, 1 * kMiB, 12 * kMiB, 64}, kIntel,
     kZen3Rates, kAsZen3, kMeasuredCalls, kAsZen3},
    {kGenericProcessor, kNeon, {2, 128, 4, 2, 128, 4, false}, kA76, {32 * kKiB, 512 * kKiB, 0, 64}, kSmallestArm,
     {16, 8, 4, 4}, kHalfOfZen3, kMeasuredCalls, kAsZen3},
    {kGenericProcessor, kGpu, {2, 1024, 4, 1, 1024, 4, false}, kCuda, {96 * kKiB, 4 * kMiB, 0, 128}, kCuda,
     {64, 32, 10, 10}, kDataSheets, {5000, 0}, kDataSheets},

    {"haswell", kAvx2, {2, 256, 5, 2, 256, 4, false}, kIntel, {32 * kKiB, 256 * kKiB, 8 * kMiB, 64}, kIntel,
     kZen3Rates, kAsZen3, kMeasuredCalls, kAsZen3},
    {"skylake", kAvx2, {2, 256, 4, 2, 256, 4, false}, kIntel, {32 * kKiB, 256 * kKiB, 8 * kMiB, 64}, kIntel,
     kZen3Rates, kAsZen3, kMeasuredCalls, kAsZen3},
    {"alderlake", kAvx2, {2, 256, 4, 3, 256, 6, false}, kIntel, {48 * kKiB, 1280 * kKiB, 12 * kMiB, 64}, kIntel,
     kGoldenCoveRates, kAsGoldenCove, kMeasuredCalls, kAsGoldenCove},
    {"skylake-avx512", kAvx512, {2, 512, 4, 2, 512, 4, false}, kIntel, {32 * kKiB, 1 * kMiB, 12 * kMiB, 64}, kIntel,
     kGoldenCoveRates, kAsGoldenCove, kMeasuredCalls, kAsGoldenCove},
    {"icelake-server", kAvx512, {2, 512, 4, 2, 512, 5, false}, kIntel, {48 * kKiB, 1280 * kKiB, 16 * kMiB, 64}, kIntel,
     kGoldenCoveRates, kAsGoldenCove, kMeasuredCalls, kAsGoldenCove},
    {"sapphirerapids", kAvx512, {2, 512, 4, 2, 512, 6, false}, kIntel, {48 * kKiB, 2 * kMiB, 16 * kMiB, 64}, kIntel,
     kGoldenCoveRates, kMeasuredGoldenCove, kMeasuredCalls, kMeasuredGoldenCove},

    {"znver2", kAvx2, {2, 256, 5, 2, 256, 4, false}, kZen, {32 * kKiB, 512 * kKiB, 8 * kMiB, 64, true}, kZen,
     kZen3Rates, kAsZen3, kMeasuredCalls, kAsZen3},
    {"znver3", kAvx2, {2, 256, 4, 2, 256, 4, false}, kZen3, {32 * kKiB, 512 * kKiB, 12 * kMiB, 64, true}, kZen3,
     kZen3Rates, kMeasuredZen3, kMeasuredCalls, kMeasuredZen3},
    {"znver4", kAvx512, {2, 256, 4, 2, 256, 4, false}, kZen4, {32 * kKiB, 1 * kMiB, 12 * kMiB, 64, true}, kZen4,
     kZen3Rates, kAsZen3, kMeasuredCalls, kAsZen3},
    {"znver5", kAvx512, {2, 512, 4, 2, 512, 8, false}, kZen5, {48 * kKiB, 1 * kMiB, 12 * kMiB, 64, true}, kZen5,
     kZen3Rates, kAsZen3, kMeasuredCalls, kAsZen3},

    {"cortex-a53", kNeon, {1, 128, 8, 1, 64, 2, true}, kLlvmA53, {32 * kKiB, 512 * kKiB, 0, 64}, kLlvmA53,
     {8, 4, 2, 2}, kHalfOfZen3, kMeasuredCalls, kAsZen3},
    {"cortex-a55", kNeon, {1, 128, 4, 1, 64, 2, true}, kA55, {32 * kKiB, 256 * kKiB, 1 * kMiB, 64}, kA55,
     {8, 4, 2, 2}, kHalfOfZen3, kMeasuredCalls, kAsZen3},
    {"cortex-a72", kNeon, {2, 128, 7, 1, 128, 3, false}, kA72, {32 * kKiB, 1 * kMiB, 0, 64}, kA72,
     {16, 8, 4, 4}, kHalfOfZen3, kMeasuredCalls, kAsZen3},
    {"cortex-a76", kNeon, {2, 128, 4, 2, 128, 4, false}, kA76, {64 * kKiB, 512 * kKiB, 2 * kMiB, 64}, kA76,
     kZen3Rates, kAsZen3, kMeasuredCalls, kAsZen3},
    {"neoverse-n1", kNeon, {2, 128, 4, 2, 128, 4, false}, kN1, {64 * kKiB, 1 * kMiB, 8 * kMiB, 64}, kN1,
     kZen3Rates, kAsZen3, kMeasuredCalls, kAsZen3},
    {"neoverse-v1", kNeon, {4, 128, 4, 3, 128, 8, false}, kV1, {64 * kKiB, 1 * kMiB, 8 * kMiB, 64}, kV1,
     kZen3Rates, kAsZen3, kMeasuredCalls, kAsZen3},
    {"apple-m1", kNeon, {4, 128, 4, 3, 128, 8, false}, kM1, {128 * kKiB, 3 * kMiB, 8 * kMiB, 128}, kM1,
     kZen3Rates, kAsZen3, kMeasuredCalls, kAsZen3},

    {"sm_75", kGpu, {2, 1024, 4, 1, 1024, 4, false}, kCuda, {96 * kKiB, 4 * kMiB, 0, 128}, kCuda,
     {64, 32, 10, 10}, kDataSheets, {5000, 0}, kDataSheets},
    {"sm_80", kGpu, {2, 1024, 4, 1, 1024, 4, false}, kCuda, {192 * kKiB, 40 * kMiB, 0, 128}, kCuda,
     {64, 32, 10, 10}, kDataSheets, {5000, 0}, kDataSheets},
    {"sm_86", kGpu, {4, 1024, 4, 1, 1024, 4, false}, kCuda, {128 * kKiB, 6 * kMiB, 0, 128}, kCuda,
     {64, 32, 6, 6}, kDataSheets, {5000, 0}, kDataSheets},
    {"sm_90", kGpu, {4, 1024, 4, 1, 1024, 4, false}, kCuda, {256 * kKiB, 50 * kMiB, 0, 128}, kCuda,
     {64, 32, 14, 14}, kDataSheets, {5000, 0}, kDataSheets},
};
// clang-format on

bool has(const Processor &processor, const std::string &family) {
    return std::find(processor.families.begin(), processor.families.end(), family) != processor.families.end();
}

}  // namespace

std::string to_string(const FactSource &source) {
    switch (source.kind) {
    case Kind::kManual: return "manual: " + source.text;
    case Kind::kMeasured: return "measured: " + source.text;
    case Kind::kAssumed: return "assumed from " + source.text;
    }
    return source.text;
}

const std::vector<Processor> &processors() { return kProcessors; }

const Processor *find_processor(const std::string &name, const std::string &family) {
    for (const Processor &processor : kProcessors) {
        if (processor.name == name && has(processor, family)) return &processor;
    }
    return nullptr;
}

std::vector<std::string> processor_names(const std::string &family) {
    std::vector<std::string> names;
    for (const Processor &processor : kProcessors) {
        if (has(processor, family)) names.push_back(processor.name);
    }
    return names;
}

}  // namespace tconv
