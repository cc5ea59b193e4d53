// SPDX-License-Identifier: Apache-2.0
// What estimates count with, in words, and where each number is from.
#pragma once

#include <string>

#include "tools/compiler/target_table.h"

namespace tconv {

// Lines for `explain`, of lanes of that type, each ending in a newline; empty for a target without schedules.
std::string machine_text(const TargetInfo &target, DataType type);

}  // namespace tconv
