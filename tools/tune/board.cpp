// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/board.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

#include "runtime/base/child_process.h"
#include "runtime/base/interrupt.h"
#include "runtime/base/text.h"
#include "tools/verify/toolchain.h"

namespace tconv {

namespace {

using Clock = std::chrono::steady_clock;

constexpr char kPlace[] = "{program}";
constexpr int kLongestPause = 30;  // between two tries
constexpr int64_t kMostOutput = int64_t{64} << 20;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// As one word of the shell.
std::string quoted(const std::string &path) {
    std::string text = "'";
    for (const char c : path) {
        text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return text + "'";
}

std::string shell_command(const std::string &command, const std::string &program) {
    const std::string file = quoted(program);
    std::string text = command;
    size_t at = text.find(kPlace);
    if (at == std::string::npos) {
        return text + " " + file;
    }
    for (; at != std::string::npos; at = text.find(kPlace, at + file.size())) {
        text.replace(at, sizeof(kPlace) - 1, file);
    }
    return text;
}

// What a program did that is late.
std::string late_text(const ProgramResult &result, const ProgramOptions &options) {
    const bool is_remote = options.first_line_seconds > 0;
    const std::string limit = std::to_string(options.timeout_seconds) + " s";
    if (options.most_output > 0 && static_cast<int64_t>(result.output.size()) > options.most_output) {
        return "printed without end";
    }
    if (!is_remote) {
        return "did not end within " + limit;
    }
    return result.output.find('\n') != std::string::npos
               ? "was silent for " + limit
               : "had printed no line after " + std::to_string(options.first_line_seconds) + " s";
}

// Until an interrupt.
void pause(double seconds) {
    const auto start = Clock::now();
    while (!interrupted() && seconds_since(start) < seconds) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

}  // namespace

Expected<Board> Board::create(const Runner &runner) {
    Expected<WorkFolder> folder = WorkFolder::create();
    if (!folder) {
        return folder.error();
    }
    return Board(runner, std::move(*folder));
}

std::string Board::name() const { return is_remote() ? "--runner = " + printable(runner_.command) : "this machine"; }

Expected<std::string> Board::try_once(const std::string &program, double seconds,
                                      const std::function<std::string(const std::string &)> &problem) const {
    std::vector<std::string> argv = {program};
    std::string whose = program.substr(program.rfind('/') + 1);
    ProgramOptions options;
    options.timeout_seconds = static_cast<int>(std::ceil(seconds)) + runner_.run_seconds;
    options.keep_late = true;
    if (is_remote()) {
        argv = {"/bin/sh", "-c", shell_command(runner_.command, program)};
        whose = name();
        options.first_line_seconds = runner_.copy_seconds;
        options.most_output = kMostOutput;
        options.own_group = true;
    }
    const Expected<ProgramResult> result = run_program(argv, options);
    if (!result) {
        return result.error();
    }
    if (result->late) {
        return Error{StatusCode::kFailed, whose + ": " + late_text(*result, options)};
    }
    if (result->exit_code != 0) {
        return Error{StatusCode::kFailed, whose + ": " + printable(program_end(*result))};
    }
    if (const std::string what = problem(result->output); !what.empty()) {
        return Error{StatusCode::kFailed, whose + ": " + what};
    }
    return result->output;
}

Expected<std::string> Board::run(const std::string &program, double seconds,
                                 const std::function<std::string(const std::string &)> &problem) {
    const auto start = Clock::now();
    double wait = 1;
    for (int tries = 1;; tries++, wait = std::min<double>(2 * wait, kLongestPause)) {
        const auto last = Clock::now();
        Expected<std::string> output = try_once(program, seconds, problem);
        if (output) {
            has_answered_ = true;
            lost_seconds_ += std::chrono::duration<double>(last - start).count();
            return output;
        }
        if (interrupted() || !is_remote()) {
            return output;
        }
        const bool gives_up = has_answered_ ? seconds_since(start) + wait > runner_.patience_seconds : tries > 1;
        if (gives_up) {
            return Error{output.error().code, output.error().message + "; tried " + std::to_string(tries) +
                                                  " times in " + std::to_string(std::lround(seconds_since(start))) +
                                                  " s"};
        }
        if (runner_.on_trouble) {
            runner_.on_trouble(output.error().message);
        }
        pause(wait);
    }
}

}  // namespace tconv
