// SPDX-License-Identifier: Apache-2.0
// Targets by name. The table itself is cmake/TconvTargets.cmake, which CMake writes into target_table.inc.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "schedules/machine.h"
#include "schedules/machine_file.h"
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
    std::string cpu = kGenericProcessor;  // of schedules/processors.cpp, or of a machine file
    std::shared_ptr<const Processor> measured = nullptr;  // the machine file's; null: the table's row is meant

    bool is_gpu() const { return machine().is_gpu; }
    bool is_cuda() const;
    bool is_opencl() const;
    std::string architecture() const;  // "x86", "arm", ... of the CPU side
    int bits() const;
    Machine machine() const { return measured ? machine_for(family, *measured) : machine_for(family, cpu); }
    // What is known of the processor; null for a target without schedules.
    const Processor *processor() const { return measured ? measured.get() : find_processor(cpu, family); }
};

// All named targets, in the order of the table, without `host`.
const std::vector<TargetInfo> &named_targets();

// Whether it is one of those; else a Halide target string.
bool is_named_target(const std::string &name);

// A name of the table, `host` (the best CPU target this machine runs), or a raw Halide target string; and a processor of
// that target, by its name in schedules/processors.cpp. No processor: the one that this machine has for `host`, `generic`
// for every other target, and where the table lacks it.
Expected<TargetInfo> find_target(const std::string &name, const std::string &cpu = "");

// The same for the machine of a file, by whose facts estimates are made; code is for the row that the machine is like. An
// error where it has not the target's instruction set. `file` stands in messages, and for where the facts are from.
Expected<TargetInfo> find_target(const std::string &name, const MachineFile &machine, const std::string &file);

// Where the target has no schedule family, so that every layer becomes variant `reference`: a message in one line that says
// so and what would be needed. Success otherwise.
Status has_schedules(const TargetInfo &target);

// Whether this machine runs the target's programs without an emulator (for GPU targets: the host part).
bool runs_natively(const TargetInfo &target);

// "x86-64-avx2": the best CPU target of this machine.
std::string host_target_name();

}  // namespace tconv
