// SPDX-License-Identifier: Apache-2.0
#include "tools/tconv/report.h"

#include <algorithm>
#include <cstdio>

namespace tconv {

int fail(const Error &error) {
    std::string line = error.message;
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::fprintf(stderr, "tconv: %s\n", line.c_str());
    return 1;
}

}  // namespace tconv
