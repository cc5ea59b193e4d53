// SPDX-License-Identifier: Apache-2.0
// The C programs of programs/, as text in the executable: a user's compiler builds them for the target.
#pragma once

#include <string>

#include "tconv/status.h"

namespace tconv {

// Writes all of them into a folder.
Status write_embedded_programs(const std::string &folder);

}  // namespace tconv
