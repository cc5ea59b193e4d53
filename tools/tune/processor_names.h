// SPDX-License-Identifier: Apache-2.0
// What the programs of a session print first: print_names() of tools/verify/programs/system_facts.h.
#pragma once

#include <string>

namespace tconv {

struct ProcessorNames {
    std::string model;      // what the system calls it; empty: it does not say
    std::string processor;  // of schedules/processors.cpp; empty: not in the table
};

enum class NameLine { kOther, kRead, kBad };

// Takes a line in, if it is one of those.
NameLine read_name_line(const std::string &line, ProcessorNames &names);

}  // namespace tconv
