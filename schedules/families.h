// SPDX-License-Identifier: Apache-2.0
// The entry points of the schedule families, for registry.cpp alone. Each family's reasons stand in its own file.
#pragma once

#include "schedules/kernel_funcs.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"

namespace tconv {

namespace x86_avx2 {
void tap_product(const TapProductFuncs &funcs, const Knobs &knobs, const Machine &machine);
void repack(const RepackFuncs &funcs, const Machine &machine);
void pack_filter(const PackFilterFuncs &funcs, const Machine &machine);
}  // namespace x86_avx2

namespace x86_avx512 {
void tap_product(const TapProductFuncs &funcs, const Knobs &knobs, const Machine &machine);
void repack(const RepackFuncs &funcs, const Machine &machine);
void pack_filter(const PackFilterFuncs &funcs, const Machine &machine);
}  // namespace x86_avx512

namespace arm_neon {
void tap_product(const TapProductFuncs &funcs, const Knobs &knobs, const Machine &machine);
void repack(const RepackFuncs &funcs, const Machine &machine);
void pack_filter(const PackFilterFuncs &funcs, const Machine &machine);
}  // namespace arm_neon

namespace gpu {
void tap_product(const TapProductFuncs &funcs, const Knobs &knobs, const Machine &machine);
void repack(const RepackFuncs &funcs, const Machine &machine);
void gather(const GatherFuncs &funcs, const Machine &machine);
}  // namespace gpu

namespace reference {
void tap_product(const TapProductFuncs &funcs, const Knobs &knobs, const Machine &machine);
void repack(const RepackFuncs &funcs, const Machine &machine);
void pack_filter(const PackFilterFuncs &funcs, const Machine &machine);
void gather(const GatherFuncs &funcs, const Machine &machine);
}  // namespace reference

}  // namespace tconv
