// SPDX-License-Identifier: Apache-2.0
// The schedule families: for each kernel, how it is computed on one kind of machine. One file a family; `reference`
// is valid everywhere and stands last.
#pragma once

#include <string>
#include <vector>

#include "schedules/kernel_funcs.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"

namespace tconv {

struct ScheduleFamily {
    std::string name;
    void (*tap_product)(const TapProductFuncs &, const Knobs &, const Machine &);
    void (*repack)(const RepackFuncs &, const Machine &);
    void (*pack_filter)(const PackFilterFuncs &, const Machine &);
    void (*sum_filter)(const SumFilterFuncs &, const Machine &);
    void (*gather)(const GatherFuncs &, const Machine &);
    void (*softmax)(const SoftmaxFuncs &, const Machine &);
};

const std::vector<ScheduleFamily> &schedule_families();

// The family that the machine names, else `reference`.
const ScheduleFamily &family_for(const Machine &machine);

}  // namespace tconv
