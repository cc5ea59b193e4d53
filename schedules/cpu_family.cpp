// SPDX-License-Identifier: Apache-2.0
#include "schedules/families.h"
#include "schedules/register_tile.h"

namespace tconv {

ScheduleFamily cpu_family(const std::string &name) {
    ScheduleFamily family = reference_family();
    family.name = name;
    family.tap_product = schedule_register_tile;
    family.repack = schedule_repack;
    family.pack_filter = schedule_pack_filter;
    family.softmax = schedule_softmax;
    return family;
}

}  // namespace tconv
