// SPDX-License-Identifier: Apache-2.0
#include "tools/verify/toolchain.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "runtime/base/child_process.h"

namespace tconv {

namespace fs = std::filesystem;

namespace {

constexpr int kFirstSignalCode = 128;  // exit code of a program that signal 0 ended, in ProgramResult
constexpr int kLastSignal = 64;        // larger codes are exit codes again, such as 255 of ssh

bool is_program(const std::string &path) {
    std::error_code error;
    return fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

std::vector<std::string> split(const std::string &text, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);) {
        if (!part.empty()) {
            parts.push_back(part);
        }
    }
    return parts;
}

std::string last_line(const std::string &text) {
    const std::vector<std::string> lines = split(text, '\n');
    return lines.empty() ? "" : lines.back();
}

// Of a compiler's output the line that says what is wrong.
std::string error_line(const std::string &text) {
    for (const std::string &line : split(text, '\n')) {
        if (line.find("error") != std::string::npos || line.find("undefined reference") != std::string::npos) {
            return line;
        }
    }
    return last_line(text);
}

}  // namespace

std::optional<std::string> find_program(const std::string &name, const std::vector<std::string> &folders) {
    if (name.find('/') != std::string::npos) {
        return is_program(name) ? std::optional(name) : std::nullopt;
    }
    const char *path = std::getenv("PATH");
    std::vector<std::string> places = split(path ? path : "", ':');
    places.insert(places.end(), folders.begin(), folders.end());
    for (const std::string &folder : places) {
        const std::string candidate = folder + "/" + name;
        if (is_program(candidate)) {
            return candidate;
        }
    }
    return std::nullopt;
}

Expected<std::vector<std::string>> find_command(const std::string &argument, const std::string &command) {
    if (command.find('/') != std::string::npos && is_program(command)) {
        return std::vector<std::string>{command};
    }
    std::vector<std::string> words = split(command, ' ');
    if (words.empty()) {
        return invalid_argument(argument, "\"" + command + "\"", "must name a program");
    }
    const std::optional<std::string> program = find_program(words[0]);
    if (!program) {
        return Error{StatusCode::kNotFound,
                     argument + " = " + command + ": " + words[0] + " was not found; install it or name another"};
    }
    words[0] = *program;
    return words;
}

std::string program_end(const ProgramResult &result) {
    if (result.late) {
        return "did not end in time";
    }
    std::string reason = last_line(result.output);
    if (result.exit_code > kFirstSignalCode && result.exit_code <= kFirstSignalCode + kLastSignal) {
        const int signal = result.exit_code - kFirstSignalCode;
        reason = std::string("ended by signal ") + std::to_string(signal) + " (" + strsignal(signal) + ")" +
                 (reason.empty() ? "" : ": " + reason);
    }
    return reason.empty() ? "exit code " + std::to_string(result.exit_code) : reason;
}

std::string Toolchain::how() const { return emulator.empty() ? "native" : fs::path(emulator[0]).filename().string(); }

Expected<std::vector<std::string>> find_compiler(const TargetInfo &target, const std::string &cc) {
    Expected<std::vector<std::string>> compiler = find_command("--cc", cc.empty() ? target.cc : cc);
    if (compiler) {
        for (const std::string &flag : split(target.cc_flags, ' ')) {
            compiler->push_back(flag);
        }
    }
    return compiler;
}

Expected<Toolchain> find_toolchain(const TargetInfo &target, const ToolArguments &arguments) {
    Toolchain toolchain;
    if (target.is_cuda()) {
        toolchain.can_run = false;  // its kernels are assembled, not run
        return toolchain;
    }
    const bool native = runs_natively(target);
    const std::string emulator = !arguments.emulator.empty() ? arguments.emulator : native ? "" : target.emulator;
    if (!emulator.empty()) {
        Expected<std::vector<std::string>> command = find_command("--emulator", emulator);
        if (!command) {
            return command.error();
        }
        toolchain.emulator = *command;
    }
    toolchain.can_run = native || !emulator.empty();
    if (!toolchain.can_run) {
        return toolchain;
    }
    const Expected<std::vector<std::string>> compiler = find_compiler(target, arguments.cc);
    if (!compiler) {
        return compiler.error();
    }
    toolchain.compiler = *compiler;
    return toolchain;
}

Status compile_program(const Toolchain &toolchain, const std::string &source, const std::string &output,
                       const std::vector<std::string> &more) {
    std::vector<std::string> argv = toolchain.compiler;
    // Contraction makes multiply-adds of the expressions in machine_peak.c, in C99 mode too.
    argv.insert(argv.end(), {"-O2", "-std=c99", "-D_GNU_SOURCE", "-ffp-contract=fast", source, "-o", output});
    argv.insert(argv.end(), more.begin(), more.end());
    const Expected<ProgramResult> result = run_program(argv);
    if (!result) {
        return result.error();
    }
    if (result->exit_code != 0) {
        const std::string name = fs::path(source).filename().string();
        return Error{StatusCode::kFailed,
                     "--cc = " + argv[0] + ": cannot compile " + name + ": " + error_line(result->output)};
    }
    return Success{};
}

Expected<std::string> run_on_target(const Toolchain &toolchain, const std::string &program,
                                    const std::vector<std::string> &arguments) {
    std::vector<std::string> argv = toolchain.emulator;
    argv.push_back(program);
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const Expected<ProgramResult> result = run_program(argv);
    if (!result) {
        return result.error();
    }
    if (result->exit_code != 0) {
        return Error{StatusCode::kFailed, fs::path(program).filename().string() + ": " + program_end(*result)};
    }
    return result->output;
}

}  // namespace tconv
