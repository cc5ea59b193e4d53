// SPDX-License-Identifier: Apache-2.0
// Tuned records: knobs that a tuning session found for a layer on a machine, a file with a list of them. docs/tuning.md
// describes its keys. A record is about its workload, target, cpu and number of threads; of several about the same, one
// is in force. Times of two of them do not compare, since they are of different sessions.
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
    int threads = 1;              // that ran the layer
    bool is_measured = true;      // else it is what a model expects
    std::string verified;         // what the oracle said of it; empty: nothing is known
    std::string default_variant;  // that default_ms is of; empty: it is not known
    Knobs default_knobs;

    // Whether it is about the same as another.
    bool same_key(const TunedRecord &other) const;
};

// The file of records for a family: `place` itself, or place/FAMILY.json where it is a folder.
std::string tuned_record_file(const std::string &place, const std::string &family);

// The records of a file; none where there is no such file. One that is not such a list is an error that names the file, the
// record and the key.
Expected<std::vector<TunedRecord>> read_tuned_records(const std::string &file);

// A file's contents.
std::string tuned_records_text(const std::vector<TunedRecord> &records);

// In place of those with its key, or behind the others.
void replace_record(std::vector<TunedRecord> &records, const TunedRecord &record);

// Those for a target and a processor.
std::vector<TunedRecord> records_for(const std::vector<TunedRecord> &records, const std::string &target,
                                     const std::string &cpu);

// The record in force for that workload, or null: of the number of threads that is nearest to `threads`, of two the lower
// one; measured before modelled; the newest; the last in the list.
const TunedRecord *find_tuned_record(const std::vector<TunedRecord> &records, const std::string &workload,
                                     int threads = 1);

// The same among those for a workload that differs in bias and activation alone. What a layer does to its sums as it stores
// them hardly changes which loops are quickest.
const TunedRecord *find_transferable_record(const std::vector<TunedRecord> &records, const std::string &workload,
                                            int threads = 1);

}  // namespace tconv
