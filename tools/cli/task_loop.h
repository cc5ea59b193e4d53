// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "tools/cli/progress.h"

namespace tconv {

inline constexpr int kMaxThreads = 1024;  // that a verb may be told to take

// A ParallelFor (tconv/plan.h) over a fixed number of threads, the caller's among them. After an interrupt it starts no
// further task: whoever ran it has to ask interrupted() before using what was computed. Shows progress on a terminal:
// what it does, and how much of it is done.
class TaskLoop {
public:
    TaskLoop(int threads, std::string what) : threads_(threads), what_(std::move(what)) {}

    void run(int64_t count, const std::function<void(int64_t)> &body);

private:
    void show(int64_t done, int64_t count);

    int threads_;
    std::string what_;
    Progress progress_;
    int64_t shown_percent_ = -1;
};

}  // namespace tconv
