// SPDX-License-Identifier: Apache-2.0
// ARM with NEON: 32 registers of 4 lanes. A multiply-add takes one lane of a register as its scalar operand, so
// that four input channels arrive in one load; 4 vectors make a 16-channel block as on x86 (4 x 6: 29 of 32).
#include "schedules/families.h"

namespace tconv {

ScheduleFamily arm_neon_family() {
    return cpu_family("arm_neon");
}

}  // namespace tconv
