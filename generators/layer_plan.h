// SPDX-License-Identifier: Apache-2.0
// What a variant turns a layer into: kernels, the layout of the packed filter, workspace, and passes of stages, each stage a
// grid of independent tasks over its kernels with a barrier after it. generators/layer_program turns a plan into code.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <Halide.h>

#include "tconv/filter_layout.h"

namespace tconv {

enum class TensorId { kInput, kOutput, kFilter, kBias, kWorkspace };

// Dimensions of input and output, in the order in which kernels number them.
enum CanonicalDim { kDimC, kDimX, kDimY, kDimZ, kDimN };

struct ViewDim {
    Halide::Expr min, extent;  // Int(32)
    Halide::Expr stride;       // elements
};

// A window into a tensor: the element at the minimum of every dimension is `offset` elements from the tensor's first.
// The trailing `origin` dimension of the kernels is added by the layer program.
struct View {
    TensorId tensor;
    Halide::Expr offset;  // Int(64)
    std::vector<ViewDim> dims;
};

// Rows of a grid axis: one row a task coordinate, integers that the stage's views are made of.
struct Table {
    // Row i holds values[i], or first + step * i where `values` is empty.
    struct Column {
        std::string name;
        int64_t first = 0, step = 0;
        std::vector<int64_t> values;
    };
    int64_t rows = 0;
    std::vector<Column> columns;

    void add_progression(const std::string &name, int64_t first, int64_t step) {
        columns.push_back({name, first, step, {}});
    }
    // One value a row; stored as a progression where it is one.
    void add_column(const std::string &name, std::vector<int64_t> values);
};

struct GridAxis {
    std::string name;
    Table table;
    // In a pass with bands: rows of a round; round i has the rows from i * window. 0: every round has all rows.
    int64_t window = 0;

    int64_t rows() const { return window > 0 ? window : table.rows; }
};

// What a stage may refer to while it describes one task.
class TaskSymbols {
public:
    virtual ~TaskSymbols() = default;
    // A column of the task's row of an axis of the grid, the steps or the bands, Int(32).
    virtual Halide::Expr at(const std::string &axis, const std::string &column) const = 0;
    // Elements between neighbours of the caller's input or output tensor, Int(64).
    virtual Halide::Expr stride(TensorId tensor, CanonicalDim dim) const = 0;
};

struct KernelCall {
    Halide::Expr kernel;      // index into Stage::kernels, Int(32)
    std::vector<View> views;  // in the order of the kernel's buffers, output last
};

struct Stage {
    std::string name;
    std::vector<GridAxis> grid;   // outermost first: the order in which NAME_run walks the tasks
    std::vector<size_t> kernels;  // into LayerPlan::kernels
    std::function<KernelCall(const TaskSymbols &)> call;
    // What a task walks through, outermost first, with a call for each row; the calls of a task run one after the other.
    // None: one call.
    std::vector<GridAxis> steps;

    int64_t tasks() const;
};

// Stages that run in order, once for every row of `band`: a layer whose scratch would not stay in the cache is cut into
// bands that use it one after the other. NAME_task counts the stages of all bands of all passes, in the order they run.
struct Pass {
    std::vector<Stage> stages;
    GridAxis band;  // without rows: one round, and no columns

    int64_t rounds() const { return band.table.rows == 0 ? 1 : band.table.rows; }
};

struct Kernel {
    std::string name;  // suffix of its symbol: NAME__<name>
    std::function<Halide::Module(const std::string &symbol, const Halide::Target &target)> lower;
};

struct LayerPlan {
    std::vector<Kernel> kernels;
    size_t pack_kernel = 0;  // into kernels; takes part in NAME_pack alone
    FilterLayout filter_layout;
    int64_t workspace_elements = 0;
    std::vector<Pass> passes;

    void add_stage(Stage stage) { passes.push_back({{std::move(stage)}, {}}); }
};

}  // namespace tconv
