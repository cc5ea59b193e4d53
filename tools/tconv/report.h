// SPDX-License-Identifier: Apache-2.0
// How verbs end in failure, and what they warn of.
#pragma once

#include "tconv/status.h"

namespace tconv {

// Prints "tconv: message" on stderr, one line, and returns the exit code.
int fail(const Error &error);

// Prints "tconv: warning: message" on stderr, one line.
void warn(const Error &warning);

}  // namespace tconv
