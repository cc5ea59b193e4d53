// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/bench_general.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "tconv/plan.h"
#include "tools/verify/test_data.h"

namespace tconv {

namespace {

constexpr double kRepeatSeconds = 0.05;

// Threads that wait for work between runs; the caller works too.
class ThreadPool {
public:
    explicit ThreadPool(int threads) {
        for (int i = 1; i < threads; i++) workers_.emplace_back([this] { serve(); });
    }

    ~ThreadPool() {
        start(0, nullptr);
        for (std::thread &worker : workers_) worker.join();
    }

    void run(int64_t count, const std::function<void(int64_t)> &body) {
        start(count, &body);
        work();
        std::unique_lock<std::mutex> lock(mutex_);
        done_.wait(lock, [this] { return working_ == 0; });
    }

private:
    void start(int64_t count, const std::function<void(int64_t)> *body) {
        const std::lock_guard<std::mutex> lock(mutex_);
        body_ = body;
        count_ = count;
        next_ = 0;
        working_ = workers_.size();
        generation_++;
        begin_.notify_all();
    }

    void work() {
        for (int64_t i; (i = next_++) < count_;) (*body_)(i);
    }

    void serve() {
        for (int seen = 0;;) {
            std::unique_lock<std::mutex> lock(mutex_);
            begin_.wait(lock, [&] { return generation_ != seen; });
            seen = generation_;
            if (body_ == nullptr) return;
            lock.unlock();
            work();
            lock.lock();
            if (--working_ == 0) done_.notify_one();
        }
    }

    std::vector<std::thread> workers_;
    std::mutex mutex_;
    std::condition_variable begin_, done_;
    const std::function<void(int64_t)> *body_ = nullptr;
    int64_t count_ = 0;
    std::atomic<int64_t> next_{0};
    size_t working_ = 0;
    int generation_ = 0;
};

// Cells at a multiple of 64 bytes, as `layer_time` has them.
class AlignedCells {
public:
    explicit AlignedCells(const std::vector<float> &cells) : memory_(cells.size() + kSlack) {
        void *place = memory_.data();
        size_t space = memory_.size() * sizeof(float);
        data_ = static_cast<float *>(std::align(kSlack * sizeof(float), cells.size() * sizeof(float), place, space));
        std::copy(cells.begin(), cells.end(), data_);
    }
    float *data() { return data_; }

private:
    static constexpr size_t kSlack = 16;
    std::vector<float> memory_;
    float *data_;
};

}  // namespace

Expected<LayerTime> bench_general(const Layer &layer, Isa isa, int threads, int repeats) {
    AlignedCells input(random_cells(layer.input_elements(), 1));
    const std::vector<float> filter = random_cells(layer.filter_elements(), 2);
    const std::vector<float> bias = random_cells(layer.out_channels, 3);
    AlignedCells output(std::vector<float>(static_cast<size_t>(layer.output_elements())));
    PlanOptions options;
    options.isa = isa;
    const Expected<Plan> plan = Plan::create(layer, filter.data(), layer.bias ? bias.data() : nullptr, options);
    if (!plan) return plan.error();

    ThreadPool pool(threads);
    ParallelFor parallel_for;
    if (threads > 1) {
        parallel_for = [&](int64_t count, const std::function<void(int64_t)> &body) { pool.run(count, body); };
    }
    const TensorView from{input.data(), layer.input_shape(), {}};
    const MutableTensorView to{output.data(), layer.output_shape(), {}};
    if (Status first = plan->run(from, to, parallel_for); !first) return first.error();

    const auto seconds_of = [&](int64_t calls) {
        const auto start = std::chrono::steady_clock::now();
        for (int64_t i = 0; i < calls; i++) static_cast<void>(plan->run(from, to, parallel_for));  // as the first did
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    int64_t calls = 1;
    for (double seconds = seconds_of(calls); seconds < kRepeatSeconds; seconds = seconds_of(calls)) {
        calls = std::max(calls + 1, std::min(10 * calls, static_cast<int64_t>(1.1 * kRepeatSeconds / seconds *
                                                                              static_cast<double>(calls))));
    }
    std::vector<double> times;
    for (int repeat = 0; repeat < repeats; repeat++)
        times.push_back(1e3 * seconds_of(calls) / static_cast<double>(calls));
    LayerTime result = summarize(layer, times);
    result.choice.variant = "general";
    result.choice.knobs_from = "none";
    return result;
}

}  // namespace tconv
