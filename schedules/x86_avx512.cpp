// SPDX-License-Identifier: Apache-2.0
// x86 with AVX-512: 32 registers of 16 lanes. A 14 x 2 tile holds 28 sums, 2 filter vectors and one broadcast.
#include "schedules/families.h"
#include "schedules/register_tile.h"

namespace tconv {

ScheduleFamily x86_avx512_family() {
    return {"x86_avx512", schedule_register_tile, schedule_repack, schedule_pack_filter, reference_family().gather,
            schedule_softmax};
}

}  // namespace tconv
