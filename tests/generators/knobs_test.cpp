// SPDX-License-Identifier: Apache-2.0
// The corners of each variant's knob space: every knob at its least and at its largest value gives the right result.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "generators/variants/variant.h"
#include "schedules/machine.h"
#include "tests/generators/corner_layers.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {
namespace {

struct KnobCase {
    LibraryCase library_case;
    Knobs knobs;
};

std::string name_of(const KnobCase &knob_case) {
    std::string name = name_of(knob_case.library_case);
    for (const auto &[knob, value] : knob_case.knobs) name += "_" + knob + "_" + std::to_string(value);
    return name;
}

void PrintTo(const KnobCase &knob_case, std::ostream *stream) { *stream << name_of(knob_case); }

// Knobs where the rest of the tile may grow only as far as registers go: with `fixed` as given, every other knob takes
// its largest value for which the whole is still valid.
Knobs largest_valid(const Variant &variant, const Layer &layer, const Machine &machine, const Knobs &fixed) {
    Knobs knobs;
    const std::vector<KnobSpec> space = variant.knob_space(layer, machine);
    for (const KnobSpec &spec : space) knobs[spec.name] = spec.values.front();
    for (const auto &[name, value] : fixed) knobs[name] = value;
    for (const KnobSpec &spec : space) {
        if (fixed.count(spec.name) > 0) continue;
        for (const int value : spec.values) {
            Knobs larger = knobs;
            larger[spec.name] = value;
            if (variant.check_knobs(layer, machine, larger).empty()) knobs = larger;
        }
    }
    return knobs;
}

std::vector<Knobs> knob_corners(const Variant &variant, const Layer &layer, const Machine &machine) {
    const Knobs defaults = proposed_knobs(variant, layer, machine);
    const std::vector<KnobSpec> space = variant.knob_space(layer, machine);
    std::set<Knobs> corners;
    Knobs least;
    for (const KnobSpec &spec : space) {
        least[spec.name] = spec.values.front();
        for (const int value : {spec.values.front(), spec.values.back()}) {
            Knobs one = defaults;
            one[spec.name] = value;
            corners.insert(one);
            corners.insert(largest_valid(variant, layer, machine, {{spec.name, value}}));
        }
    }
    corners.insert(least);
    corners.erase(defaults);
    std::vector<Knobs> valid;
    for (const Knobs &knobs : corners)
        if (variant.check_knobs(layer, machine, knobs).empty()) valid.push_back(knobs);
    return valid;
}

// Two layers for each variant: every case is a library to compile.
std::vector<KnobCase> knob_cases() {
    constexpr int layers_of_variant = 2;
    std::vector<KnobCase> cases;
    std::map<std::string, int> layers;
    for (const char *name :
         {"image_blocks_and_a_rest", "volume_k4_s2", "line_long", "image_channels_first", "image_k2_s2"})
        for (const LibraryCase &library_case : with_every_variant({corner_layer(name)}, host_target())) {
            if (++layers[library_case.variant] > layers_of_variant) continue;
            const Machine machine = library_case.target.machine();
            for (const Knobs &knobs : knob_corners(*find_variant(library_case.variant), library_case.layer, machine))
                cases.push_back({library_case, knobs});
        }
    return cases;
}

class KnobCorner : public testing::TestWithParam<KnobCase> {};

TEST_P(KnobCorner, ComputesItsLayer) {
    const auto &[layer, target, variant] = GetParam().library_case;
    BuildOptions options;
    options.variant = variant;
    options.knobs = GetParam().knobs;
    const auto library = CompiledLibrary::build(layer, target, options);
    ASSERT_TRUE(library) << library.error().message;
    EXPECT_EQ(library->choice.knobs, GetParam().knobs);
    expect_right_on_small_integers(layer, *library);
}

INSTANTIATE_TEST_SUITE_P(Native, KnobCorner, testing::ValuesIn(knob_cases()), NameOfCase());

}  // namespace
}  // namespace tconv::test
