// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and its kin end a command in an orderly way: what runs is stopped, what was written halfway is removed.
#pragma once

#include "tconv/status.h"

namespace tconv {

// From now on SIGINT, SIGTERM and SIGHUP set a flag instead of ending the process, and SIGPIPE does nothing.
void catch_interrupts();

// Puts the signals' default effect back, for child processes.
void restore_interrupts();

bool interrupted();

// For work that ends early and keeps what it has: what follows runs as if there had been none.
void forget_interrupt();

// What an interrupted step reports.
Error interruption();

}  // namespace tconv
