// SPDX-License-Identifier: Apache-2.0
// What programs/machine_facts.c would print on a machine that is made up.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace tconv::test {

struct SampleMachine {
    std::string names = "model Some Processor 3000\n";
    std::string caches = "cache 1 32768 1\ncache 2 524288 1\ncache 3 16777216 4\nline_bytes 64\n";
    double sums = 2, loads = 2, fma_chain = 0.25;
    // What the caches do, whatever the system says of them.
    int64_t l1_bytes = 32 << 10, l2_bytes = 512 << 10, l3_bytes = 16 << 20;
    bool barrier = true;

    double rate(int64_t bytes) const {
        return bytes <= l1_bytes ? 64 : bytes <= l2_bytes ? 32 : bytes <= l3_bytes ? 12 : 4;
    }

    std::string output() const {
        // The first batch was disturbed, and the clock of none.
        const auto batches = [](double value) {
            return " " + std::to_string(value / 2) + " " + std::to_string(value * 0.99) + " " + std::to_string(value) +
                   "\n";
        };
        std::string text = names + caches + "vector_bits 256\nfused 1\nmemory_read 1000" + batches(4) + "fma_chain" +
                           batches(fma_chain) + "sums" + batches(sums) + "loads" + batches(loads);
        if (barrier) text += "barrier" + batches(0.001);
        for (int64_t set = 8192; set <= (64 << 20); set *= 2) {
            text += "read " + std::to_string(set) + batches(rate(set));
            text += "read " + std::to_string(set / 2 * 3) + batches(rate(set / 2 * 3));
        }
        return text + "memory_write 1000" + batches(3) + "done\n";
    }
};

}  // namespace tconv::test
