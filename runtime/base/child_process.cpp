// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <thread>

#include "runtime/base/interrupt.h"

namespace tconv {

namespace {

// How long an interrupt that arrives between a look at the flag and a wait may go unnoticed.
constexpr int kPollMilliseconds = 200;

using Clock = std::chrono::steady_clock;

struct Child {
    size_t task = 0;  // its place among the tasks
    pid_t pid = -1;
    int pipe = -1;  // read end: the child's message
    std::string name;
    std::string text;  // what came through the pipe
    Clock::time_point start;
};

// One line of what may be several.
std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

Status guarded(const std::function<Status()> &body) {
    try {
        return body();
    } catch (const std::exception &error) {
        return Error{StatusCode::kFailed, one_line(error.what())};
    } catch (...) {
        return Error{StatusCode::kFailed, "an exception of an unknown kind"};
    }
}

[[noreturn]] void run_child(const ChildTask &task, int pipe_end, const ChildLimits &limits) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (limits.address_space_bytes > 0) {
        const auto bytes = static_cast<rlim_t>(limits.address_space_bytes);
        const rlimit limit = {bytes, bytes};
        setrlimit(RLIMIT_AS, &limit);
    }
    restore_interrupts();
    // Whatever a library says before it ends the process becomes the message.
    dup2(pipe_end, STDERR_FILENO);
    const Status status = guarded(task.body);
    int code = 0;
    if (!status) {
        const std::string &message = status.error().message;
        code = write(pipe_end, message.data(), message.size()) < 0 ? 2 : 1;
    }
    _exit(code);
}

Expected<Child> start_child(const std::vector<ChildTask> &tasks, size_t index, const ChildLimits &limits) {
    const ChildTask &task = tasks[index];
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return Error{StatusCode::kFailed, task.name + ": cannot make a pipe: " + std::strerror(errno)};
    }
    std::fflush(nullptr);  // a child that a library ends would print what is buffered a second time
    const pid_t pid = fork();
    if (pid == 0) {
        run_child(task, ends[1], limits);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return Error{StatusCode::kFailed, task.name + ": cannot start a process: " + std::strerror(errno)};
    }
    return Child{index, pid, ends[0], task.name, "", Clock::now()};
}

// Reads what is there; true at the end of the pipe, that is when the child is gone.
bool drain(int pipe_end, std::string &text) {
    char buffer[4096];
    const ssize_t count = read(pipe_end, buffer, sizeof(buffer));
    if (count > 0) {
        text.append(buffer, static_cast<size_t>(count));
    }
    return count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN);
}

