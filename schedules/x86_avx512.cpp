// SPDX-License-Identifier: Apache-2.0
// x86 with AVX-512: 32 registers of 16 lanes. A 14 x 2 tile holds 28 sums, 2 filter vectors and one broadcast.
#include "schedules/families.h"

namespace tconv {

namespace {

TileRules tile_rules() {
    TileRules rules;
    // LLVM sees that registers are many and moves loads up: one or two in any tile, and with one vector of columns all of
    // the filter's next channels.
    rules.product_loads_ahead = [](int vectors, int) { return vectors == 1 ? 12 : 2; };
    rules.widest_product = 4;  // with six rows
    // For the same reason it loads the channels of a loop iteration as one vector for each row or pixel, and spreads them
    // from there: a tile that has no registers left for that spills.
    rules.loads_rows_first = true;
    rules.most_unspread_pixels = 0;
    return rules;
}

}  // namespace

ScheduleFamily x86_avx512_family() { return cpu_family("x86_avx512", tile_rules()); }

}  // namespace tconv
