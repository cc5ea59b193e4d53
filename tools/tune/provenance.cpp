// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/provenance.h"

#include <ctime>

#include <Halide.h>

#include "tconv/commit.h"

namespace tconv {

std::string halide_version() { return TCONV_HALIDE_VERSION; }

std::string llvm_version() {
    const int version = Halide::Internal::get_llvm_version();  // 211 for 21.1
    return std::to_string(version / 10) + "." + std::to_string(version % 10);
}

std::string tconv_commit() { return TCONV_COMMIT; }

std::string today() {
    const std::time_t now = std::time(nullptr);
    char text[sizeof("2000-01-01")];
    std::tm utc = {};
    gmtime_r(&now, &utc);
    std::strftime(text, sizeof(text), "%Y-%m-%d", &utc);
    return text;
}

}  // namespace tconv
