// SPDX-License-Identifier: Apache-2.0
// Targets by name. The table itself is cmake/TconvTargets.cmake, which CMake writes into target_table.inc.
#pragma once

#include <string>
#include <vector>

#include "schedules/machine.h"
#include "tconv/status.h"

namespace tconv {

struct TargetInfo {
    std::string name;                     // "x86-64-avx2", or the raw Halide string as given
    std::string halide;                   // Halide target string without the features that every build adds
    std::string family;                   // schedule family, see schedules/machine.h
    std::string cc;                       // default C compiler that links programs for it
    std::string cc_flags;                 // flags that let that compiler use the target's instructions
    std::string emulator;                 // default command that runs its programs elsewhere; empty: none
    std::string verified_by;              // one phrase for `tconv targets` and the README
    std::string cpu = kGenericProcessor;  // of schedules/processors.cpp

    bool is_gpu() const { return machine().is_gpu; }
    bool is_cuda() const;
    bool is_opencl() const;
    std::string architecture() const;  // "x86", "arm", ... of the CPU side
    int bits() const;
    Machine machine() const { return machine_for(family, cpu); }
};

// All named targets, in the order of the table, without `host`.
const std::vector<TargetInfo> &named_targets();

// Whether it is one of those; else a Halide target string.
bool is_named_target(const std::string &name);

// A name of the table, `host` (the best CPU target this machine runs), or a raw Halide target string; and a processor of
// that target, by its name in schedules/processors.cpp. No processor: the one that this machine has for `host`, `generic`
// for every other target, and where the table lacks it.
Expected<TargetInfo> find_target(const std::string &name, const std::string &cpu = "");

// Where the target has no schedule family, so that every layer becomes variant `reference`: a message in one line that says
// so and what would be needed. Success otherwise.
Status has_schedules(const TargetInfo &target);

// Whether this machine runs the target's programs without an emulator (for GPU targets: the host part).
bool runs_natively(const TargetInfo &target);

// "x86-64-avx2": the best CPU target of this machine.
std::string host_target_name();

}  // namespace tconv
