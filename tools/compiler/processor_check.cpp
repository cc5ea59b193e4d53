// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/processor_check.h"

#include <map>
#include <set>
#include <vector>

#include "tools/compiler/elf_object.h"

namespace tconv {

namespace {

using Halide::Target;

// A field of an identification register, four bits from `first`: below 1 where the feature is missing. Where programs may
// not read the register, Linux does so for them.
struct ArmField {
    uint32_t read;  // mrs x0, register
    int first;
};

constexpr uint32_t kReadIsar0 = 0xd5380600, kReadPfr0 = 0xd5380400;

std::optional<std::vector<ArmField>> arm_fields(const Target &target) {
    // Half precision is in the fields FP and AdvSIMD, which are -1 without floating point, and 0 without half precision.
    static const std::map<Target::Feature, std::vector<ArmField>> known = {
        {Target::ARMv8a, {}},
        {Target::NoNEON, {}},
        {Target::ARMDotProd, {{kReadIsar0, 44}}},
        {Target::ARMFp16, {{kReadPfr0, 16}, {kReadPfr0, 20}}},
    };
    std::vector<ArmField> fields;
    for (Target::Feature feature : processor_features(target)) {
        const auto entry = known.find(feature);
        if (entry == known.end()) {
            return std::nullopt;
        }
        fields.insert(fields.end(), entry->second.begin(), entry->second.end());
    }
    if (!fields.empty() && target.os == Target::NoOS) {
        return std::nullopt;  // nobody to read the registers for an unprivileged program
    }
    return fields;
}

std::string arm_code(const std::vector<ArmField> &fields) {
    std::string code;
    append_word(code, 0xd503245f);  // bti c
    for (size_t f = 0; f < fields.size(); f++) {
        constexpr uint32_t words_per_field = 4, words_of_success = 2;
        const auto first = static_cast<uint32_t>(fields[f].first);
        // The branch is the last word of its field; the failing end follows the other fields and the successful end.
        const auto distance = static_cast<uint32_t>(fields.size() - 1 - f) * words_per_field + 1 + words_of_success;
        append_word(code, fields[f].read);
        append_word(code, 0x93400000 | first << 16 | (first + 3) << 10);  // sbfx x0, x0, #first, #4
        append_word(code, 0xf100041f);                                    // cmp x0, #1
        append_word(code, 0x5400000b | distance << 5);                    // b.lt failing end
    }
    for (uint32_t word : {0x52800020u, 0xd65f03c0u, 0x52800000u, 0xd65f03c0u}) {  // mov w0, #1; ret; mov w0, #0; ret
        append_word(code, word);
    }
    return code;
}

// What a target says about its GPU.
const std::set<Target::Feature> &device_features() {
    // clang-format off: many names a line
    static const std::set<Target::Feature> features = {
        Target::CUDA, Target::CUDACapability30, Target::CUDACapability32, Target::CUDACapability35,
        Target::CUDACapability50, Target::CUDACapability61, Target::CUDACapability70, Target::CUDACapability75,
        Target::CUDACapability80, Target::CUDACapability86, Target::OpenCL, Target::CLDoubles, Target::CLHalf,
        Target::CLAtomics64};
    // clang-format on
    return features;
}

bool concerns_processor(Target::Feature feature) {
    static const std::set<Target::Feature> others = {Target::JIT,
                                                     Target::Debug,
                                                     Target::NoAsserts,
                                                     Target::NoBoundsQuery,
                                                     Target::NoRuntime,
                                                     Target::StrictFloat,
                                                     Target::UserContext,
                                                     Target::CPlusPlusMangling,
                                                     Target::LargeBuffers,
                                                     Target::Profile,
                                                     Target::ProfileByTimer,
                                                     Target::TraceLoads,
                                                     Target::TraceStores,
                                                     Target::TraceRealizations,
                                                     Target::TracePipeline,
                                                     Target::FuzzFloatStores,
                                                     Target::CheckUnsafePromises,
                                                     Target::EmbedBitcode,
                                                     Target::EnableLLVMLoopOpt,
                                                     Target::ASAN,
                                                     Target::MSAN,
                                                     Target::TSAN,
                                                     Target::SanitizerCoverage,
                                                     Target::LLVMLargeCodeModel};
    return others.count(feature) == 0 && device_features().count(feature) == 0;
}

std::optional<std::string> arm_processor_check(const Target &target) {
    const std::optional<std::vector<ArmField>> fields = arm_fields(target);
    return fields ? std::optional(arm_code(*fields)) : std::nullopt;
}

}  // namespace

std::vector<Target::Feature> processor_features(const Target &target) {
    std::vector<Target::Feature> features;
    for (int f = 0; f < Target::FeatureEnd; f++) {
        const auto feature = static_cast<Target::Feature>(f);
        if (target.has_feature(feature) && concerns_processor(feature)) {
            features.push_back(feature);
        }
    }
    return features;
}

Target host_side(const Target &target) {
    Target host = target;
    for (Target::Feature feature : device_features()) {
        host = host.without_feature(feature);
    }
    return host;
}

std::optional<std::string> processor_check_object(const std::string &symbol, const Target &target) {
    if (target.has_gpu_feature() || !writes_elf_for(target)) {
        return std::nullopt;
    }
    const bool x86 = target.arch == Target::X86;
    const std::optional<std::string> code = x86 ? x86_processor_check(target) : arm_processor_check(target);
    if (!code) {
        return std::nullopt;
    }
    ElfFunction function;
    function.name = symbol;
    function.code = *code;
    return elf_object(function, target);
}

}  // namespace tconv
