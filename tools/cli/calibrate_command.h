// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

namespace tconv {

// Registers the verb; when it runs it leaves its exit code in `exit_code`.
void add_calibrate_command(CLI::App &app, int &exit_code);

}  // namespace tconv
