// SPDX-License-Identifier: Apache-2.0
// Steps that compile run in processes of their own: LLVM ends the whole process when it cannot write a file, and Halide
// cannot emit from several threads at once.
#pragma once

#include <functional>
#include <string>

#include "runtime/base/child_process.h"

namespace tconv {

// A task for run_in_children() whose body uses Halide: its errors become the task's.
ChildTask compile_task(std::string name, std::function<Status()> body);

}  // namespace tconv
