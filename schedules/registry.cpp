// SPDX-License-Identifier: Apache-2.0
#include "schedules/registry.h"

#include "schedules/families.h"

namespace tconv {

const std::vector<ScheduleFamily> &schedule_families() {
    static const std::vector<ScheduleFamily> families = {
        x86_avx2_family(), x86_avx512_family(), x86_sse_family(), arm_neon_family(), gpu_family(), reference_family(),
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
