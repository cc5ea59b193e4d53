// SPDX-License-Identifier: Apache-2.0
// Prefetching in lowered kernels.
#pragma once

#include <string>

#include <Halide.h>

namespace tconv {

// Where an inner loop prefetches lines of what it will read later, and a loop `outer` around it repeats that reading: every
// round of `outer` then fetches a share of the lines, 1/shares rounded up, the rounds one after the other. Halide's
// prefetch() alone makes the first round fetch everything, and the others ask for it again in vain.
//
// Expects the straight-line prefetches of repair_prefetch, and `outer` as the last part of a loop's name.
void share_prefetch(Halide::Module &module, const std::string &outer, int shares);

bool has_prefetches(const Halide::Module &module);

}  // namespace tconv
