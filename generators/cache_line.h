// SPDX-License-Identifier: Apache-2.0
// The cache line of every processor that there are targets for.
#pragma once

#include <cstdint>

namespace tconv {

constexpr int kCacheLineBytes = 64;
constexpr int64_t kCacheLineElements = kCacheLineBytes / int64_t{sizeof(float)};

}  // namespace tconv
