// SPDX-License-Identifier: Apache-2.0
// x86 with AVX-512: 32 registers of 16 lanes. A 14 x 2 tile holds 28 sums, 2 filter vectors and one broadcast.
#include "schedules/families.h"

namespace tconv {

ScheduleFamily x86_avx512_family() { return cpu_family("x86_avx512"); }

}  // namespace tconv
