// SPDX-License-Identifier: Apache-2.0
// x86 with 16 vector registers: AVX2 + FMA (8 lanes), and SSE (4 lanes). A 6 x 2 tile holds 12 sums, 2 filter vectors and
// one broadcast: 15 of 16 registers, and 12 sums cover the 4 cycles of latency times 2 multiply-adds a cycle.
#include "schedules/families.h"
#include "schedules/register_tile.h"

namespace tconv::x86_avx2 {

void tap_product(const TapProductFuncs &funcs, const Knobs &knobs, const Machine &machine) {
    schedule_register_tile(funcs, {knobs.at("tile_co"), knobs.at("tile_x"), knobs.at("unroll_ci")}, machine);
}

void repack(const RepackFuncs &funcs, const Machine &machine) {
    schedule_repack(funcs, machine);
}

void pack_filter(const PackFilterFuncs &funcs, const Machine &machine) {
    schedule_pack_filter(funcs, machine);
}

}  // namespace tconv::x86_avx2
