// SPDX-License-Identifier: Apache-2.0
// ARM with NEON: 32 registers of 4 lanes. A multiply-add takes lane 0 of a register as its scalar operand, so that a
// value of the input is loaded by itself and needs no broadcast. A 6 x 4 tile holds 24 sums, 4 filter vectors and one
// value: 29 of 32 registers, for 16 channels as a 2-vector tile has with AVX2.
#include "schedules/families.h"

namespace tconv {

ScheduleFamily arm_neon_family() { return cpu_family("arm_neon"); }

}  // namespace tconv
