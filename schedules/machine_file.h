// SPDX-License-Identifier: Apache-2.0
// The facts of schedules/processor.h as `tconv calibrate` found them on a machine, in a file that --machine takes in place
// of a row of processors.cpp. docs/tuning.md describes its keys.
#pragma once

#include <map>
#include <string>

#include "schedules/processor.h"
#include "tconv/status.h"

namespace tconv {

struct MachineFact {
    enum class Source {
        kMeasured,
        kSystem,   // the system said so
        kAssumed,  // of the row that the machine is taken to be like
    } source = Source::kAssumed;
    double value = 0;
    double spread = 0;    // of what was measured: the middle half of the batches, relative to their median
    double measured = 0;  // before it was made a whole number; 0: it was not
};

struct MachineFile {
    std::string cpu;  // what the machine calls its processor
    std::string
        cpu_name;  // in tuned records and NAME.json: the row's where the table has the processor, else made of `cpu`
    std::string like;  // the row that code generation and what is assumed are of
    std::string target, family, date, tconv;
    std::map<std::string, MachineFact> facts;  // by key, all of them

    // As a row of the table, with where each group of its numbers is from; `file` names this file.
    Processor processor(const std::string &file) const;
};

// A row of the table as such a file, all of it assumed.
MachineFile machine_file_of(const Processor &row, const std::string &family);

// A file's contents. An error names key, value and rule.
Expected<MachineFile> machine_from_text(const std::string &text);

// The same, with the file's name in front of an error.
Expected<MachineFile> read_machine_file(const std::string &path);

// A file's contents.
std::string machine_file_text(const MachineFile &machine);

}  // namespace tconv
