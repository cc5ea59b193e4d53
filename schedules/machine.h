// SPDX-License-Identifier: Apache-2.0
// A machine is an instruction set and a processor that has it: what a schedule may use, and what a cost model may count
// with. Schedules derive tiles and budgets from it and never test a target string.
#pragma once

#include <cstdint>
#include <string>

#include "schedules/processor.h"
#include "tconv/element_types.h"

namespace tconv {

struct Machine {
    // Of the instruction set.
    std::string family;    // x86_avx2, x86_avx512, arm_neon, gpu, x86_sse: names the schedules and the tuned records
    int vector_bits = 32;  // of the widest register; on a GPU a warp's
    int vector_registers = 16;   // architectural vector registers
    int address_registers = 8;   // that an inner loop may keep addresses in
    bool masked_stores = false;  // partial vectors are stored without branches
    bool is_gpu = false;

    // Of the processor, whose rows say where the numbers are from.
    std::string cpu = kGenericProcessor;
    double fma_per_cycle = 1;    // multiply-adds of the widest vectors
    int fma_latency = 4;         // cycles; fma_per_cycle * fma_latency independent sums keep the units busy
    double loads_per_cycle = 2;  // of the widest vectors, or of numbers that are spread to one
    int decode_width = 4;
    bool in_order = false;
    int l1_bytes = 32 * 1024;
    int l2_bytes = 512 * 1024;
    int64_t l3_bytes = 0;
    int line_bytes = 64;
    bool keeps_streamed = false;
    Processor::Rates rates;  // bytes a cycle
    double call_cycles = 250, barrier_cycles = 3000;

    // Elements that fill the widest register. Schedules count in those of what is summed.
    int lanes(DataType type) const { return vector_bits / (8 * static_cast<int>(element_bytes(type))); }

    // Bytes a cycle at which so many bytes are read again and again: from the cache that they stay in. A cache is shared
    // with what else passes through it, of which half is left to count on.
    double read_rate(double bytes) const;
    // The same where the second-level cache has let them go.
    double outer_rate(double bytes) const { return bytes <= static_cast<double>(l3_bytes) ? rates.l3 : rates.memory; }

    // Whether there are schedules for it; else variant `reference` takes every layer.
    bool has_schedules() const { return family != "reference"; }
};

// The machine of a family, whose names are those of cmake/TconvTargets.cmake, and a processor of it. An unknown family gets
// a scalar machine; a processor that the family lacks, its generic one.
Machine machine_for(const std::string &family, const std::string &cpu = kGenericProcessor);

// The same of a processor that need not be in the table.
Machine machine_for(const std::string &family, const Processor &processor);

// "need 17 vector registers, x86_avx2 has 16"; empty where they suffice.
std::string register_shortage(int needed, const Machine &machine);

}  // namespace tconv
