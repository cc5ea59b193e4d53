// SPDX-License-Identifier: Apache-2.0
#include "tools/tconv/report.h"

#include <algorithm>
#include <cstdio>

namespace tconv {

namespace {

void print_line(const char *kind, std::string line) {
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::fprintf(stderr, "tconv: %s%s\n", kind, line.c_str());
}

}  // namespace

int fail(const Error &error) {
    print_line("", error.message);
    return 1;
}

void warn(const Error &warning) { print_line("warning: ", warning.message); }

}  // namespace tconv
