// SPDX-License-Identifier: Apache-2.0
// x86 with AVX-512: 32 registers of 16 lanes. A 14 x 2 tile holds 28 sums, 2 filter vectors and one broadcast.
#include "schedules/families.h"
#include "schedules/register_tile.h"

namespace tconv::x86_avx512 {

void tap_product(const TapProductFuncs &funcs, const Knobs &knobs, const Machine &machine) {
    schedule_register_tile(funcs, {knobs.at("tile_co"), knobs.at("tile_x"), knobs.at("unroll_ci")}, machine);
}

void repack(const RepackFuncs &funcs, const Machine &machine) {
    schedule_repack(funcs, machine);
}

void pack_filter(const PackFilterFuncs &funcs, const Machine &machine) {
    schedule_pack_filter(funcs, machine);
}

}  // namespace tconv::x86_avx512
