// SPDX-License-Identifier: Apache-2.0
// Register x18 of 64-bit ARM belongs to the platform on Android, Fuchsia, Windows and Apple's systems: a shadow stack or a
// thread's own data is in it. Halide tells LLVM so for some of them.
#pragma once

#include <functional>
#include <map>
#include <string>

#include <Halide.h>

#include "tconv/status.h"

namespace tconv {

using OutputFiles = std::map<Halide::OutputFileType, std::string>;

bool reserves_x18(const Halide::Target &target);

// Calls compile(files) so that code for `target` leaves x18 alone where the platform reserves it; there `files` has an
// assembly file, which is looked at. Only in a process of its own (run_in_children), and LLVM must not have run before it was
// started: it takes arguments once.
Status compile_for_platform(const Halide::Target &target, const OutputFiles &files,
                            const std::function<void(const OutputFiles &)> &compile);

}  // namespace tconv
