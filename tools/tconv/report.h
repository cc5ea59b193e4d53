// SPDX-License-Identifier: Apache-2.0
// How verbs end in failure.
#pragma once

#include "tconv/status.h"

namespace tconv {

// Prints "tconv: message" on stderr, one line, and returns the exit code.
int fail(const Error &error);

}  // namespace tconv
