// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/generators/test_targets.h"

namespace tconv::test {

// Builds the library, runs it as `tconv verify` does, and expects it to be right. Skips where the machine lacks what that
// takes.
void expect_verified(const LibraryCase &library_case);

}  // namespace tconv::test
