// SPDX-License-Identifier: Apache-2.0
// A machine of the target that runs a session's programs: this one, or one at the other end of a cable.
#pragma once

#include <functional>
#include <string>

#include "tconv/status.h"
#include "tools/verify/work_folder.h"

namespace tconv {

struct Runner {
    // A command of the shell that takes a program to the board and runs it: "{program}" stands for the file, which is
    // appended where the command does not say it. Empty: programs run here.
    std::string command;
    int copy_seconds = 120;      // until a program has printed its first line
    int run_seconds = 120;       // that it may be silent from then on, beyond what it says it needs
    int patience_seconds = 180;  // that failures one after the other are borne
    std::function<void(const std::string &)> on_trouble = nullptr;  // what is wrong, while it is borne
};

class Board {
public:
    static Expected<Board> create(const Runner &runner);

    bool is_remote() const { return !runner_.command.empty(); }
    // What messages begin with: "--runner = ssh board".
    std::string name() const;
    // Where programs for it are built; nobody else's.
    const WorkFolder &folder() const { return folder_; }

    // What a program prints that may be silent for so many seconds while it works. `problem` says what is wrong with that, or nothing.
    // A board that does not answer, or answers with nonsense, is asked again and again, as long as the patience lasts; one
    // that never answered yet, once more. Here there is one try.
    Expected<std::string> run(const std::string &program, double seconds,
                              const std::function<std::string(const std::string &)> &problem);

    // In which there was no answer.
    double lost_seconds() const { return lost_seconds_; }

private:
    Board(Runner runner, WorkFolder folder) : runner_(std::move(runner)), folder_(std::move(folder)) {}

    Expected<std::string> try_once(const std::string &program, double seconds,
                                   const std::function<std::string(const std::string &)> &problem) const;

    Runner runner_;
    WorkFolder folder_;
    bool has_answered_ = false;
    double lost_seconds_ = 0;
};

}  // namespace tconv
