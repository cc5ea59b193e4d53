// SPDX-License-Identifier: Apache-2.0
// Which processor of schedules/processors.cpp a machine has.
#pragma once

#include <cstdint>
#include <string>

namespace tconv {

// Family and model as CPUID leaf 1 gives them, the extended parts included. Empty: not in the table.
std::string x86_processor(const std::string &vendor, uint32_t family, uint32_t model);

// What MIDR_EL1 holds, and /proc/cpuinfo shows as implementer and part.
std::string arm_processor(uint32_t implementer, uint32_t part);

// Of the machine that this runs on; empty where the table lacks it.
std::string host_processor();

}  // namespace tconv
