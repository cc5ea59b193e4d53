// SPDX-License-Identifier: Apache-2.0
#include "schedules/machine.h"

#include <vector>

namespace tconv {

namespace {

// Cache sizes are those of the smallest common member of each family, so that defaults never assume too much.
const std::vector<Machine> &machines() {
    static const std::vector<Machine> table = [] {
        Machine sse;
        sse.family = "x86_sse";
        sse.vector_lanes = 4;
        sse.vector_registers = 16;
        sse.fma_per_cycle = 1;
        Machine avx2 = sse;
        avx2.family = "x86_avx2";
        avx2.vector_lanes = 8;
        avx2.masked_stores = true;
        avx2.fma_per_cycle = 2;
        Machine avx512 = avx2;
        avx512.family = "x86_avx512";
        avx512.vector_lanes = 16;
        avx512.vector_registers = 32;
        avx512.l2_bytes = 1024 * 1024;
        Machine neon;
        neon.family = "arm_neon";
        neon.vector_lanes = 4;
        neon.vector_registers = 32;
        neon.fma_per_cycle = 2;
        Machine gpu;
        gpu.family = "gpu";
        gpu.vector_lanes = 32;
        gpu.vector_registers = 64;
        gpu.is_gpu = true;
        return std::vector<Machine>{sse, avx2, avx512, neon, gpu};
    }();
    return table;
}

}  // namespace

Machine machine_for(const std::string &family) {
    for (const Machine &machine : machines()) {
        if (machine.family == family) {
            return machine;
        }
    }
    Machine scalar;
    scalar.family = "reference";
    scalar.vector_registers = 16;
    return scalar;
}

std::string register_shortage(int needed, const Machine &machine) {
    if (needed <= machine.vector_registers) {
        return "";
    }
    return "need " + std::to_string(needed) + " vector registers, " + machine.family + " has " +
           std::to_string(machine.vector_registers);
}

}  // namespace tconv
