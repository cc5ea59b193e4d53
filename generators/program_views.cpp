// SPDX-License-Identifier: Apache-2.0
#include "generators/program_views.h"

#include <algorithm>

#include "generators/element_type.h"
#include "generators/number.h"
#include "runtime/layer/validate.h"

namespace tconv::ir {

using Halide::cast;
using Halide::Expr;
using Halide::Int;
using Halide::UInt;
using Halide::Internal::BufferBuilder;
using Halide::Internal::make_const;

namespace {

// The dimensions of the caller's tensors in the caller's order, as canonical ones.
std::vector<CanonicalDim> caller_order(const Layer &layer) {
    std::vector<CanonicalDim> spatial;
    for (int d = layer.spatial_rank - 1; d >= 0; d--) {
        spatial.push_back(static_cast<CanonicalDim>(kDimX + d));
    }
    std::vector<CanonicalDim> order = {kDimN};
    if (layer.layout == Layout::kChannelsFirst) {
        order.push_back(kDimC);
    }
    order.insert(order.end(), spatial.begin(), spatial.end());
    if (layer.layout == Layout::kChannelsLast) {
        order.push_back(kDimC);
    }
    return order;
}

std::vector<int64_t> caller_shape(const Layer &layer, TensorId tensor) {
    return tensor == TensorId::kInput ? layer.input_shape() : layer.output_shape();
}

std::string strides_name(TensorId tensor) { return tensor == TensorId::kInput ? "input_strides" : "output_strides"; }

// Binds the pointer to the caller's strides, or to the dense ones where the caller gave none.
void bind_strides(Scope &scope, const Layer &layer, TensorId tensor, int pointer_bits) {
    const std::string name = strides_name(tensor);
    const ArgsField field = tensor == TensorId::kInput ? kArgsInputStrides : kArgsOutputStrides;
    Expr given = scope.let(name + ".given", args_field(field, pointer_bits));
    Expr dense = scope.let(name + ".dense", constant_array(dense_strides(caller_shape(layer, tensor))));
    scope.let(name, as_handle(select(given == 0, reinterpret(UInt(64), dense), given)));
}

Expr caller_stride(TensorId tensor, size_t position) { return load(Int(64), strides_name(tensor), number(position)); }

}  // namespace

void check_strides(Scope &scope, const Layer &layer, const Halide::Target &target) {
    const Expr limit = make_const(Int(64), (int64_t{1} << 31) - 1);
    const std::vector<CanonicalDim> order = caller_order(layer);
    for (TensorId tensor : {TensorId::kInput, TensorId::kOutput}) {
        bind_strides(scope, layer, tensor, target.bits);
        const std::vector<int64_t> shape = caller_shape(layer, tensor);
        Expr span = make_const(Int(64), 0);
        for (size_t d = 0; d < order.size(); d++) {
            if (shape[d] <= 1) {
                continue;
            }
            const std::string name = strides_name(tensor) + "." + std::to_string(d);
            Expr stride = scope.let(name, caller_stride(tensor, d));
            // Compared from both sides: the absolute value of the least integer would overflow.
            scope.require(stride <= limit && stride >= -limit, kLibraryErrorStrides);
            if (order[d] == kDimC && layer.layout == Layout::kChannelsLast) {
                scope.require(stride == 1, kLibraryErrorStrides);
            }
            if (tensor == TensorId::kOutput) {
                scope.require(stride != 0, kLibraryErrorStrides);
            }
            if (target.has_gpu_feature()) {
                scope.require(stride >= 0, kLibraryErrorStrides);
            }
            span = scope.let(name + ".span",
                             span + select(stride < 0, -stride, stride) * make_const(Int(64), shape[d] - 1));
            scope.require(span < limit, kLibraryErrorStrides);
        }
    }
}

ViewBuilder::ViewBuilder(Scope &scope, const Layer &layer, const LayerPlan &plan, const Halide::Target &target,
                         const LayerProgramOptions &options, const DeviceTensors *device)
    : scope_(scope), layer_(layer), plan_(plan), target_(target), device_(device) {
    bind_strides(scope_, layer_, TensorId::kInput, target_.bits);
    bind_strides(scope_, layer_, TensorId::kOutput, target_.bits);
    const auto field = [&](TensorId tensor, const char *name, ArgsField field) {
        addresses_[tensor] = scope_.let(name, args_field(field, target_.bits));
    };
    field(TensorId::kInput, "input.address", kArgsInput);
    field(TensorId::kOutput, "output.address", kArgsOutput);
    field(TensorId::kWorkspace, "workspace.address", kArgsWorkspace);
    if (options.weights_inside) {
        // Weights lie in an object of their own, which knows their address. Addresses are 64 bits wide there.
        Expr pointer = Halide::Internal::Call::make(Halide::type_of<void *>(), weights_symbol(layer_), {},
                                                    Halide::Internal::Call::Extern);
        addresses_[TensorId::kFilter] = scope_.let("weights.address", reinterpret(UInt(64), pointer));
    } else {
        field(TensorId::kFilter, "weights.address", kArgsWeights);
    }
    const FilterLayout &layout = plan_.filter_layout;
    const auto behind_filter = [&](TensorId tensor, const std::string &name, int64_t bytes) {
        addresses_[tensor] = scope_.let(name, addresses_[TensorId::kFilter] + make_const(UInt(64), bytes));
    };
    behind_filter(TensorId::kBias, "bias.address", layout.bias_offset_bytes());
    if (layout.has_slopes()) {
        behind_filter(TensorId::kSlopes, "slopes.address", layout.slopes_offset_bytes());
    }
}

void ViewBuilder::bind_task(const Stage &stage, const Expr &task, const Expr &round) {
    Expr rest = scope_.let("task.rest", cast(UInt(32), task));
    for (size_t a = stage.grid.size(); a-- > 0;) {
        const GridAxis &axis = stage.grid[a];
        const Expr rows = make_const(UInt(32), axis.rows());
        const Expr first = axis.window > 0 ? round * number(axis.window) : Expr(0);
        Expr row = scope_.let(axis.name + ".row", first + cast(Int(32), rest % rows));
        rest = scope_.let(axis.name + ".rest", rest / rows);
        bind_row(scope_, axis, row);
    }
}

void ViewBuilder::bind_row(Scope &scope, const GridAxis &axis, const Expr &row) {
    const std::vector<Expr> columns = table_row(scope, axis.name, axis.table, row);
    for (size_t c = 0; c < columns.size(); c++) {
        columns_[axis.table.columns()[c].id()] = columns[c];
    }
}

Expr ViewBuilder::value_of(const Index &index) const {
    const auto operand = [&](size_t i) { return value_of(index.operands()[i]); };
    switch (index.op()) {
    case Index::Op::kConstant:
        return make_const(index.type() == Index::Type::kBool    ? Halide::Bool()
                          : index.type() == Index::Type::kInt32 ? Int(32)
                                                                : Int(64),
                          index.value());
    case Index::Op::kColumn: return columns_.at(index.column().id());
    case Index::Op::kStride: return stride(index.tensor(), index.dim());
    case Index::Op::kWiden: return cast(Int(64), operand(0));
    case Index::Op::kNamed: return operand(0);
    case Index::Op::kNegate: return -operand(0);
    case Index::Op::kAdd: return operand(0) + operand(1);
    case Index::Op::kSubtract: return operand(0) - operand(1);
    case Index::Op::kMultiply: return operand(0) * operand(1);
    case Index::Op::kDivide: return operand(0) / operand(1);
    case Index::Op::kMin: return Halide::min(operand(0), operand(1));
    case Index::Op::kMax: return Halide::max(operand(0), operand(1));
    case Index::Op::kClamp: return Halide::clamp(operand(0), operand(1), operand(2));
    case Index::Op::kSelect: return Halide::select(operand(0), operand(1), operand(2));
    case Index::Op::kEqual: return operand(0) == operand(1);
    case Index::Op::kNotEqual: return operand(0) != operand(1);
    case Index::Op::kLess: return operand(0) < operand(1);
    case Index::Op::kLessEqual: return operand(0) <= operand(1);
    case Index::Op::kGreater: return operand(0) > operand(1);
    case Index::Op::kGreaterEqual: return operand(0) >= operand(1);
    case Index::Op::kAnd: return operand(0) && operand(1);
    case Index::Op::kOr: return operand(0) || operand(1);
    }
    return Expr();
}

Expr ViewBuilder::stride(TensorId tensor, CanonicalDim dim) const {
    const std::vector<CanonicalDim> order = caller_order(layer_);
    const auto found = std::find(order.begin(), order.end(), dim);
    if (found == order.end()) {
        return make_const(Int(64), 0);  // an axis that the layer does not have: extent 1
    }
    // In channels_last it is checked to be 1; saying so lets the compiler use it.
    if (dim == kDimC && layer_.layout == Layout::kChannelsLast) {
        return make_const(Int(64), 1);
    }
    return caller_stride(tensor, static_cast<size_t>(found - order.begin()));
}

Expr ViewBuilder::address(TensorId tensor) const { return addresses_.at(tensor); }

Halide::Type tensor_type(const Layer &layer, TensorId tensor) {
    switch (tensor) {
    case TensorId::kInput: return element_type(layer.types.input);
    case TensorId::kOutput: return element_type(layer.types.output);
    case TensorId::kFilter: return element_type(layer.types.filter);
    case TensorId::kBias:
    case TensorId::kSlopes: return element_type(layer.types.bias());
    case TensorId::kWorkspace: break;
    }
    return element_type(layer.types.accumulate);
}

BufferBuilder shaped_buffer(const Halide::Type &type, const std::vector<BufferDim> &dims) {
    BufferBuilder builder;
    builder.type = type;
    builder.dimensions = static_cast<int>(dims.size());
    for (const BufferDim &dim : dims) {
        builder.mins.push_back(cast(Int(32), dim.min));
        builder.extents.push_back(cast(Int(32), dim.extent));
        builder.strides.push_back(cast(Int(32), dim.stride));
    }
    return builder;
}

Expr host_buffer(const Halide::Type &type, const Expr &address, const std::vector<BufferDim> &dims) {
    BufferBuilder builder = shaped_buffer(type, dims);
    builder.host = as_handle(address);
    return builder.build();
}

Expr ViewBuilder::buffer(const View &view) const {
    const Halide::Type type = tensor_type(layer_, view.tensor);
    std::vector<BufferDim> dims;
    for (const ViewDim &dim : view.dims) {
        dims.push_back({value_of(dim.min), value_of(dim.extent), value_of(dim.stride)});
    }
    const Expr first = value_of(view.offset);
    if (device_ == nullptr) {
        dims.push_back({0, 1, 1});
        const Expr bytes = cast(UInt(64), first) * make_const(UInt(64), type.bytes());
        return host_buffer(type, address(view.tensor) + bytes, dims);
    }
    // A device handle cannot be moved: the offset becomes a coordinate. Minimums of the other dimensions stay.
    const bool bias = view.tensor == TensorId::kBias, slopes = view.tensor == TensorId::kSlopes;
    Expr offset = cast(Int(32), first);
    if (bias || slopes) {
        offset += number(bias ? plan_.filter_layout.bias_offset() : plan_.filter_layout.slopes_offset());
    }
    dims.push_back({-offset, offset + 1, 1});
    const Expr whole = handle_variable(device_->buffers.at(bias || slopes ? TensorId::kFilter : view.tensor));
    BufferBuilder builder = shaped_buffer(type, dims);
    builder.device = Halide::Internal::Call::make(UInt(64), Halide::Internal::Call::buffer_get_device, {whole},
                                                  Halide::Internal::Call::Extern);
    builder.device_interface = handle_variable(device_->interface);
    builder.device_dirty = Halide::Internal::const_true();
    return builder.build();
}

}  // namespace tconv::ir
