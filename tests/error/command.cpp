// SPDX-License-Identifier: Apache-2.0
#include "tests/error/command.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace tconv::test {

namespace {

// What is in a pipe whose writers are gone. A limit on file sizes does not reach pipes, and what the command prints
// fits.
std::string read_all(int pipe_end) {
    std::string text;
    char buffer[4096];
    for (ssize_t count; (count = read(pipe_end, buffer, sizeof(buffer))) > 0;) {
        text.append(buffer, static_cast<size_t>(count));
    }
    close(pipe_end);
    return text;
}

void limit(decltype(RLIMIT_AS) resource, int64_t most) {
    if (most >= 0) {
        const rlimit limit{static_cast<rlim_t>(most), static_cast<rlim_t>(most)};
        setrlimit(resource, &limit);
    }
}

// Root without these is held to the modes of its own files, as everyone is.
bool drop_file_privileges() {
    return geteuid() != 0 ||
           (prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE) == 0 && prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH) == 0);
}

[[noreturn]] void execute(const std::vector<std::string> &arguments, const CommandOptions &options, int out, int err) {
    setpgid(0, 0);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    if (!options.temporary_directory.empty()) {
        setenv("TMPDIR", options.temporary_directory.c_str(), 1);
    }
    std::signal(SIGXFSZ, options.signal_large_files ? SIG_DFL : SIG_IGN);  // write() reports EFBIG
    limit(RLIMIT_FSIZE, options.largest_file);
    limit(RLIMIT_AS, options.most_memory);
    if (options.obeys_modes && !drop_file_privileges()) {
        _exit(127);
    }
    std::vector<char *> argv = {const_cast<char *>(TCONV_COMMAND)};
    for (const std::string &argument : arguments) {
        argv.push_back(const_cast<char *>(argument.c_str()));
    }
    argv.push_back(nullptr);
    if (options.directory.empty() || chdir(options.directory.c_str()) == 0) {
        execv(argv[0], argv.data());
    }
    _exit(127);
}

}  // namespace

RunningCommand::RunningCommand(const std::vector<std::string> &arguments, const CommandOptions &options) {
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC | O_NONBLOCK) != 0 || pipe2(err, O_CLOEXEC | O_NONBLOCK) != 0) {
        throw std::runtime_error("no pipe");
    }
    out_ = out[0];
    err_ = err[0];
    // Processes that the command leaves behind become children of this one, which sees them then.
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_ = fork();
    if (pid_ == 0) {
        execute(arguments, options, out[1], err[1]);
    }
    close(out[1]);
    close(err[1]);
    setpgid(pid_, pid_);
}

void RunningCommand::send(int signal) const { kill(pid_, signal); }

void RunningCommand::send_to_group(int signal) const { kill(-pid_, signal); }

bool RunningCommand::running() {
    ended_ = ended_ || waitpid(pid_, &state_, WNOHANG) == pid_;
    return !ended_;
}

CommandResult RunningCommand::wait() {
    while (!ended_ && waitpid(pid_, &state_, 0) < 0 && errno == EINTR) {
    }
    ended_ = true;
    CommandResult result;
    result.exit_code = WIFEXITED(state_) ? WEXITSTATUS(state_) : 128 + WTERMSIG(state_);
    // Orphans have this process as their parent. Those already dead, only not waited for, were ended by the command.
    siginfo_t orphan = {};
    while (waitid(P_ALL, 0, &orphan, WEXITED | WNOHANG) == 0) {
        if (orphan.si_pid == 0) {
            result.left_processes = true;
            kill(-pid_, SIGKILL);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        orphan = {};
    }
    result.out = read_all(out_);
    result.err = read_all(err_);
    return result;
}

CommandResult run_tconv(const std::vector<std::string> &arguments, const CommandOptions &options) {
    return RunningCommand(arguments, options).wait();
}

std::vector<std::string> tree_of(const std::string &folder) {
    namespace fs = std::filesystem;
    std::vector<std::string> paths;
    for (const auto &entry : fs::recursive_directory_iterator(folder)) {
        paths.push_back(fs::relative(entry.path(), folder).string() + (entry.is_directory() ? "/" : ""));
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

}  // namespace tconv::test
