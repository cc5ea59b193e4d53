// SPDX-License-Identifier: Apache-2.0
// What is known of processors, by the names of LLVM's -mcpu: numbers that cost models count with, each with where it is
// from. A new processor is a row of processors.cpp; what shows that a machine has it, of tools/compiler/host_processor.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tconv {

// Where numbers are from: a document, a measurement, or a processor that has been measured and is taken to be alike.
struct FactSource {
    enum class Kind { kManual, kMeasured, kAssumed } kind;
    std::string text;  // the document's title, the machine, the processor's name
};

// "manual: Software Optimization Guide ...", "measured: ...", "assumed from znver3"
std::string to_string(const FactSource &source);

struct Processor {
    // Of one core; on a GPU of one multiprocessor, whose vectors are the lanes of a warp.
    struct Core {
        int fma_units = 1;       // for float32, of vectors
        int fma_unit_bits = 64;  // wider vectors take a unit for several cycles
        int fma_latency = 4;     // cycles
        int loads = 1;           // a cycle
        int load_bits = 64;      // of each
        int decode = 2;          // instructions a cycle
        bool in_order = false;
    };
    struct Caches {
        int l1_bytes = 32 * 1024, l2_bytes = 256 * 1024;
        int64_t l3_bytes = 0;  // that one core may count on, known by its rate; 0: none
        int line_bytes = 64;
        // Lines that prefetchnta fetches are kept beyond the first level. Of x86 alone.
        bool keeps_streamed = false;
    };
    // Bytes a cycle.
    struct Rates {
        double l2 = 16, l3 = 8, memory = 4;  // read one after the other
        double to_memory = 4;                // written, the reading of their lines not counted
    };
    // Cycles.
    struct Calls {
        double call = 250;      // of a kernel with four buffer descriptors
        double barrier = 3000;  // until the last of several threads has come to its end
    };

    std::string name;  // "znver3", "generic"
    std::vector<std::string>
        families;  // the instruction sets that it has (machine.h), or that it is the generic one of
    Core core;
    FactSource core_source;
    Caches caches;
    FactSource caches_source;
    Rates rates;
    FactSource rates_source;
    Calls calls;
    FactSource calls_source;
};

constexpr char kGenericProcessor[] = "generic";

// All of them; each family has a `generic` one, a server of some years ago or a board's large core: what a library is made
// for whose processor nobody named.
const std::vector<Processor> &processors();

// Null where the table has no such processor, or it has not that instruction set.
const Processor *find_processor(const std::string &name, const std::string &family);

// The names of a family's processors, `generic` first.
std::vector<std::string> processor_names(const std::string &family);

}  // namespace tconv
