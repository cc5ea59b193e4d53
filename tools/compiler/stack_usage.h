// SPDX-License-Identifier: Apache-2.0
// How much stack a compiled function takes, read from its assembly.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <Halide.h>

#include "tconv/status.h"

namespace tconv {

// Whether frame_bytes() understands the assembly of a target.
bool reads_frames(const Halide::Target &target);

// Bytes that each function of an assembly text (x86-64 AT&T, or AArch64) takes for its own frame, return address
// included. Callees are not.
std::map<std::string, int64_t> frame_bytes(const std::string &assembly);

// Of the library NAME's run, task and pack, as far as there are such functions: the entry point's frame, that of the
// deepest function of the program it calls, and that of the deepest kernel. `files` are the assembly of all its functions.
Expected<std::map<std::string, int64_t>> stack_of_entry_points(const std::string &name,
                                                               const std::vector<std::string> &files, bool on_device);

}  // namespace tconv
