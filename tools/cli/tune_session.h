// SPDX-License-Identifier: Apache-2.0
// What `tconv tune` is told, and the machines that it measures on.
#pragma once

#include <string>
#include <vector>

#include "tools/cli/layer_arguments.h"
#include "tools/tune/machine_peak.h"
#include "tools/tune/tune_layer.h"

namespace tconv {

struct TuneArguments {
    LayerArguments layers;
    std::string target = "host", cpu, machine, tuned, records = "tuned_records.json", session, report;
    ToolArguments tools;
    std::vector<std::string> runners;
    Runner runner;  // what the runners have in common
    TuneOptions options;
    std::string check;  // file of records, in place of layers
};

// --target, --cpu, --machine, --threads, --cool, --runner with its limits, --cc and --emulator.
void add_machine_options(CLI::App &verb, TuneArguments &arguments);

// The machines of a session, of one processor.
struct TuneMachines {
    TargetInfo target;
    Toolchain toolchain;
    std::vector<Board> boards;
    MachinePeak peak;   // of the first, the best that was measured
    std::string model;  // what it calls its processor
};

Expected<TuneMachines> find_machines(const TuneArguments &arguments);

// Measures the peak once more. What was busy may rest now: the limit is that of the best there was.
Status raise_peak(TuneMachines &machines, int threads);

// "Some Processor 3000, x86-64-avx2, --cpu znver3, 1 thread: multiply-adds 100.0 GFLOP/s, memory 20.0 GB/s"
std::string machines_text(const TuneMachines &machines, int threads);

// What both kinds of a record's makers know.
TunedRecord new_record(const TuneMachines &machines, const Layer &layer, const TuneOptions &options);

}  // namespace tconv
