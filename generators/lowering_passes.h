// SPDX-License-Identifier: Apache-2.0
// Passes over lowered kernels.
#pragma once

#include <Halide.h>

namespace tconv {

// Throws Halide::Error when a kernel would allocate on the heap: everything a kernel keeps has to fit into registers and a
// few kilobytes of stack, or be given to it as workspace.
void require_no_heap(const Halide::Module &module);

}  // namespace tconv
