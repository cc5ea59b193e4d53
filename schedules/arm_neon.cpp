// SPDX-License-Identifier: Apache-2.0
// ARM with NEON: 32 registers of 4 lanes. A multiply-add takes one lane of a register as its scalar operand, so
// that four input channels arrive in one load; 4 vectors make a 16-channel block as on x86 (4 x 6: 29 of 32).
#include "schedules/families.h"
#include "schedules/register_tile.h"

namespace tconv::arm_neon {

void tap_product(const TapProductFuncs &funcs, const Knobs &knobs, const Machine &machine) {
    schedule_register_tile(funcs, {knobs.at("tile_co"), knobs.at("tile_x"), knobs.at("unroll_ci")}, machine);
}

void repack(const RepackFuncs &funcs, const Machine &machine) {
    schedule_repack(funcs, machine);
}

void pack_filter(const PackFilterFuncs &funcs, const Machine &machine) {
    schedule_pack_filter(funcs, machine);
}

}  // namespace tconv::arm_neon
