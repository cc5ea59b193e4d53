// SPDX-License-Identifier: Apache-2.0
// What every error of the readers promises about its message.
#pragma once

#include "tconv/status.h"

namespace tconv {

// One line of text, in UTF-8, of a length that a person reads.
void check_message(const Error &error);

}  // namespace tconv
