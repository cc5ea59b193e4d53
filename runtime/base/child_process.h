// SPDX-License-Identifier: Apache-2.0
// Steps that run in processes of their own, and programs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tconv/status.h"

namespace tconv {

struct ChildTask {
    std::string name;              // for messages: "kernel taps2"
    std::function<Status()> body;  // runs in a forked copy of this process; only files outlive it. May throw
};

// Runs all tasks, as many at once as there are processors. The first failure, or an interrupt, ends the others.
Status run_in_children(const std::vector<ChildTask> &tasks);

// What one task may take; 0: no limit.
struct ChildLimits {
    int seconds = 0;
    int64_t address_space_bytes = 0;
};

// The same, but a task that fails, hangs or crashes harms no other: one status for each, in their order. After an interrupt
// those that had not ended say so.
std::vector<Status> try_in_children(const std::vector<ChildTask> &tasks, const ChildLimits &limits);

// What a program printed and how it ended.
struct ProgramResult {
    int exit_code = -1;  // 128 + N after signal N
    std::string output;  // stdout, and stderr where it was merged
    bool late = false;   // it was ended at a limit, which only ProgramOptions::keep_late lets arrive here
};

struct ProgramOptions {
    bool merge_stderr = true;
    // 0: none. Of the whole run, or, where `first_line_seconds` says how long it may take to begin, of any silence after that.
    int timeout_seconds = 0;
    int first_line_seconds = 0;
    int64_t most_output = 0;  // bytes; a program that prints more is late. 0: no limit
    bool keep_late = false;   // a program that hangs is a result too, with what it had printed
    bool own_group = false;   // what it started itself ends with it when it is late, or at an interrupt
};

// Runs argv[0] (looked up in PATH). An error only when it cannot be started, hangs, or an interrupt arrives.
Expected<ProgramResult> run_program(const std::vector<std::string> &argv, const ProgramOptions &options = {});

}  // namespace tconv
