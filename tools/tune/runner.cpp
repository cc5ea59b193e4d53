// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/runner.h"

#include <vector>

#include "runtime/base/child_process.h"
#include "runtime/base/text.h"
#include "tools/verify/toolchain.h"

namespace tconv {

namespace {

constexpr char kPlace[] = "{program}";

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

}  // namespace

Expected<std::string> run_on_board(const Runner &runner, const std::string &program, int timeout_seconds) {
    std::vector<std::string> argv = {program};
    std::string whose = program.substr(program.rfind('/') + 1);
    if (!runner.command.empty()) {
        argv = {"/bin/sh", "-c", shell_command(runner.command, program)};
        whose = "--runner = " + printable(runner.command);
    }
    ProgramOptions options;
    options.timeout_seconds = timeout_seconds;
    options.keep_late = true;
    const Expected<ProgramResult> result = run_program(argv, options);
    if (!result) {
        return result.error();
    }
    if (result->late) {
        return Error{StatusCode::kFailed, whose + ": did not end within " + std::to_string(timeout_seconds) + " s"};
    }
    if (result->exit_code != 0) {
        return Error{StatusCode::kFailed, whose + ": " + printable(program_end(*result))};
    }
    return result->output;
}

}  // namespace tconv
