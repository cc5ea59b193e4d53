// SPDX-License-Identifier: Apache-2.0
#include "schedules/machine.h"

#include <algorithm>

namespace tconv {

namespace {

struct InstructionSet {
    std::string family;
    int vector_bits;
    int vector_registers;
    int address_registers;  // beside those that loops and the stack take
    bool masked_stores;
    bool fused;  // a multiply-add is one instruction
};

const InstructionSet kInstructionSets[] = {
    {"x86_sse", 128, 16, 11, false, false},  {"x86_avx2", 256, 16, 11, true, true},
    {"x86_avx512", 512, 32, 11, true, true}, {"arm_neon", 128, 32, 24, false, true},
    {"gpu", 1024, 64, 64, false, true},
};

void add_processor(Machine &machine, const InstructionSet &set, const Processor &processor) {
    const double bits = set.vector_bits;
    const auto vectors_a_cycle = [&](int units, int unit_bits) { return units * std::min(1.0, unit_bits / bits); };
    machine.cpu = processor.name;
    machine.fma_per_cycle =
        vectors_a_cycle(processor.core.fma_units, processor.core.fma_unit_bits) / (set.fused ? 1 : 2);
    machine.fma_latency = processor.core.fma_latency;
    machine.loads_per_cycle = vectors_a_cycle(processor.core.loads, processor.core.load_bits);
    machine.decode_width = processor.core.decode;
    machine.in_order = processor.core.in_order;
    machine.l1_bytes = processor.caches.l1_bytes;
    machine.l2_bytes = processor.caches.l2_bytes;
    machine.l3_bytes = processor.caches.l3_bytes;
    machine.line_bytes = processor.caches.line_bytes;
    machine.keeps_streamed = processor.caches.keeps_streamed;
    machine.rates = processor.rates;
    machine.call_cycles = processor.calls.call;
    machine.barrier_cycles = processor.calls.barrier;
}

}  // namespace

double Machine::read_rate(double bytes) const { return bytes <= l2_bytes / 2.0 ? rates.l2 : outer_rate(bytes); }

Machine machine_for(const std::string &family, const std::string &cpu) {
    const Processor *processor = find_processor(cpu, family);
    if (processor == nullptr) {
        processor = find_processor(kGenericProcessor, family);
    }
    return machine_for(family, processor != nullptr ? *processor : Processor());
}

Machine machine_for(const std::string &family, const Processor &processor) {
    Machine machine;
    machine.family = "reference";
    for (const InstructionSet &set : kInstructionSets) {
        if (set.family != family) continue;
        machine.family = family;
        machine.vector_bits = set.vector_bits;
        machine.vector_registers = set.vector_registers;
        machine.address_registers = set.address_registers;
        machine.masked_stores = set.masked_stores;
        machine.is_gpu = family == "gpu";
        add_processor(machine, set, processor);
    }
    return machine;
}

std::string register_shortage(int needed, const Machine &machine) {
    if (needed <= machine.vector_registers) {
        return "";
    }
    return "need " + std::to_string(needed) + " vector registers, " + machine.family + " has " +
           std::to_string(machine.vector_registers);
}

}  // namespace tconv
