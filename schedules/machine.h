// SPDX-License-Identifier: Apache-2.0
// Machine facts as data: what a schedule may assume about the processor it is written for. One table in
// machine.cpp; schedules derive tile sizes and budgets from it and never test a target string themselves.
#pragma once

#include <string>

namespace tconv {

struct Machine {
    std::string family;        // x86_avx2, x86_avx512, arm_neon, gpu, x86_sse: names the schedule and the tuned records
    int vector_lanes = 1;      // float32 lanes of the widest register
    int vector_registers = 1;  // architectural vector registers
    bool masked_stores = false;  // partial vectors are stored without branches
    int fma_per_cycle = 1;       // vector multiply-adds a cycle
    int fma_latency = 4;         // cycles; fma_per_cycle * fma_latency independent sums keep the units busy
    int l1_bytes = 32 * 1024;
    int l2_bytes = 512 * 1024;
    bool is_gpu = false;
};

// The machine of a schedule family; the names are those of cmake/TconvTargets.cmake. An unknown family gets the most
// conservative machine (scalar, reference schedule).
Machine machine_for(const std::string &family);

// "need 17 vector registers, x86_avx2 has 16"; empty where they suffice.
std::string register_shortage(int needed, const Machine &machine);

}  // namespace tconv
