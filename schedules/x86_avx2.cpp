// SPDX-License-Identifier: Apache-2.0
// x86 with 16 vector registers: AVX2 + FMA (8 lanes), and SSE (4 lanes). A 6 x 2 tile holds 12 sums, 2 filter vectors and
// one broadcast: 15 of 16 registers, and 12 sums cover the 4 cycles of latency times 2 multiply-adds a cycle.
#include "schedules/families.h"

namespace tconv {

namespace {

TileRules tile_rules() {
    TileRules rules;
    // With one vector of columns there are few loads to a sum, and LLVM moves those of the filter's next channels up.
    rules.product_loads_ahead = [](int vectors, int) { return vectors == 1 ? 6 : 0; };
    rules.widest_product = 3;  // four vectors would leave room for three rows
    // It sees that there are no registers to load rows or pixels ahead into, and broadcasts each value when its turn comes;
    // of more pixels than this it loads the channels of a loop iteration as one vector for each after all.
    rules.loads_rows_first = false;
    rules.most_unspread_pixels = 12;
    return rules;
}

}  // namespace

ScheduleFamily x86_avx2_family() { return cpu_family("x86_avx2", tile_rules()); }

// SSE takes the same schedules and rules: they ask the machine for lanes and registers, and its registers are as many.
ScheduleFamily x86_sse_family() { return cpu_family("x86_sse", tile_rules()); }

}  // namespace tconv
