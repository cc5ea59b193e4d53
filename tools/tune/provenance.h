// SPDX-License-Identifier: Apache-2.0
// What made a measurement.
#pragma once

#include <string>

namespace tconv {

std::string halide_version();  // "21.0.0"
std::string llvm_version();    // "21.1"
std::string tconv_commit();    // "0f26488", or the version where the sources were no git checkout
std::string today();           // "2026-01-31", UTC

}  // namespace tconv
