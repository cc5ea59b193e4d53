// SPDX-License-Identifier: Apache-2.0
// x86 with 16 vector registers: AVX2 + FMA (8 lanes), and SSE (4 lanes). A 6 x 2 tile holds 12 sums, 2 filter vectors and
// one broadcast: 15 of 16 registers, and 12 sums cover the 4 cycles of latency times 2 multiply-adds a cycle.
#include "schedules/families.h"

namespace tconv {

ScheduleFamily x86_avx2_family() { return cpu_family("x86_avx2"); }

// SSE takes the same schedules: they ask the machine for lanes and registers.
ScheduleFamily x86_sse_family() { return cpu_family("x86_sse"); }

}  // namespace tconv
