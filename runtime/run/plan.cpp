// SPDX-License-Identifier: Apache-2.0
#include "tconv/plan.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>
#include <utility>

#include "runtime/base/integers.h"
#include "runtime/base/text.h"
#include "runtime/layer/validate.h"
#include "runtime/run/column_run.h"
#include "runtime/run/layer_run.h"

namespace tconv {

namespace {

constexpr int64_t kLargestOffset = std::numeric_limits<int32_t>::max();  // inside one view of a kernel
constexpr int64_t kLargestChannelFilter = kLargestOffset / 32;  // the same for all kernels: 32 is the widest block

// Strides as given, or dense ones; 0 along dimensions that have nothing to step over.
Expected<std::vector<int64_t>> checked_strides(const std::string &argument, const std::vector<int64_t> &shape,
                                               const std::vector<int64_t> &strides, bool written) {
    if (strides.empty()) return dense_strides(shape);
    const std::string name = argument + ".strides";
    if (strides.size() != shape.size()) {
        return invalid_argument(name, to_text(strides), "must have one stride for each dimension of the shape");
    }
    std::vector<int64_t> result(shape.size(), 0);
    int64_t span = 0;
    for (size_t d = 0; d < shape.size(); d++) {
        const int64_t steps = shape[d] - 1;
        if (steps <= 0) continue;
        if (written && strides[d] == 0) {
            return invalid_argument(name, to_text(strides), "0 would put several outputs into one place");
        }
        const bool near = strides[d] <= kLargestOffset / steps && strides[d] >= -kLargestOffset / steps;
        if (near) span += steps * std::abs(strides[d]);
        if (!near || span > kLargestOffset) {
            return unsupported(name, to_text(strides),
                               "a tensor that spans more than 2147483647 elements is not supported");
        }
        result[d] = strides[d];
    }
    return result;
}

// Everything but the strides of a view against the layer.
Status check_view(const std::string &argument, const float *data, const std::vector<int64_t> &shape,
                  const std::vector<int64_t> &expected) {
    if (shape != expected) {
        return invalid_argument(argument + ".shape", to_text(shape), "must be that of the layer, " + to_text(expected));
    }
    const bool empty = std::find(shape.begin(), shape.end(), 0) != shape.end();
    if (data == nullptr && !empty) return invalid_argument(argument + ".data", "null", "must point to the tensor");
    return Success{};
}

Strides by_axis(const Layer &layer, const std::vector<int64_t> &strides) {
    const auto rank = static_cast<size_t>(layer.spatial_rank);
    const bool first = layer.layout == Layout::kChannelsFirst;
    Strides result;
    result.n = strides[0];
    result.c = strides[first ? 1 : rank + 1];
    for (size_t a = 0; a < rank; a++) result.axis[3 - rank + a] = strides[(first ? 2 : 1) + a];
    return result;
}

void run_tasks(int64_t count, const ParallelFor &parallel_for, const std::function<void(int64_t)> &task) {
    if (parallel_for) {
        parallel_for(count, task);
    } else {
        for (int64_t i = 0; i < count; i++) task(i);
    }
}

// The kernels that add the fewest channels; the first ones, which load less for their multiply-adds, unless others add
// fewer.
int least_padded(const std::array<GeneralProductShape, kProductShapes> &shapes, int64_t channels) {
    const auto padded = [&](int i) { return ceil_div(channels, shapes[i].block) * shapes[i].block; };
    int best = 0;
    for (int i = 1; i < kProductShapes; i++) {
        if (padded(i) < padded(best)) best = i;
    }
    return best;
}

// How a layer is computed: by columns, or else by blocks of output channels with the layout.
struct Choice {
    int product = 0;
    FilterLayout layout;
    std::optional<ColumnPlan> columns;
};

// Columns have taps for lanes where output channels would leave some empty, and add up what they give in memory: more work
// where there is nothing to win.
Choice choose(const Layer &layer, Isa isa, Method method) {
    const GeneralKernelShape &shape = general_kernels(isa).shape;
    Choice choice;
    choice.product = least_padded(shape.products, layer.out_channels);
    const int block = shape.products[static_cast<size_t>(choice.product)].block;
    const bool full = layer.out_channels % block == 0;  // no lane is empty
    if (method == Method::kColumns || (method == Method::kCheapest && !full)) {
        choice.columns = plan_columns(layer, shape);
        const double most_cost = cost_by_channels(layer, shape, choice.product);
        if (choice.columns && method == Method::kCheapest && choice.columns->cost >= most_cost) choice.columns.reset();
    }
    if (choice.columns) {
        choice.product = choice.columns->product;
        choice.layout = std::move(choice.columns->layout);
        return choice;
    }
    Layer with_bias = layer;  // kernels always add one; that of a layer without is 0
    with_bias.bias = true;
    with_bias.activation = Activation::kNone;  // applied behind the kernels, with the layer's own slopes
    choice.layout = FilterLayout(with_bias, block);
    return choice;
}

Error no_memory(const std::string &what) { return {StatusCode::kFailed, what + ": not enough memory"}; }

}  // namespace

void AlignedDelete::operator()(float *floats) const { ::operator delete[](floats, std::align_val_t(kPackedAlignment)); }

AlignedFloats make_aligned_floats(int64_t count) {
    const size_t bytes = static_cast<size_t>(std::max<int64_t>(count, 1)) * sizeof(float);
    return AlignedFloats(
        static_cast<float *>(::operator new[](bytes, std::align_val_t(kPackedAlignment), std::nothrow)));
}

Expected<Plan> Plan::create(const Layer &layer, const float *filter, const float *bias, const PlanOptions &options) {
    try {
        return make(layer, filter, bias, options);
    } catch (const std::bad_alloc &) {
        return no_memory("phase tables");
    }
}

Expected<Plan> Plan::make(const Layer &layer, const float *filter, const float *bias, const PlanOptions &options) {
    const Isa isa = options.isa.value_or(best_isa());
    if (!is_available(isa)) return find_isa(to_string(isa)).error();
    if (Status status = check_types(layer); !status) return status.error();
    if (filter == nullptr) return invalid_argument("filter", "null", "must point to the filter");
    if (layer.bias && bias == nullptr) return invalid_argument("bias", "null", "the layer has a bias");
    if (!layer.bias && bias != nullptr) return invalid_argument("bias", "given", "the layer has no bias");
    if (layer.filter_elements() / layer.out_channels > kLargestChannelFilter) {
        return unsupported("filter", to_text(layer.filter_shape()),
                           "more than " + std::to_string(kLargestChannelFilter) +
                               " elements for one output channel are not supported");
    }

    auto state = std::make_shared<PlanState>();
    state->layer = layer;
    state->isa = isa;
    Choice choice = choose(layer, isa, options.method);
    state->product = choice.product;
    state->layout = std::move(choice.layout);
    state->columns = std::move(choice.columns);
    const FilterLayout &layout = state->layout;
    state->packed = make_aligned_floats(layout.elements());
    if (!state->packed) return no_memory("packed filter of " + std::to_string(layout.bytes()) + " bytes");
    run_tasks(layout.pack_tasks(), options.parallel_for,
              [&](int64_t i) { layout.pack_task(i, filter, bias, state->packed.get()); });
    for (size_t a = 0; a < layer.axes.size(); a++) state->phases[a] = phases(layer.axes[a]);
    if (state->columns) return Plan(std::move(state));
    for (size_t a = 0; a < layer.axes.size(); a++) {
        int64_t end = 0;
        for (const Phase &phase : state->phases[a]) state->phase_ends[a].push_back(end += phase.outputs);
    }
    for (const Phase &phase : state->phases[2]) {
        for (const TapRun &run : tap_runs(layer.axes[2], phase)) state->pixel_runs.push_back({&phase, run});
    }
    state->tasks = plan_tasks(layer, layout);
    return Plan(std::move(state));
}

Status Plan::run(const TensorView &input, const MutableTensorView &output, const ParallelFor &parallel_for) const {
    try {
        return run_checked(input, output, parallel_for);
    } catch (const std::bad_alloc &) {
        return no_memory("run");
    }
}

Status Plan::run_checked(const TensorView &input, const MutableTensorView &output,
                         const ParallelFor &parallel_for) const {
    const Layer &layer = state_->layer;
    Status status = check_view("input", input.data, input.shape, layer.input_shape());
    if (status) status = check_view("output", output.data, output.shape, layer.output_shape());
    if (!status) return status;
    const auto input_strides = checked_strides("input", input.shape, input.strides, false);
    if (!input_strides) return input_strides.error();
    const auto output_strides = checked_strides("output", output.shape, output.strides, true);
    if (!output_strides) return output_strides.error();

    const Strides from = by_axis(layer, *input_strides), to = by_axis(layer, *output_strides);
    if (state_->columns) {
        const ColumnRun run(*state_, input.data, from, output.data, to);
        run_tasks(state_->columns->tasks(layer), parallel_for, [&](int64_t i) { run.task(i); });
    } else {
        const LayerRun run(*state_, input.data, from, output.data, to);
        run_tasks(state_->tasks.count(), parallel_for, [&](int64_t i) { run.task(i); });
    }
    if (layer.activation == Activation::kSoftmax) {
        const SoftmaxRows softmax(*state_, output.data, *output_strides);
        run_tasks(softmax.tasks(), parallel_for, [&](int64_t i) { softmax.task(i); });
    }
    return Success{};
}

const Layer &Plan::layer() const { return state_->layer; }
Isa Plan::isa() const { return state_->isa; }
int64_t Plan::packed_bytes() const { return state_->layout.bytes(); }

Method Plan::method() const { return state_->columns ? Method::kColumns : Method::kChannels; }

int64_t Plan::packed_bytes(const Layer &layer, Isa isa) { return choose(layer, isa, Method::kCheapest).layout.bytes(); }

}  // namespace tconv
