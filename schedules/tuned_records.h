// SPDX-License-Identifier: Apache-2.0
// Tuned records: knobs that a tuning session found for a layer on a machine, kept as schedules/tuned/FAMILY.json, a list
// of {workload, target, cpu, model, halide, llvm, commit, date, seed, variant, knobs, ms, default_ms, percent_of_limit}.
#pragma once

#include <string>
#include <vector>

#include "schedules/knobs.h"
#include "tconv/status.h"

namespace tconv {

struct TunedRecord {
    std::string workload;  // Layer::workload()
    std::string target;    // "x86-64-avx2"
    std::string cpu;       // of schedules/processors.cpp: it is for no other
    std::string model;     // what that machine calls its processor
    std::string halide, llvm, commit, date;
    int64_t seed = 0;
    std::string variant;
    Knobs knobs;
    double ms = 0;          // with these knobs
    double default_ms = 0;  // with the defaults, same session
    double percent_of_limit = 0;
};

// The records of DIRECTORY/FAMILY.json; none where there is no such file. A file that is not such a list is an error that
// names the file, the record and the key.
Expected<std::vector<TunedRecord>> read_tuned_records(const std::string &directory, const std::string &family);

// Those for a target and a processor.
std::vector<TunedRecord> records_for(const std::vector<TunedRecord> &records, const std::string &target,
                                     const std::string &cpu);

// The quickest record for that workload, or null.
const TunedRecord *find_tuned_record(const std::vector<TunedRecord> &records, const std::string &workload);

// The quickest record for a workload that differs in bias and activation alone, or null. What a layer does to its sums as it
// stores them hardly changes which loops are quickest.
const TunedRecord *find_transferable_record(const std::vector<TunedRecord> &records, const std::string &workload);

}  // namespace tconv
