// SPDX-License-Identifier: Apache-2.0
// Halide's prefetches come out as `prefetchnta` on x86. Intel's servers keep a line that was fetched so out of the second-level
// cache: a filter that every tile reads again comes from memory each time, which makes a layer two to three times as slow
// as it is without prefetches (docs/measurements.md, "Prefetches"). `prefetcht0` differs in three bits.
#pragma once

#include <string>

#include <Halide.h>

#include "schedules/machine.h"
#include "tconv/status.h"

namespace tconv {

// Whether that is so for the module on the machine, and can be mended: it has prefetches and becomes ELF.
bool drops_prefetched_lines(const Halide::Module &module, const Machine &machine);

// Makes prefetcht0 of every prefetchnta in an object file (ELF, x86-64) and in its assembly, as LLVM wrote both of one module.
// The assembly says which instructions there are, in which order and with which operands; only bytes that say the same are
// changed. An error where the object lacks one of them.
Status keep_prefetched_lines(const std::string &object_file, const std::string &assembly_file);

}  // namespace tconv
