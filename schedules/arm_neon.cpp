// SPDX-License-Identifier: Apache-2.0
// ARM with NEON: 32 registers of 4 lanes. A multiply-add takes lane 0 of a register as its scalar operand, so that a
// value of the input is loaded by itself and needs no broadcast. A 6 x 4 tile holds 24 sums, 4 filter vectors and one
// value: 29 of 32 registers, for 16 channels as a 2-vector tile has with AVX2.
#include "schedules/families.h"

#include <algorithm>

namespace tconv {

namespace {

TileRules tile_rules() {
    TileRules rules;
    // Four channels of a row come in one load, of which a multiply-add takes any lane: LLVM loads those of all rows first.
    // With one vector of columns it moves the filter's next channels up as well.
    rules.product_loads_ahead = [](int vectors, int rows) { return std::max(rows, vectors == 1 ? 12 : 2); };
    rules.widest_product = 4;  // with five rows
    // The same loads in the other products: a tile that has no registers left for them spills.
    rules.loads_rows_first = true;
    rules.most_unspread_pixels = 0;
    return rules;
}

}  // namespace

ScheduleFamily arm_neon_family() { return cpu_family("arm_neon", tile_rules()); }

}  // namespace tconv