int wait_for(pid_t pid) {
    int state = 0;
    while (waitpid(pid, &state, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}

Status finish_child(Child &child) {
    close(child.pipe);
    const int code = wait_for(child.pid);
    if (code == 0) {
        return Success{};
    }
    const std::string reason =
        child.text.empty() ? "its process ended with code " + std::to_string(code) : one_line(child.text);
    return Error{StatusCode::kFailed, child.name + ": " + reason};
}

void end_children(std::vector<Child> &children) {
    for (Child &child : children) {
        kill(child.pid, SIGKILL);
        close(child.pipe);
        wait_for(child.pid);
    }
    children.clear();
}

// Runs tasks, as many at once as there are processors. `done` gets each one's place and status as it ends; where it says
// no, the others are ended.
template<typename Done>
void run_children(const std::vector<ChildTask> &tasks, const ChildLimits &limits, const Done &done) {
    const size_t at_once = std::max(1u, std::thread::hardware_concurrency());
    std::vector<Child> running;
    size_t next = 0;
    bool go_on = true;
    while (go_on && !interrupted() && (next < tasks.size() || !running.empty())) {
        if (next < tasks.size() && running.size() < at_once) {
            const size_t index = next++;
            Expected<Child> child = start_child(tasks, index, limits);
            if (child) {
                running.push_back(*child);
            } else {
                go_on = done(index, child.error());
            }
            continue;
        }
        std::vector<pollfd> polls;
        for (const Child &child : running) {
            polls.push_back({child.pipe, POLLIN, 0});
        }
        poll(polls.data(), polls.size(), kPollMilliseconds);
        for (size_t c = polls.size(); go_on && c-- > 0;) {
            const bool late =
                limits.seconds > 0 && Clock::now() - running[c].start > std::chrono::seconds(limits.seconds);
            if (!late && (polls[c].revents == 0 || !drain(running[c].pipe, running[c].text))) {
                continue;
            }
            Child ended = running[c];
            running.erase(running.begin() + static_cast<ptrdiff_t>(c));
            if (late) {
                kill(ended.pid, SIGKILL);
                ended.text = "did not end within " + std::to_string(limits.seconds) + " s";
            }
            go_on = done(ended.task, finish_child(ended));
        }
    }
    end_children(running);
}

}  // namespace

Status run_in_children(const std::vector<ChildTask> &tasks) {
    Status result = Success{};
    run_children(tasks, {}, [&](size_t, const Status &status) {
        result = status;
        return bool(status);
    });
    return interrupted() ? Status(interruption()) : result;
}

std::vector<Status> try_in_children(const std::vector<ChildTask> &tasks, const ChildLimits &limits) {
    std::vector<Status> results(tasks.size(), Status(interruption()));
    run_children(tasks, limits, [&](size_t index, const Status &status) {
        results[index] = status;
        return true;
    });
    return results;
}

namespace {

[[noreturn]] void become_program(char *const *argv, int output, const ProgramOptions &options) {
    if (options.own_group) {
        setpgid(0, 0);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    restore_interrupts();
    const int null = open("/dev/null", O_RDONLY);
    dup2(null, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    if (options.merge_stderr) {
        dup2(output, STDERR_FILENO);
    }
    execvp(argv[0], argv);
    dprintf(STDOUT_FILENO, "cannot be run: %s\n", std::strerror(errno));
    _exit(127);
}

}  // namespace

Expected<ProgramResult> run_program(const std::vector<std::string> &argv, const ProgramOptions &options) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return Error{StatusCode::kFailed, argv[0] + ": cannot make a pipe: " + std::strerror(errno)};
    }
    // Before the fork, behind which another thread's lock on the memory would never open.
    std::vector<char *> arguments;
    for (const std::string &argument : argv) {
        arguments.push_back(const_cast<char *>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    const pid_t pid = fork();
    if (pid == 0) {
        become_program(arguments.data(), ends[1], options);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return Error{StatusCode::kFailed, argv[0] + ": cannot start a process: " + std::strerror(errno)};
    }
    if (options.own_group) {
        setpgid(pid, pid);  // whichever of the two comes first
    }
    ProgramResult result;
    auto start = Clock::now();
    const bool is_watched = options.first_line_seconds > 0;
    int limit = is_watched ? options.first_line_seconds : options.timeout_seconds;
    bool timed_out = false;
    while (!interrupted() && !timed_out) {
        pollfd one = {ends[0], POLLIN, 0};
        const size_t before = result.output.size();
        if (poll(&one, 1, kPollMilliseconds) > 0 && drain(ends[0], result.output)) {
            break;
        }
        if (is_watched && result.output.find('\n', before) != std::string::npos) {
            start = Clock::now();
            limit = options.timeout_seconds;
        }
        timed_out = (limit > 0 && Clock::now() - start > std::chrono::seconds(limit)) ||
                    (options.most_output > 0 && static_cast<int64_t>(result.output.size()) > options.most_output);
    }
    if (interrupted() || timed_out) {
        kill(options.own_group ? -pid : pid, SIGKILL);
    }
    close(ends[0]);
    result.exit_code = wait_for(pid);
    if (interrupted()) {
        return interruption();
    }
    result.late = timed_out;
    if (timed_out && !options.keep_late) {
        return Error{StatusCode::kFailed, argv[0] + ": did not end within " + std::to_string(limit) + " s"};
    }
    return result;
}

}  // namespace tconv
