// SPDX-License-Identifier: Apache-2.0
// How a fuzz target says that a promise is broken: it names the promise and aborts, in every build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#define FUZZ_CHECK(condition) ((condition) ? void() : tconv::broken_promise(#condition, __FILE__, __LINE__))

namespace tconv {

[[noreturn]] inline void broken_promise(const char *condition, const char *file, int line) {
    std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    std::abort();
}

}  // namespace tconv

// The name and the form that libFuzzer wants. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
