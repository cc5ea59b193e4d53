// SPDX-License-Identifier: Apache-2.0
// A property on many random layers, as a GoogleTest test.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tests/property/random_layers.h"

namespace tconv::test {

// Layer i of a run has the seed first_seed + i, so a single layer is a run of its own. The environment overrides both:
// TCONV_PROPERTY_SEED, TCONV_PROPERTY_LAYERS.
struct SweepOptions {
    uint64_t first_seed = 0;
    int64_t layers = 0;
};
SweepOptions sweep_options();

// `layers`: the number for a test that has another one than sweep_options(), which the environment overrides as well.
using Property = std::function<std::string(const RandomLayer &layer)>;
void expect_on_random_layers(const Property &property);
void expect_on_random_layers(int64_t layers, const Property &property);

// While it lives, a crash of the program ends with this text on stderr. One at a time.
class CrashNote {
public:
    explicit CrashNote(const std::string &text);
    ~CrashNote();
    CrashNote(const CrashNote &) = delete;
    CrashNote &operator=(const CrashNote &) = delete;

private:
    std::string text_;
};

}  // namespace tconv::test
