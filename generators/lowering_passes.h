// SPDX-License-Identifier: Apache-2.0
// Passes over lowered kernels.
#pragma once

#include <Halide.h>

namespace tconv {

// Throws Halide::Error when a kernel would allocate on the heap: everything a kernel keeps has to fit into registers and a
// few kilobytes of stack, or be given to it as workspace.
void require_no_heap(const Halide::Module &module);

// Halide 21 turns prefetch() of a region into a loop of its own over lines 64 elements apart: for float32 that is every
// fourth line of four times the region. Returns the statement with straight-line prefetches of every line of the region.
Halide::Internal::Stmt repair_prefetch(const Halide::Internal::Stmt &body);

}  // namespace tconv
