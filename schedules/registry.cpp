// SPDX-License-Identifier: Apache-2.0
#include "schedules/registry.h"

#include "schedules/families.h"

namespace tconv {

const std::vector<ScheduleFamily> &schedule_families() {
    static const std::vector<ScheduleFamily> families = {
        {"x86_avx2", x86_avx2::tap_product, x86_avx2::repack, x86_avx2::pack_filter, reference::gather},
        {"x86_avx512", x86_avx512::tap_product, x86_avx512::repack, x86_avx512::pack_filter, reference::gather},
        // Plain SSE takes AVX2's schedules: they ask the machine for lanes and registers.
        {"x86_sse", x86_avx2::tap_product, x86_avx2::repack, x86_avx2::pack_filter, reference::gather},
        {"arm_neon", arm_neon::tap_product, arm_neon::repack, arm_neon::pack_filter, reference::gather},
        {"gpu", gpu::tap_product, gpu::repack, reference::pack_filter, gpu::gather},
        {"reference", reference::tap_product, reference::repack, reference::pack_filter, reference::gather},
    };
    return families;
}

const ScheduleFamily &family_for(const Machine &machine) {
    for (const ScheduleFamily &family : schedule_families()) {
        if (family.name == machine.family) {
            return family;
        }
    }
    return schedule_families().back();
}

}  // namespace tconv
