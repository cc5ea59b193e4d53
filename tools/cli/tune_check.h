// SPDX-License-Identifier: Apache-2.0
// `tconv tune --check RECORDS`.
#pragma once

#include "tools/cli/tune_session.h"

namespace tconv {

// Measures the records of a file that are about these machines against today's defaults, and drops those that lose; the
// file is written anew after each of them. Returns the exit code.
int run_tune_check(const TuneArguments &arguments);

}  // namespace tconv
