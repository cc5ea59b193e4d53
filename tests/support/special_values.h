// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

namespace tconv::test {

inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
inline constexpr float kInf = std::numeric_limits<float>::infinity();

}  // namespace tconv::test
