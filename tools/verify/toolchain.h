// SPDX-License-Identifier: Apache-2.0
// The programs that turn C into programs of a target and run them here. Tools are looked up by name; nothing has to be
// activated first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/child_process.h"
#include "tconv/status.h"
#include "tools/compiler/target_table.h"

namespace tconv {

// A program by name in PATH and then in `folders`, or by path.
std::optional<std::string> find_program(const std::string &name, const std::vector<std::string> &folders = {});

// "qemu-aarch64 -L /usr/aarch64-linux-gnu" as arguments, its first word made a path. An error names `argument` and the
// program that is missing. The whole text may be the path of a program with blanks in it.
Expected<std::vector<std::string>> find_command(const std::string &argument, const std::string &command);

// --cc and --emulator; empty: the target's own.
struct ToolArguments {
    std::string cc;
    std::string emulator;
};

// --cc, empty: the target's own, with the flags for the target.
Expected<std::vector<std::string>> find_compiler(const TargetInfo &target, const std::string &cc);

struct Toolchain {
    std::vector<std::string> compiler;  // with the flags for the target
    std::vector<std::string> emulator;  // empty: programs run here as they are
    bool can_run = true;                // false: neither this machine nor an emulator runs the target

    // "native" or the emulator's name.
    std::string how() const;
};

Expected<Toolchain> find_toolchain(const TargetInfo &target, const ToolArguments &arguments);

// Compiles `source` with `more` arguments (folders, libraries) into the program `output`.
Status compile_program(const Toolchain &toolchain, const std::string &source, const std::string &output,
                       const std::vector<std::string> &more);

// Runs a program; its output when it succeeds, else an error with the last line it printed.
Expected<std::string> run_on_target(const Toolchain &toolchain, const std::string &program,
                                    const std::vector<std::string> &arguments);

// How a program that failed ended: what it printed last, or its signal.
std::string program_end(const ProgramResult &result);

}  // namespace tconv
