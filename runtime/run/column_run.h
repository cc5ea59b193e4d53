// SPDX-License-Identifier: Apache-2.0
// The tasks of one run by columns; see column_plan.h. Contributions are added in the plan's order, whatever the strides
// and the threads.
#pragma once

#include <array>
#include <cstdint>

#include "runtime/run/general_kernels.h"
#include "runtime/run/layer_run.h"

namespace tconv {

class ColumnRun {
public:
    ColumnRun(const PlanState &plan, const float *input, const Strides &input_strides, float *output,
              const Strides &output_strides);

    // For any i of [0, tasks), once each, on any thread.
    void task(int64_t i) const;

private:
    // What a box has of one axis: outputs, or windows of x, from `first` on, and the inputs that it visits for them. Of
    // an axis that is not folded it is one output, whose taps start at one input.
    struct Part {
        int64_t first = 0, outputs = 1;
        Range inputs;
        int64_t first_tap = 0, taps = 1, tap_step = 1, input_step = 1;
    };
    struct Box {
        const PhaseChunk *chunk;
        int64_t n;
        std::array<Part, 3> parts;
        float *cells;
    };

    Part box_part(int axis, int64_t index) const;
    Part row_part(int axis, int64_t output) const;
    void compute(const Box &box) const;
    void add_row(const Box &box, int64_t z, int64_t y, Range channels) const;
    void add_block(const Box &box, const float *tile, const ColumnBlock &block, int64_t z, int64_t y,
                   Range columns) const;
    void product(const Box &box, int64_t block, int64_t z, int64_t y, Range channels, Range columns, float *tile) const;
    int64_t used_cells(const Box &box) const;
    void fill(const Box &box) const;
    void store(const Box &box) const;
    void store_row(const Box &box, const float *cells, float *output) const;

    const PlanState &plan_;
    const ColumnPlan &columns_;
    const GeneralKernels &kernels_;
    const float *input_;
    float *output_;
    Strides input_strides_, output_strides_;
    SumActivation activation_;
    int64_t window_;  // elements between neighbouring windows of the first, widest chunk
};

}  // namespace tconv
