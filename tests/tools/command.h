// SPDX-License-Identifier: Apache-2.0
// Runs the built tconv in a folder of its own.
#pragma once

#include <string>

#include "tools/verify/work_folder.h"

namespace tconv::test {

struct CommandResult {
    int exit_code = -1;
    std::string out, err;
};

// A working folder in which layer files are written and commands run. TMPDIR points to an empty folder inside it.
class CommandFolder {
public:
    CommandFolder();

    // `prefix` may set variables, or name a program that runs the command: "timeout 1".
    CommandResult tconv(const std::string &arguments, const std::string &prefix = "") const;

    void write(const std::string &file, const std::string &text) const;
    void write_script(const std::string &file, const std::string &text) const;  // of sh, executable
    std::string path(const std::string &file) const { return folder_.path(file); }
    bool has(const std::string &file) const;

    // What commands left in TMPDIR; empty when they cleaned up.
    std::string leftovers() const;

private:
    WorkFolder folder_;
};

// A small layer file: 2-D, k4 s2, with bias and ReLU.
std::string small_layer(const std::string &name);

// One line, as a message to a person is.
bool is_one_line(const std::string &text);

}  // namespace tconv::test
