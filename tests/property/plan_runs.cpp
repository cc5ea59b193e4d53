// SPDX-License-Identifier: Apache-2.0
#include "tests/property/plan_runs.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <numeric>
#include <thread>

namespace tconv::test {

std::vector<Isa> available_isas() {
    std::vector<Isa> isas;
    for (const Isa isa : built_isas())
        if (is_available(isa)) isas.push_back(isa);
    return isas;
}

std::string to_text(const Kernels &kernels) {
    return to_string(kernels.isa) + std::string(kernels.method == Method::kColumns ? ", by columns" : "");
}

const std::vector<Kernels> &available_kernels() {
    static const std::vector<Kernels> all = [] {
        std::vector<Kernels> kernels;
        for (const Isa isa : available_isas())
            for (const Method method : {Method::kCheapest, Method::kColumns}) kernels.push_back({isa, method});
        return kernels;
    }();
    return all;
}

Expected<Plan> make_plan(const Layer &layer, const LayerData &data, Kernels kernels) {
    PlanOptions options;
    options.isa = kernels.isa;
    options.method = kernels.method;
    return Plan::create(layer, data.filter.data(), data.bias_or_null(), options);
}

Expected<std::vector<float>> run_dense(const Plan &plan, const std::vector<float> &input,
                                       const ParallelFor &parallel_for) {
    const Layer &layer = plan.layer();
    std::vector<float> output(static_cast<size_t>(layer.output_elements()), std::numeric_limits<float>::quiet_NaN());
    const Status status =
        plan.run({input.data(), layer.input_shape(), {}}, {output.data(), layer.output_shape(), {}}, parallel_for);
    if (!status) return status.error();
    return output;
}

Expected<std::vector<float>> run_dense(const Layer &layer, const LayerData &data, Kernels kernels) {
    const auto plan = make_plan(layer, data, kernels);
    if (!plan) return plan.error();
    return run_dense(*plan, data.input);
}

Expected<std::vector<float>> run_placed(const Plan &plan, const std::vector<float> &input, const PlacedRun &run) {
    GuardedBuffer read = placed(run.input, input, run.guard);
    read.make_read_only();
    GuardedBuffer written = placed(run.output, {}, run.guard);
    TensorView input_view{read.as_floats() + run.input.first, run.input.shape, {}};
    MutableTensorView output_view{written.as_floats() + run.output.first, run.output.shape, {}};
    if (run.state_strides) {
        input_view.strides = run.input.strides;
        output_view.strides = run.output.strides;
    }
    const Status status = plan.run(input_view, output_view);
    if (!status) return status.error();
    std::vector<float> output = take_cells(run.output, written);
    if (!is_unwritten(written)) return Error{StatusCode::kFailed, "written between the output's cells"};
    if (!written.intact()) return Error{StatusCode::kFailed, "written beside the output"};
    return output;
}

Expected<Plan> make_plan_between_guards(const Layer &layer, const LayerData &data, Kernels kernels, Guard guard) {
    GuardedBuffer filter = GuardedBuffer::floats(data.filter, alignof(float), guard);
    GuardedBuffer bias = GuardedBuffer::floats(data.bias, alignof(float), guard);
    filter.make_read_only();
    bias.make_read_only();
    PlanOptions options;
    options.isa = kernels.isa;
    options.method = kernels.method;
    return Plan::create(layer, filter.as_floats(), layer.bias ? bias.as_floats() : nullptr, options);
}

ParallelFor shuffled(uint64_t seed) {
    return [seed](int64_t count, const std::function<void(int64_t)> &body) {
        Random random(seed);
        std::vector<int64_t> order(static_cast<size_t>(count));
        std::iota(order.begin(), order.end(), int64_t{0});
        for (size_t i = order.size(); i > 1; i--)
            std::swap(order[i - 1], order[static_cast<size_t>(random.between(0, static_cast<int64_t>(i) - 1))]);
        for (const int64_t i : order) body(i);
    };
}

ParallelFor on_threads(int threads, int64_t *largest) {
    return [=](int64_t count, const std::function<void(int64_t)> &body) {
        if (largest) *largest = std::max(*largest, count);
        std::atomic<int64_t> next{0};
        std::vector<std::thread> running;
        for (int t = 0; t < threads; t++)
            running.emplace_back([&] {
                for (int64_t i = next++; i < count; i = next++) body(i);
            });
        for (std::thread &thread : running) thread.join();
    };
}

}  // namespace tconv::test
