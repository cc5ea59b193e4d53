// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/report.h"

#include <algorithm>
#include <cstdio>

namespace tconv {

namespace {

void print_line(std::string line) {
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::fprintf(stderr, "tconv: %s\n", line.c_str());
}

}  // namespace

int fail(const Error &error) {
    print_line(error.message);
    return 1;
}

void note(const std::string &text) { print_line("note: " + text); }

void warn(const std::string &text) { print_line("warning: " + text); }

Error of_layer(const std::string &name, const Error &error) {
    const std::string prefix = name + ": ";
    return {error.code, (error.message.compare(0, prefix.size(), prefix) == 0 ? "" : prefix) + error.message};
}

std::string bytes_text(int64_t bytes) {
    const std::string exact = std::to_string(bytes) + " bytes";
    const char *unit = nullptr;
    double amount = static_cast<double>(bytes);
    for (const char *larger : {"kB", "MB", "GB", "TB"}) {
        if (amount < 999.5) {
            break;
        }
        amount /= 1000;
        unit = larger;
    }
    char text[32];
    std::snprintf(text, sizeof(text), amount < 9.995 ? " (%.2f " : amount < 99.95 ? " (%.1f " : " (%.0f ", amount);
    return unit == nullptr ? exact : exact + text + unit + ")";
}

}  // namespace tconv
