// SPDX-License-Identifier: Apache-2.0
// The combinations of layer, target and variant that compiled libraries are tested in.
#pragma once

#include <gtest/gtest.h>

#include <iosfwd>
#include <string>
#include <vector>

#include "tconv/layer.h"
#include "tools/compiler/target_table.h"

namespace tconv::test {

struct LibraryCase {
    Layer layer;
    TargetInfo target;
    std::string variant;
};

// A row of a test's own table on one target. `name_of(row)` is the test's.
template<typename Row>
struct OnTarget {
    Row row;
    TargetInfo target;
};

// GoogleTest prints and names a case "image_k4_s2_phases_x86_64_avx2".
std::string name_of(const LibraryCase &library_case);
void PrintTo(const LibraryCase &library_case, std::ostream *stream);

std::string name_of(const TargetInfo &target);

template<typename Row>
std::string name_of(const OnTarget<Row> &on_target) {
    return name_of(on_target.row) + "_" + name_of(on_target.target);
}

template<typename Row>
void PrintTo(const OnTarget<Row> &on_target, std::ostream *stream) {
    *stream << name_of(on_target);
}

struct NameOfCase {
    template<typename Case>
    std::string operator()(const testing::TestParamInfo<Case> &instance) const {
        return name_of(instance.param);
    }
};

// Which tests run must not decide whether code is right, so a test takes its targets from one of the three below.
// Whoever runs the tests on a processor with AVX-512 can see them as on one without: TCONV_TEST_HOST=x86-64-avx2 in the
// environment makes that the best target of this machine. It throws std::invalid_argument for a target that the machine
// does not run.

// The best CPU target of this machine. For what costs too much to do twice, and is right on every target.
TargetInfo host_target();

// For what variants compute: the best CPU target of this machine, and x86-64-avx2 where the best is more than that.
const std::vector<TargetInfo> &variant_targets();

// For what instruction sets have no part in (arguments, headers, records): x86-64-avx2 on every machine that runs it,
// so that all have the same tests; elsewhere the best.
TargetInfo common_target();

// Every CPU target that runs here, from the least demanding to host_target().
const std::vector<TargetInfo> &native_targets();

// Whether the message of a program says that this machine has no OpenCL device, or no OpenCL.
bool lacks_device(const std::string &message);

// Every variant without an obstacle for the layer, for each layer. Not every variant that proposes knobs: the list is made
// whenever a program of tests starts, and a search for knobs takes long.
std::vector<LibraryCase> with_every_variant(const std::vector<Layer> &layers, const TargetInfo &target);
std::vector<LibraryCase> with_every_variant(const std::vector<Layer> &layers, const std::vector<TargetInfo> &targets);

// The layers in that variant, on all variant_targets(), accepted or not.
std::vector<LibraryCase> with_variant(const std::string &variant, const std::vector<Layer> &layers);

// Every row on every target, target by target.
template<typename Row>
std::vector<OnTarget<Row>> on_each(const std::vector<TargetInfo> &targets, const std::vector<Row> &rows) {
    std::vector<OnTarget<Row>> cases;
    for (const TargetInfo &target : targets)
        for (const Row &row : rows) cases.push_back({row, target});
    return cases;
}

// Whether the variant says that a NaN or Inf of the input may reach cells that no tap of it reaches.
bool spreads_nonfinite(const LibraryCase &library_case);

// `many` layers on host_target(), and a `few` of them on every other target that runs here, in every variant.
std::vector<LibraryCase> native_library_cases(const std::vector<Layer> &many, const std::vector<Layer> &few);

}  // namespace tconv::test
