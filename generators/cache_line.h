// SPDX-License-Identifier: Apache-2.0
// What tensors in memory are aligned to and prefetches step by, whatever the processor: the line of a cache, or half of
// Apple's. What a line costs is a fact of the machine.
#pragma once

#include <cstdint>

#include "tconv/element_types.h"

namespace tconv {

constexpr int kCacheLineBytes = 64;
constexpr int64_t cache_line_elements(DataType type) { return kCacheLineBytes / element_bytes(type); }

}  // namespace tconv
