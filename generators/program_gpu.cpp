// SPDX-License-Identifier: Apache-2.0
#include "generators/program_gpu.h"

#include "generators/element_type.h"
#include "generators/number.h"

namespace tconv::ir {

using Halide::Expr;
using Halide::Int;
using Halide::Internal::Call;
using Halide::Internal::const_true;
using Halide::Internal::Evaluate;

namespace {

// The caller's tensor in its own strides, so that a copy back touches no byte between its cells.
std::vector<BufferDim> tensor_dims(const ViewBuilder &views, const Layer &layer, TensorId tensor) {
    const bool input = tensor == TensorId::kInput;
    std::vector<int64_t> extents = {input ? layer.in_channels : layer.out_channels};
    for (int axis : {2, 1, 0}) {
        extents.push_back(input ? layer.axes[axis].input : layer.axes[axis].output);
    }
    extents.push_back(layer.batch);
    std::vector<BufferDim> dims;
    for (int d = kDimC; d <= kDimN; d++) {
        const Expr stride = extents[d] > 1 ? views.stride(tensor, static_cast<CanonicalDim>(d)) : Expr(0);
        dims.push_back({0, number(extents[d]), stride});
    }
    return dims;
}

Expr device_buffer(const Halide::Type &type, const Expr &address, const std::vector<BufferDim> &dims, bool upload) {
    Halide::Internal::BufferBuilder builder = shaped_buffer(type, dims);
    if (address.defined()) {
        builder.host = as_handle(address);
    }
    if (upload) {
        builder.host_dirty = const_true();
    }
    return builder.build();
}

}  // namespace

DeviceTensors upload_tensors(Scope &scope, const ViewBuilder &views, const Layer &layer, const LayerPlan &plan,
                             const Halide::Target &target) {
    DeviceTensors device;
    device.interface = "device_interface";
    const std::string api = target.has_feature(Halide::Target::CUDA) ? "cuda" : "opencl";
    scope.let(device.interface,
              Call::make(Halide::type_of<void *>(), "halide_" + api + "_device_interface", {}, Call::Extern));
    const auto place = [&](TensorId tensor, const std::string &name, const Expr &address,
                           const std::vector<BufferDim> &dims, bool upload) {
        device.buffers[tensor] = name + ".device";
        Expr buffer = scope.let(name + ".device", device_buffer(tensor_type(layer, tensor), address, dims, upload));
        Expr guard = Call::make(Halide::type_of<void *>(), Call::register_destructor,
                                {Halide::Internal::StringImm::make("halide_device_free_as_destructor"), buffer},
                                Call::Intrinsic);
        scope.run(Evaluate::make(guard));
        scope.call(upload ? "halide_copy_to_device" : "halide_device_malloc",
                   {buffer, handle_variable(device.interface)});
    };
    const auto flat = [](int64_t elements) { return std::vector<BufferDim>{{0, number(elements), 1}}; };
    place(TensorId::kInput, "input", views.address(TensorId::kInput), tensor_dims(views, layer, TensorId::kInput),
          true);
    place(TensorId::kFilter, "weights", views.address(TensorId::kFilter), flat(plan.filter_layout.elements()), true);
    if (plan.workspace_elements > 0) {
        place(TensorId::kWorkspace, "workspace", Expr(), flat(plan.workspace_elements), false);
    }
    place(TensorId::kOutput, "output", views.address(TensorId::kOutput), tensor_dims(views, layer, TensorId::kOutput),
          false);
    return device;
}

void download_output(Scope &scope, const DeviceTensors &device) {
    const Expr output = handle_variable(device.buffers.at(TensorId::kOutput));
    scope.run(Evaluate::make(Call::make(Int(32), Call::buffer_set_device_dirty, {output, const_true()}, Call::Extern)));
    scope.call("halide_copy_to_host", {output});
}

}  // namespace tconv::ir
