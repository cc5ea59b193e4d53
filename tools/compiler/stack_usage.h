// SPDX-License-Identifier: Apache-2.0
// How much stack a compiled function takes, read from its assembly.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <Halide.h>

namespace tconv {

// Whether frame_bytes() understands the assembly of a target.
bool reads_frames(const Halide::Target &target);

// Bytes that each function of an assembly text (x86-64 AT&T, or AArch64) takes for its own frame, return address
// included. Callees are not.
std::map<std::string, int64_t> frame_bytes(const std::string &assembly);

}  // namespace tconv
