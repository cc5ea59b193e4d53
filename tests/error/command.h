// SPDX-License-Identifier: Apache-2.0
// Runs the tconv command as a shell would.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tconv::test {

struct CommandOptions {
    std::string directory;            // to start in
    std::string temporary_directory;  // its TMPDIR
    int64_t largest_file = -1;        // bytes; a write beyond fails, as on a full disk. -1: no limit
    bool signal_large_files = false;  // and sends SIGXFSZ, as a shell's ulimit does; else the signal is ignored
    int64_t most_memory = -1;         // bytes of address space. -1: no limit
    bool obeys_modes = false;         // of files and folders, also where the tests are run by root
};

struct CommandResult {
    int exit_code = -1;  // 128 + N after signal N
    std::string out, err;
    bool left_processes = false;  // some were still alive when the command had ended
};

class RunningCommand {
public:
    RunningCommand(const std::vector<std::string> &arguments, const CommandOptions &options);

    void send(int signal) const;           // to the command alone, as `kill` does
    void send_to_group(int signal) const;  // to it and its children, as Ctrl-C does
    bool running();
    CommandResult wait();

private:
    pid_t pid_ = -1;
    int out_ = -1, err_ = -1;  // pipes, read ends
    int state_ = 0;
    bool ended_ = false;
};

CommandResult run_tconv(const std::vector<std::string> &arguments, const CommandOptions &options);

// Paths of all files and folders below a folder, sorted; folders end in a slash.
std::vector<std::string> tree_of(const std::string &folder);

}  // namespace tconv::test
