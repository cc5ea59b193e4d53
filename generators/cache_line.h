// SPDX-License-Identifier: Apache-2.0
// The cache line of every processor that there are targets for.
#pragma once

#include <cstdint>

#include "tconv/element_types.h"

namespace tconv {

constexpr int kCacheLineBytes = 64;
constexpr int64_t cache_line_elements(DataType type) { return kCacheLineBytes / element_bytes(type); }

}  // namespace tconv
