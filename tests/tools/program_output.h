// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "runtime/base/child_process.h"

namespace tconv::test {

// What the program prints; why it could not be run or that it failed, where so.
inline std::string output_of(const std::vector<std::string> &command) {
    const auto result = run_program(command);
    if (!result) {
        return result.error().message;
    }
    return (result->exit_code == 0 ? "" : command[0] + " failed: ") + result->output;
}

}  // namespace tconv::test
