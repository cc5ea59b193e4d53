// SPDX-License-Identifier: Apache-2.0
// Builds one layer for one target and finds out whether the library is right, as far as this machine can tell.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tconv/layer.h"
#include "tools/compiler/build_library.h"
#include "tools/verify/toolchain.h"
#include "tools/verify/verify_data.h"

namespace tconv {

struct VerifyOptions {
    BuildOptions build;
    uint64_t seed = 1;
    std::optional<VerifyTensors> tensors;  // in place of random ones; of the layer's shapes
};

// How far the library's output is from the oracle's.
struct Accuracy {
    double largest_difference = 0;
    double largest_output = 0;      // in magnitude, of the oracle's finite ones
    double bound_ratio = 0;         // of the worst cell: above 1 fails
    int64_t compared = 0;           // cells
    bool integers_checked = false;  // it also had to be exact on small integers
};

struct Verification {
    bool pass = false;
    std::string how;     // "native", "qemu-aarch64", an OpenCL device, "ptxas", "compiled only"
    std::string reason;  // one line where it did not pass
    Choice choice;
    std::optional<Accuracy> accuracy;   // empty where nothing ran
    std::vector<std::string> findings;  // of what was only compiled, and about the data; one line each
};

// An error where the layer cannot be built or a tool is missing; a wrong library is a Verification that did not pass.
Expected<Verification> verify_layer(const Layer &layer, const TargetInfo &target, const Toolchain &toolchain,
                                    const VerifyOptions &options);

}  // namespace tconv
