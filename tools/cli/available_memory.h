// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace tconv {

// How much more memory this process can have before the system ends it or refuses to give any.
struct AvailableMemory {
    int64_t bytes = 0;
    std::string source;  // what sets the limit: "MemAvailable and SwapFree of /proc/meminfo", "RLIMIT_AS", ...
};

// The least of what the system has, the limits of the process and those of its control groups. What cannot be found out
// does not limit: bytes is then INT64_MAX.
AvailableMemory available_memory();

}  // namespace tconv
