// SPDX-License-Identifier: Apache-2.0
// How the general kernels compute a layer: what a plan holds, and the tasks of one run. A layer whose output channels
// fill the kernels' vectors badly is computed by columns instead (column_run.h).
//
// A task computes some pixels of some rows for some blocks of output channels. Along every axis a pixel gets exactly the
// taps of its phase that lie inside the image, so that nothing is padded and border pixels cost less, not more. Pixels
// of one x phase with the same taps are one call of a kernel.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/run/column_plan.h"
#include "runtime/run/general_kernels.h"
#include "tconv/filter_layout.h"
#include "tconv/layer.h"
#include "tconv/plan.h"

namespace tconv {

// Floats at a multiple of 64 bytes, so that no vector of the packed filter crosses a cache line.
struct AlignedDelete {
    void operator()(float *floats) const;
};
using AlignedFloats = std::unique_ptr<float[], AlignedDelete>;
AlignedFloats make_aligned_floats(int64_t count);  // null without memory

// Pixels of one phase of an axis with the same taps inside the image: outputs j in [first, first + outputs).
struct PixelRun {
    const Phase *phase = nullptr;
    TapRun run;
};

// What is done to the sums of a tile.
class SumActivation {
public:
    SumActivation(const Layer &layer, const GeneralKernels &kernels);
    SumActivation(const Activation &activation, const GeneralKernels &kernels);  // other than kPrelu

    bool is_none() const { return kernel_ == nullptr && slopes_ == nullptr; }

    // To the first `count` elements; up to kActivationMultiple - 1 behind them change too. Output channels run innermost,
    // `channels` of them again and again, from first_channel.
    void apply(float *tile, int64_t count, int64_t channels, int64_t first_channel) const;

private:
    GeneralActivationKernel kernel_;
    Activation activation_;
    const float *slopes_ = nullptr;  // of kPrelu, one for each output channel; else null
};

// The order of tasks, by what is to stay in the cache: a block of the filter, or rows of the input.
enum class TaskOrder { kFilterOuter, kRowsOuter };

struct LayerTasks {
    TaskOrder order = TaskOrder::kFilterOuter;
    int64_t blocks = 1;  // of output channels in one task
    int64_t rows = 1;    // output rows, over z and y, in one task
    int64_t pixels = 1;  // outputs of each x phase in one task
    int64_t block_tasks = 1, batch_tasks = 1, row_tasks = 1, pixel_tasks = 1;

    int64_t count() const { return block_tasks * batch_tasks * row_tasks * pixel_tasks; }
};

struct PlanState {
    Layer layer;
    Isa isa = Isa::kX86;
    int product = 0;  // into GeneralKernelShape::products
    FilterLayout layout;
    AlignedFloats packed;                            // filter and bias
    std::array<std::vector<Phase>, 3> phases;        // z, y, x; as many as the stride
    std::array<std::vector<int64_t>, 3> phase_ends;  // outputs of a phase and of all before it
    std::vector<PixelRun> pixel_runs;                // of x
    LayerTasks tasks;
    std::optional<ColumnPlan> columns;  // instead of pixel_runs and tasks
};

LayerTasks plan_tasks(const Layer &layer, const FilterLayout &layout);

// Elements between neighbours of a tensor, whatever its layout.
struct Strides {
    int64_t n = 0, c = 0;
    std::array<int64_t, 3> axis{};  // z, y, x
};

// One run over the caller's tensors. task() may be called for any i of [0, plan.tasks.count()), once each, on any thread.
class LayerRun {
public:
    LayerRun(const PlanState &plan, const float *input, const Strides &input_strides, float *output,
             const Strides &output_strides);

    void task(int64_t i) const;

private:
    // One output row of an axis: z or y.
    struct Row {
        int64_t output = 0, first_input = 0, taps = 0, first_position = 0, input_step = 1;
    };
    struct Rows {
        Row z, y;
    };

    Row row(int axis, int64_t index) const;
    void product(const PixelRun &pixels, const Rows &rows, int64_t n, int64_t block) const;
    void store(const KernelBuffer &input, const KernelBuffer &filter, const KernelBuffer &bias, float *output,
               int64_t pixels, int64_t pixel_stride, int64_t first_channel) const;
    void finish_tile(float *tile, float *output, int64_t pixels, int64_t pixel_stride, int64_t first_channel,
                     int64_t channels) const;

    const PlanState &plan_;
    const GeneralKernels &kernels_;
    const float *input_;
    float *output_;
    Strides input_strides_, output_strides_;
    SumActivation activation_;
};

// Softmax over the last dimension of the layer's output, in place. Any rows, on any thread.
class SoftmaxRows {
public:
    SoftmaxRows(const PlanState &plan, float *output, const std::vector<int64_t> &strides);

    int64_t tasks() const;
    void task(int64_t i) const;

private:
    void short_rows(int64_t begin, int64_t end) const;
    void long_row(int64_t index) const;
    float *row(int64_t index) const;

    std::vector<int64_t> shape_, strides_;
    float *output_;
    SumActivation exponential_;
    int64_t rows_ = 0, rows_of_task_ = 1;
};

}  // namespace tconv
