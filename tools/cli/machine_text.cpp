// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/machine_text.h"

#include <sstream>

namespace tconv {

namespace {

std::string size_text(double bytes) {
    constexpr double mebibyte = 1 << 20;
    std::ostringstream text;
    if (bytes >= mebibyte) {
        text << bytes / mebibyte << " MiB";
    } else {
        text << bytes / 1024 << " KiB";
    }
    return text.str();
}

}  // namespace

std::string machine_text(const TargetInfo &target, DataType type) {
    const Processor *processor = target.processor();
    if (processor == nullptr) {
        return "";
    }
    const Machine machine = target.machine();
    std::ostringstream text;
    const auto end_row = [&](const FactSource &source) { text << "\n            " << to_string(source) << "\n"; };
    text << "  estimates are for processor " << target.cpu << ":\n";
    text << "    core    " << machine.fma_per_cycle << " multiply-adds a cycle of " << machine.lanes(type) << " lanes, "
         << machine.fma_latency << " cycles each; " << machine.loads_per_cycle << " loads a cycle; decodes "
         << machine.decode_width << (machine.in_order ? ", in order" : "");
    end_row(processor->core_source);
    text << "    caches  " << size_text(machine.l1_bytes) << ", " << size_text(machine.l2_bytes) << ", lines of "
         << machine.line_bytes << " bytes";
    end_row(processor->caches_source);
    text << "    rates   bytes a cycle: second level " << machine.rates.l2 << ", third " << machine.rates.l3
         << ", memory " << machine.rates.memory << ", to memory " << machine.rates.to_memory;
    if (machine.l3_bytes > 0) {
        text << "; of the third level " << size_text(static_cast<double>(machine.l3_bytes)) << " count";
    }
    end_row(processor->rates_source);
    text << "    calls   cycles: " << machine.call_cycles << " a call, " << machine.barrier_cycles << " a barrier";
    end_row(processor->calls_source);
    return text.str();
}

}  // namespace tconv
