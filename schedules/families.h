// SPDX-License-Identifier: Apache-2.0
// The schedule families, each from its own file, for registry.cpp. A family's reasons stand there.
#pragma once

#include "schedules/registry.h"

namespace tconv {

// What families of CPUs share: schedules that ask the machine for lanes and registers.
ScheduleFamily cpu_family(const std::string &name, const TileRules &tiles);

ScheduleFamily x86_avx2_family();
ScheduleFamily x86_avx512_family();
ScheduleFamily x86_sse_family();
ScheduleFamily arm_neon_family();
ScheduleFamily gpu_family();
ScheduleFamily reference_family();

}  // namespace tconv
