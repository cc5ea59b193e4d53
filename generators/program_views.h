// SPDX-License-Identifier: Apache-2.0
// Tensors, strides and views inside a layer program: how what a plan says becomes buffers that kernels take.
#pragma once

#include <map>

#include "generators/layer_program.h"
#include "generators/program_ir.h"

namespace tconv::ir {

struct BufferDim {
    Halide::Expr min, extent, stride;
};

// Device-side tensors while a GPU layer runs; see program_gpu.h.
struct DeviceTensors {
    std::map<TensorId, std::string> buffers;  // names of lets that hold halide_buffer_t pointers
    std::string interface;                    // name of the let that holds the device interface
};

class ViewBuilder {
public:
    ViewBuilder(Scope &scope, const Layer &layer, const LayerPlan &plan, const Halide::Target &target,
                const LayerProgramOptions &options, const DeviceTensors *device);

    // Makes the columns of task number `task` of a stage, in that round of its pass, known to value_of().
    void bind_task(const Stage &stage, const Halide::Expr &task, const Halide::Expr &round);

    // The same for one row of an axis; its lets go into `scope`.
    void bind_row(Scope &scope, const GridAxis &axis, const Halide::Expr &row);

    // The code of an index of the plan, whose columns are bound.
    Halide::Expr value_of(const Index &index) const;

    // Elements between neighbours of the caller's input or output tensor, Int(64).
    Halide::Expr stride(TensorId tensor, CanonicalDim dim) const;

    // The address of a tensor's first element on the host, UInt(64).
    Halide::Expr address(TensorId tensor) const;

    // A halide_buffer_t for the view, with the trailing origin dimension.
    Halide::Expr buffer(const View &view) const;

private:
    Scope &scope_;
    const Layer &layer_;
    const LayerPlan &plan_;
    Halide::Target target_;
    const DeviceTensors *device_;
    std::map<TensorId, Halide::Expr> addresses_;
    std::map<const void *, Halide::Expr> columns_;  // by Column::id
};

// Requires what kernels rely on: a span below 2^31 elements, channels side by side in channels_last, no stride of 0 in the
// output, and nothing negative on a device.
void check_strides(Scope &scope, const Layer &layer, const Halide::Target &target);

// Of the elements that views of the tensor have. Workspace holds sums, and copies that are summed.
Halide::Type tensor_type(const Layer &layer, TensorId tensor);

// A halide_buffer_t of that shape, in no memory yet.
Halide::Internal::BufferBuilder shaped_buffer(const Halide::Type &type, const std::vector<BufferDim> &dims);

// One over host memory.
Halide::Expr host_buffer(const Halide::Type &type, const Halide::Expr &address, const std::vector<BufferDim> &dims);

}  // namespace tconv::ir
