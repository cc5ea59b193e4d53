// SPDX-License-Identifier: Apache-2.0
// What a variant turns a layer into: kernels, the layout of the packed filter, workspace, and passes of stages, each stage a
// grid of independent tasks over its kernels with a barrier after it. generators/layer_program turns a plan into code.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "generators/plan_index.h"
#include "generators/plan_table.h"
#include "tconv/filter_layout.h"

namespace Halide {
class Module;
struct Target;
}  // namespace Halide

namespace tconv {

struct ViewDim {
    Index min, extent;  // 32 bits
    Index stride;       // elements
};

// A window into a tensor: the element at the minimum of every dimension is `offset` elements from the tensor's first.
// The trailing `origin` dimension of the kernels is added by the layer program.
struct View {
    TensorId tensor;
    Index offset;  // 64 bits
    std::vector<ViewDim> dims;
};

struct GridAxis {
    std::string name;
    Table table;
    // In a pass with bands: rows of a round; round i has the rows from i * window. 0: every round has all rows.
    int64_t window = 0;

    int64_t rows() const { return window > 0 ? window : table.rows(); }
};

// A buffer that a kernel takes.
struct BufferDeclaration {
    std::string name;    // as the kernel calls it
    int dimensions = 0;  // with `origin`
    bool output = false;

    bool operator==(const BufferDeclaration &other) const {
        return name == other.name && dimensions == other.dimensions && output == other.output;
    }
};

struct Kernel {
    std::string name;                        // suffix of its symbol: NAME__<name>
    std::vector<BufferDeclaration> buffers;  // in the order of its arguments, the output last
    std::function<Halide::Module(const std::string &symbol, const Halide::Target &target)> lower;
};

// A view for a buffer of the kernel, by the buffer's name.
struct Binding {
    std::string buffer;
    View view;
};

struct KernelCall {
    Index kernel;                // index into Stage::kernels, 32 bits
    std::vector<Binding> views;  // one for each buffer, in any order
};

struct Stage {
    std::string name;
    std::vector<GridAxis> grid;   // outermost first: the order in which NAME_run walks the tasks
    std::vector<size_t> kernels;  // into LayerPlan::kernels; all take the same buffers
    KernelCall call;              // of a task, in terms of its rows of `grid`, `steps` and the pass's band
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

    int64_t rounds() const { return band.table.rows() == 0 ? 1 : band.table.rows(); }
};

struct LayerPlan {
    std::vector<Kernel> kernels;
    size_t pack_kernel = 0;  // into kernels; takes part in NAME_pack alone
    FilterLayout filter_layout;
    int64_t workspace_elements = 0;
    std::vector<Pass> passes;

    // Returns its index. A kernel of that name that the plan has already is not added again.
    size_t add_kernel(Kernel kernel);
    void add_stage(Stage stage) { passes.push_back({{std::move(stage)}, {}}); }
};

// The views of a stage's call in the order in which its kernels take them.
std::vector<const View *> ordered_views(const LayerPlan &plan, const Stage &stage);

}  // namespace tconv
