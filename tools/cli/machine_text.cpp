// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/machine_text.h"

#include <cstdio>

namespace tconv {

namespace {

std::string printed(const char *format, double a, double b, double c, double d) {
    char line[200];
    std::snprintf(line, sizeof(line), format, a, b, c, d);
    return line;
}

std::string size_text(double bytes) {
    constexpr double mebibyte = 1 << 20;
    return bytes >= mebibyte ? printed("%g MiB", bytes / mebibyte, 0, 0, 0) : printed("%g KiB", bytes / 1024, 0, 0, 0);
}

std::string row(const std::string &what, const std::string &numbers, const FactSource &source) {
    return "    " + what + std::string(what.size() < 8 ? 8 - what.size() : 0, ' ') + numbers + "\n            " +
           to_string(source) + "\n";
}

}  // namespace

std::string machine_text(const TargetInfo &target, DataType type) {
    const Processor *processor = find_processor(target.cpu, target.family);
    if (processor == nullptr) {
        return "";
    }
    const Machine machine = target.machine();
    const std::string caches = size_text(machine.l1_bytes) + ", " + size_text(machine.l2_bytes);
    const std::string counted_on =
        machine.l3_bytes > 0 ? "; of the third level " + size_text(static_cast<double>(machine.l3_bytes)) + " count"
                             : "";
    return "  estimates are for processor " + target.cpu + ":\n" +
           row("core",
               printed("%g multiply-adds a cycle of %g lanes, %g cycles each; %g loads a cycle", machine.fma_per_cycle,
                       machine.lanes(type), machine.fma_latency, machine.loads_per_cycle) +
                   printed("; decodes %g", machine.decode_width, 0, 0, 0) + (machine.in_order ? ", in order" : ""),
               processor->core_source) +
           row("caches", caches + printed(", lines of %g bytes", machine.line_bytes, 0, 0, 0),
               processor->caches_source) +
           row("rates",
               printed("bytes a cycle: second level %g, third %g, memory %g, to memory %g", machine.rates.l2,
                       machine.rates.l3, machine.rates.memory, machine.rates.to_memory) +
                   counted_on,
               processor->rates_source) +
           row("calls", printed("cycles: %g a call, %g a barrier", machine.call_cycles, machine.barrier_cycles, 0, 0),
               processor->calls_source);
}

}  // namespace tconv
