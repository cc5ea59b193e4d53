// SPDX-License-Identifier: Apache-2.0
// Files as strings. Where a file must not appear half-written: output_file.h for one, staging.h for several.
#pragma once

#include <string>

#include "tconv/status.h"

namespace tconv {

// Writes a whole file; an error names the path and the reason.
Status write_file(const std::string &path, const std::string &contents);
Expected<std::string> read_file(const std::string &path);

}  // namespace tconv
