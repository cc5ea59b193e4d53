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

// GoogleTest prints and names a case "image_k4_s2_phases_x86_64_avx2".
std::string name_of(const LibraryCase &library_case);
void PrintTo(const LibraryCase &library_case, std::ostream *stream);

struct NameOfCase {
    template<typename Case>
    std::string operator()(const testing::TestParamInfo<Case> &instance) const {
        return name_of(instance.param);
    }
};

// The best CPU target of this machine.
TargetInfo host_target();

// Whether the message of a program says that this machine has no OpenCL device, or no OpenCL.
bool lacks_device(const std::string &message);

// Every variant that accepts the layer, for each layer.
std::vector<LibraryCase> with_every_variant(const std::vector<Layer> &layers, const TargetInfo &target);

// Whether the variant says that a NaN or Inf of the input may reach cells that no tap of it reaches.
bool spreads_nonfinite(const LibraryCase &library_case);

// All corner layers on the best CPU target of this machine, and a few of them on every other that it runs.
std::vector<LibraryCase> native_library_cases();

}  // namespace tconv::test
