// SPDX-License-Identifier: Apache-2.0
// Where the files that come with the command lie: relative to the executable, in the build tree as in the package.
#pragma once

#include <string>

namespace tconv {

// <prefix> of <prefix>/bin/tconv.
std::string package_prefix();

// <prefix>/share/tconv/tuned
std::string tuned_directory();

}  // namespace tconv
