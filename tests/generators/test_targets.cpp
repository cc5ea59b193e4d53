// SPDX-License-Identifier: Apache-2.0
#include "tests/generators/test_targets.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <ostream>
#include <stdexcept>

#include "generators/variants/variant.h"
#include "schedules/machine.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {

std::string name_of(const TargetInfo &target) {
    std::string name = target.name;
    std::replace_if(name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
    return name;
}

std::string name_of(const LibraryCase &library_case) {
    return library_case.layer.name + "_" + library_case.variant + "_" + name_of(library_case.target);
}

void PrintTo(const LibraryCase &library_case, std::ostream *stream) { *stream << name_of(library_case); }

TargetInfo host_target() { return native_targets().back(); }

const std::vector<TargetInfo> &variant_targets() {
    static const std::vector<TargetInfo> targets = [] {
        std::vector<TargetInfo> made = {host_target()};
        if (common_target().name != host_target().name) made.push_back(common_target());
        return made;
    }();
    return targets;
}

TargetInfo common_target() {
    for (const TargetInfo &target : native_targets())
        if (target.name == "x86-64-avx2") return target;
    return host_target();
}

const std::vector<TargetInfo> &native_targets() {
    static const std::vector<TargetInfo> targets = [] {
        const char *chosen = std::getenv("TCONV_TEST_HOST");
        const std::string best = chosen ? chosen : host_target_name();
        std::vector<TargetInfo> made;
        for (const TargetInfo &target : named_targets()) {
            if (target.is_gpu() || !runs_natively(target)) continue;
            made.push_back(target);
            if (target.name == best) return made;
        }
        throw std::invalid_argument("TCONV_TEST_HOST = " + best + ": must be a CPU target that this machine runs");
    }();
    return targets;
}

bool lacks_device(const std::string &message) {
    return message.find("libOpenCL.so.1: not found") != std::string::npos ||
           message.find("no OpenCL device") != std::string::npos;
}

std::vector<LibraryCase> with_every_variant(const std::vector<Layer> &layers, const TargetInfo &target) {
    return with_every_variant(layers, std::vector<TargetInfo>{target});
}

std::vector<LibraryCase> with_every_variant(const std::vector<Layer> &layers, const std::vector<TargetInfo> &targets) {
    std::vector<LibraryCase> cases;
    for (const TargetInfo &target : targets)
        for (const Layer &layer : layers)
            for (const Variant &variant : variants())
                if (variant.obstacle(layer, target.machine()).empty()) cases.push_back({layer, target, variant.id});
    return cases;
}

std::vector<LibraryCase> with_variant(const std::string &variant, const std::vector<Layer> &layers) {
    std::vector<LibraryCase> cases;
    for (const TargetInfo &target : variant_targets())
        for (const Layer &layer : layers) cases.push_back({layer, target, variant});
    return cases;
}

bool spreads_nonfinite(const LibraryCase &library_case) {
    const Machine machine = library_case.target.machine();
    const Variant *variant = find_variant(library_case.variant);
    return variant->spreads_nonfinite != nullptr &&
           variant->spreads_nonfinite(library_case.layer, machine,
                                      proposed_knobs(*variant, library_case.layer, machine));
}

std::vector<LibraryCase> native_library_cases(const std::vector<Layer> &many, const std::vector<Layer> &few) {
    std::vector<LibraryCase> cases;
    for (const TargetInfo &target : native_targets()) {
        const auto more = with_every_variant(target.name == host_target().name ? many : few, target);
        cases.insert(cases.end(), more.begin(), more.end());
    }
    return cases;
}

}  // namespace tconv::test
