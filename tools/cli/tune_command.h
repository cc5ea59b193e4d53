// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

namespace tconv {

void add_tune_command(CLI::App &app, int &exit_code);

}  // namespace tconv
