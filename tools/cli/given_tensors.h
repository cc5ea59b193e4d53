// SPDX-License-Identifier: Apache-2.0
// Tensors of the caller's own that `tconv verify` takes in place of random data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tconv/layer.h"
#include "tconv/status.h"
#include "tools/compiler/target_table.h"
#include "tools/verify/toolchain.h"
#include "tools/verify/verify_data.h"

namespace tconv {

// Paths of .npy files.
struct GivenTensors {
    std::optional<std::string> input, filter, bias;
};

// None where no option was given. Filter and bias stay empty for a layer that names weights. Errors have the form
// "--option = path: rule".
Expected<std::optional<VerifyTensors>> read_given_tensors(const GivenTensors &given, const std::vector<Layer> &layers,
                                                          const TargetInfo &target, const Toolchain &toolchain);

}  // namespace tconv
