// SPDX-License-Identifier: Apache-2.0
#include "tests/generators/test_targets.h"

#include <cctype>
#include <ostream>

#include "generators/variants/variant.h"
#include "schedules/machine.h"
#include "tests/generators/corner_layers.h"

namespace tconv::test {

std::string name_of(const LibraryCase &library_case) {
    std::string name = library_case.layer.name + "_" + library_case.variant + "_" + library_case.target.name;
    for (char &c : name)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    return name;
}

void PrintTo(const LibraryCase &library_case, std::ostream *stream) { *stream << name_of(library_case); }

TargetInfo host_target() { return *find_target(host_target_name()); }

bool lacks_device(const std::string &message) {
    return message.find("libOpenCL.so.1: not found") != std::string::npos ||
           message.find("no OpenCL device") != std::string::npos;
}

std::vector<LibraryCase> with_every_variant(const std::vector<Layer> &layers, const TargetInfo &target) {
    std::vector<LibraryCase> cases;
    for (const Layer &layer : layers)
        for (const Variant &variant : variants())
            if (variant.accepts(layer, machine_for(target.family))) cases.push_back({layer, target, variant.id});
    return cases;
}

bool spreads_nonfinite(const LibraryCase &library_case) {
    const Machine machine = machine_for(library_case.target.family);
    const Variant *variant = find_variant(library_case.variant);
    return variant->spreads_nonfinite != nullptr &&
           variant->spreads_nonfinite(library_case.layer, machine, variant->default_knobs(library_case.layer, machine));
}

std::vector<LibraryCase> native_library_cases() {
    std::vector<LibraryCase> cases;
    for (const TargetInfo &target : named_targets()) {
        if (target.is_gpu() || !runs_natively(target)) continue;
        const bool main = target.name == host_target_name();
        const auto more = with_every_variant(main ? corner_layers() : few_corner_layers(), target);
        cases.insert(cases.end(), more.begin(), more.end());
    }
    return cases;
}

}  // namespace tconv::test
