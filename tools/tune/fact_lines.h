// SPDX-License-Identifier: Apache-2.0
// What programs/machine_facts.c prints, which says what each line means.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tconv/status.h"
#include "tools/tune/processor_names.h"

namespace tconv {

struct FactLines {
    using Batches = std::vector<double>;  // of one measurement
    struct Cache {
        int level = 0;
        int64_t bytes = 0;
        int cpus = 1;  // that share it
    };
    struct Read {
        int64_t bytes = 0;  // of the set
        Batches batches;
    };

    ProcessorNames names;
    std::vector<Cache> caches;
    int line_bytes = 0;  // 0: the system does not say
    int vector_bits = 0;
    bool fused = true;
    Batches fma_chain, sums, loads, memory_read, memory_write;
    Batches barrier;  // none with one processor
    std::vector<Read> reads;
};

// Other lines are passed over: a board may print some of its own. An error says what is wrong, without saying whose output
// it is.
Expected<FactLines> read_fact_lines(const std::string &output);

}  // namespace tconv
