// SPDX-License-Identifier: Apache-2.0
// Libraries for tests that look at files and not at results.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/runtime/temporary_folder.h"
#include "tools/compiler/build_library.h"

namespace tconv::test {

// An entry of benchmarks/layers.json or of odd_layers(), which must exist; "dcgan_g3+tanh" has a bias and an
// activation.
Layer layer_named(const std::string &name);

// A library and its files, as long as this lives. Failures to build are GoogleTest failures with an empty archive path.
struct LayerBuild {
    LayerBuild(const Layer &layer, const std::string &target, BuildOptions options = {});

    std::string assembly(const std::string &kernel) const;  // with BuildOptions::assembly

    TemporaryFolder folder;
    Layer layer;
    BuiltLibrary library;
};

std::string file_text(const std::string &path);

// A layer's name, as layer_named() takes it, and a target: one test.
struct BuildCase {
    std::string layer, target;
};
std::vector<BuildCase> every_combination(const std::vector<std::string> &layers,
                                         const std::vector<std::string> &targets);
void PrintTo(const BuildCase &build_case, std::ostream *stream);
std::string name_of(const BuildCase &build_case);  // "dcgan_g3_tanh_x86_64_avx2"

// Names of the table's CPU targets.
std::vector<std::string> cpu_targets();

}  // namespace tconv::test
