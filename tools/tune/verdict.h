// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tools/tune/candidates.h"
#include "tools/verify/verify_layer.h"

namespace tconv {

// What the oracle says of a candidate on numbers of magnitudes from 2^-8 to 2^8: "native: 0.31 of the bound"; what is
// wrong is an error.
Expected<std::string> verdict_on(const Candidate &candidate, const Layer &layer, const TargetInfo &target,
                                 const Toolchain &toolchain, uint64_t seed);

}  // namespace tconv
