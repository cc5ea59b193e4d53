// SPDX-License-Identifier: Apache-2.0
// What verbs print alike.
#pragma once

#include <cstdint>
#include <string>

#include "tconv/status.h"

namespace tconv {

// Prints "tconv: message" on stderr, one line, and returns the exit code.
int fail(const Error &error);

// Prints "tconv: note: text" on stderr: what the user may not have meant, and which is no error.
void note(const std::string &text);

// The same, as "tconv: warning: text".
void warn(const std::string &text);

// The error with the layer's name in front, unless it begins with that.
Error of_layer(const std::string &name, const Error &error);

// "269484032 bytes (269 MB)"
std::string bytes_text(int64_t bytes);

}  // namespace tconv
