// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/task_loop.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "runtime/base/interrupt.h"

namespace tconv {

namespace {

// What the threads of one loop share.
struct Shared {
    Shared(int64_t tasks, const std::function<void(int64_t)> &task) : count(tasks), body(task) {}

    const int64_t count;
    const std::function<void(int64_t)> &body;
    std::atomic<int64_t> next{0};
    std::mutex mutex;
    std::exception_ptr failure;  // the first; guarded by `mutex`
};

// Takes tasks until there are none. An exception that left a thread would end the process.
void take_tasks(Shared &shared, const std::function<void(int64_t)> &after_task) try {
    while (!interrupted()) {
        const int64_t i = shared.next.fetch_add(1, std::memory_order_relaxed);
        if (i >= shared.count) {
            return;
        }
        shared.body(i);
        if (after_task) {
            after_task(i);
        }
    }
} catch (...) {
    shared.next = shared.count;
    const std::lock_guard<std::mutex> lock(shared.mutex);
    if (!shared.failure) {
        shared.failure = std::current_exception();
    }
}

}  // namespace

void TaskLoop::run(int64_t count, const std::function<void(int64_t)> &body) {
    Shared shared(count, body);
    std::vector<std::thread> helpers;
    const int64_t wanted = std::min<int64_t>(threads_, count) - 1;
    helpers.reserve(static_cast<size_t>(std::max<int64_t>(wanted, 0)));
    try {
        while (static_cast<int64_t>(helpers.size()) < wanted) {
            helpers.emplace_back([&shared] { take_tasks(shared, {}); });
        }
    } catch (const std::exception &) {
        // The system gives no more threads. The result does not depend on how many there are.
    }
    take_tasks(shared, [&](int64_t i) { show(i + 1, count); });
    for (std::thread &helper : helpers) {
        helper.join();
    }
    progress_.clear();
    if (shared.failure) {
        std::rethrow_exception(shared.failure);
    }
}

void TaskLoop::show(int64_t done, int64_t count) {
    const int64_t percent = 100 * done / count;
    if (percent != shown_percent_) {
        shown_percent_ = percent;
        progress_.show(what_ + ", " + std::to_string(percent) + "%");
    }
}

}  // namespace tconv
