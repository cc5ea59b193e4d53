// SPDX-License-Identifier: Apache-2.0
// Programs that run on a machine of the target which is not this one: a board at the other end of a cable.
#pragma once

#include <string>

#include "tconv/status.h"

namespace tconv {

// A command of the shell that takes a program to the board and runs it: "{program}" stands for the file, which is appended
// where the command does not say it. Empty: programs run here.
struct Runner {
    std::string command;
};

// What the program prints, or one line on why it did not end well or in time.
Expected<std::string> run_on_board(const Runner &runner, const std::string &program, int timeout_seconds);

}  // namespace tconv
