// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/interrupt.h"

#include <csignal>

namespace tconv {

namespace {

volatile std::sig_atomic_t interrupt_flag = 0;

void set_flag(int) { interrupt_flag = 1; }

void handle_all(void (*handler)(int)) {
    struct sigaction action = {};
    action.sa_handler = handler;  // without SA_RESTART: waiting calls return and look at the flag
    for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
        sigaction(signal, &action, nullptr);
    }
}

}  // namespace

void catch_interrupts() {
    handle_all(set_flag);
    // A reader that went away is an error of a write, not the end of a process that has folders to remove.
    std::signal(SIGPIPE, SIG_IGN);
}

void restore_interrupts() {
    handle_all(SIG_DFL);
    std::signal(SIGPIPE, SIG_DFL);
}

bool interrupted() { return interrupt_flag != 0; }

void forget_interrupt() { interrupt_flag = 0; }

Error interruption() { return {StatusCode::kFailed, "interrupted: nothing was written"}; }

}  // namespace tconv
