// SPDX-License-Identifier: Apache-2.0
#include "tconv/operators.h"

#include <new>

#include "runtime/base/text.h"
#include "runtime/layer/layer_reader.h"
#include "runtime/run/operator_arguments.h"

namespace tconv {

namespace {

// Runs `body` and turns a lack of memory, which any line may run into, into a value.
template<typename Result, typename Body>
Result reporting_memory(const Body &body) {
    try {
        return body();
    } catch (const std::bad_alloc &) {
        return Error{StatusCode::kFailed, "memory: not enough for this call"};
    }
}

// Elements of a view in C order: those of the caller where they lie so, else a copy.
struct DenseTensor {
    const float *data() const { return copy.empty() ? original : copy.data(); }

    const float *original = nullptr;
    std::vector<float> copy;
};

bool is_dense(const TensorView &view) {
    const Shape dense = dense_strides(view.shape);
    for (size_t d = 0; d < view.strides.size(); d++) {
        if (view.shape[d] > 1 && view.strides[d] != dense[d]) return false;
    }
    return true;
}

std::vector<float> copy_of(const TensorView &view) {
    std::vector<float> copy(static_cast<size_t>(*count_elements(view.shape)));
    Shape at(view.shape.size(), 0);
    std::ptrdiff_t offset = 0;
    for (float &value : copy) {
        value = view.data[offset];
        for (size_t d = at.size(); d-- > 0;) {
            if (++at[d] < view.shape[d]) {
                offset += view.strides[d];
                break;
            }
            offset -= view.strides[d] * (view.shape[d] - 1);
            at[d] = 0;
        }
    }
    return copy;
}

// Precondition: the reader has accepted the shape, so that no extent is 0 and the elements can be counted.
Expected<DenseTensor> to_dense(const std::string &argument, const TensorView &view) {
    if (!view.data) return invalid_argument(argument + ".data", "null", "must point to the tensor");
    if (!view.strides.empty() && view.strides.size() != view.shape.size()) {
        return invalid_argument(argument + ".strides", to_text(view.strides),
                                "must have one stride for each dimension of the shape");
    }
    if (is_dense(view)) return DenseTensor{view.data, {}};
    return DenseTensor{nullptr, copy_of(view)};
}

CallShapes shapes_of(const Shape &input, const Shape &filter, const std::optional<TensorView> &bias) {
    CallShapes shapes{input, filter, std::nullopt};
    if (bias) shapes.bias = bias->shape;
    return shapes;
}

Expected<Layer> layer_of(const Json &arguments, const CallShapes &shapes) {
    return read_layer(arguments, Source{"", &shapes});
}

Expected<Plan> make_plan(const Json &arguments, const Shape &input, const TensorView &filter,
                         const std::optional<TensorView> &bias, const PlanOptions &options) {
    const Expected<Layer> layer = layer_of(arguments, shapes_of(input, filter.shape, bias));
    if (!layer) return layer.error();
    const Expected<DenseTensor> dense_filter = to_dense("filter", filter);
    if (!dense_filter) return dense_filter.error();
    DenseTensor bias_values;
    if (bias) {
        Expected<DenseTensor> dense_bias = to_dense("bias", *bias);
        if (!dense_bias) return dense_bias.error();
        bias_values = std::move(*dense_bias);
    }
    return Plan::create(*layer, dense_filter->data(), bias_values.data(), options);
}

template<typename Arguments>
Expected<Plan> plan_of(const Arguments &arguments, const Shape &input, const TensorView &filter,
                       const PlanOptions &options) {
    return reporting_memory<Expected<Plan>>(
        [&] { return make_plan(as_json(arguments), input, filter, arguments.epilogue.bias, options); });
}

template<typename Arguments>
Expected<Shape> shape_of(const Arguments &arguments, const Shape &input, const Shape &filter) {
    return reporting_memory<Expected<Shape>>([&]() -> Expected<Shape> {
        const Expected<Layer> layer = layer_of(as_json(arguments), shapes_of(input, filter, arguments.epilogue.bias));
        if (!layer) return layer.error();
        return layer->output_shape();
    });
}

Status run(const Expected<Plan> &plan, const TensorView &input, const MutableTensorView &output,
           const ParallelFor &parallel_for) {
    if (!plan) return plan.error();
    return plan->run(input, output, parallel_for);
}

// Of a plan that is made for one run.
PlanOptions packed_by(const ParallelFor &parallel_for) {
    PlanOptions options;
    options.parallel_for = parallel_for;
    return options;
}

template<typename Arguments>
Status run_of(const Arguments &arguments, const TensorView &input, const TensorView &filter,
              const MutableTensorView &output, const ParallelFor &parallel_for) {
    return run(plan_of(arguments, input.shape, filter, packed_by(parallel_for)), input, output, parallel_for);
}

}  // namespace

namespace nn {

Status conv1d_transpose(const TensorView &input, const TensorView &filters, const Conv1dTransposeArguments &arguments,
                        const MutableTensorView &output, const ParallelFor &parallel_for) {
    return run_of(arguments, input, filters, output, parallel_for);
}

Expected<Plan> conv1d_transpose_plan(const Shape &input, const TensorView &filters,
                                     const Conv1dTransposeArguments &arguments, const PlanOptions &options) {
    return plan_of(arguments, input, filters, options);
}

Expected<Shape> conv1d_transpose_shape(const Shape &input, const Shape &filters,
                                       const Conv1dTransposeArguments &arguments) {
    return shape_of(arguments, input, filters);
}

Status conv2d_transpose(const TensorView &input, const TensorView &filters, const Conv2dTransposeArguments &arguments,
                        const MutableTensorView &output, const ParallelFor &parallel_for) {
    return run_of(arguments, input, filters, output, parallel_for);
}

Expected<Plan> conv2d_transpose_plan(const Shape &input, const TensorView &filters,
                                     const Conv2dTransposeArguments &arguments, const PlanOptions &options) {
    return plan_of(arguments, input, filters, options);
}

Expected<Shape> conv2d_transpose_shape(const Shape &input, const Shape &filters,
                                       const Conv2dTransposeArguments &arguments) {
    return shape_of(arguments, input, filters);
}

Status atrous_conv2d_transpose(const TensorView &value, const TensorView &filters,
                               const AtrousConv2dTransposeArguments &arguments, const MutableTensorView &output,
                               const ParallelFor &parallel_for) {
    return run_of(arguments, value, filters, output, parallel_for);
}

Expected<Plan> atrous_conv2d_transpose_plan(const Shape &value, const TensorView &filters,
                                            const AtrousConv2dTransposeArguments &arguments,
                                            const PlanOptions &options) {
    return plan_of(arguments, value, filters, options);
}

Expected<Shape> atrous_conv2d_transpose_shape(const Shape &value, const Shape &filters,
                                              const AtrousConv2dTransposeArguments &arguments) {
    return shape_of(arguments, value, filters);
}

Status conv3d_transpose(const TensorView &input, const TensorView &filters, const Conv3dTransposeArguments &arguments,
                        const MutableTensorView &output, const ParallelFor &parallel_for) {
    return run_of(arguments, input, filters, output, parallel_for);
}

Expected<Plan> conv3d_transpose_plan(const Shape &input, const TensorView &filters,
                                     const Conv3dTransposeArguments &arguments, const PlanOptions &options) {
    return plan_of(arguments, input, filters, options);
}

Expected<Shape> conv3d_transpose_shape(const Shape &input, const Shape &filters,
                                       const Conv3dTransposeArguments &arguments) {
    return shape_of(arguments, input, filters);
}

}  // namespace nn

Status conv_transpose(const TensorView &input, const TensorView &filter, const ConvTransposeArguments &arguments,
                      const MutableTensorView &output, const ParallelFor &parallel_for) {
    return run_of(arguments, input, filter, output, parallel_for);
}

Expected<Plan> conv_transpose_plan(const Shape &input, const TensorView &filter,
                                   const ConvTransposeArguments &arguments, const PlanOptions &options) {
    return plan_of(arguments, input, filter, options);
}

Expected<Shape> conv_transpose_shape(const Shape &input, const Shape &filter, const ConvTransposeArguments &arguments) {
    return shape_of(arguments, input, filter);
}

namespace keras::ops {

Status conv_transpose(const TensorView &inputs, const TensorView &kernel, const ConvTransposeArguments &arguments,
                      const MutableTensorView &output, const ParallelFor &parallel_for) {
    return run_of(arguments, inputs, kernel, output, parallel_for);
}

Expected<Plan> conv_transpose_plan(const Shape &inputs, const TensorView &kernel,
                                   const ConvTransposeArguments &arguments, const PlanOptions &options) {
    return plan_of(arguments, inputs, kernel, options);
}

Expected<Shape> conv_transpose_shape(const Shape &inputs, const Shape &kernel,
                                     const ConvTransposeArguments &arguments) {
    return shape_of(arguments, inputs, kernel);
}

}  // namespace keras::ops

namespace keras::layers {

namespace {

// The layer on an input of this shape, whatever its weights; `input_shape` is what messages call it.
Expected<Layer> layer_on(const Conv2DTransposeArguments &arguments, const Shape &input_shape) {
    Json object = as_json(arguments);
    object["name"] = "layer";
    object["input_shape"] = input_shape;
    return read_layer(object, Source{});
}

}  // namespace

Expected<Conv2DTranspose> Conv2DTranspose::create(const Conv2DTransposeArguments &arguments) {
    return reporting_memory<Expected<Conv2DTranspose>>([&]() -> Expected<Conv2DTranspose> {
        // No rule about an argument depends on the input, whose smallest shape will do.
        const Expected<Layer> layer = layer_on(arguments, {1, 1, 1, 1});
        if (!layer) return layer.error();
        return Conv2DTranspose(arguments);
    });
}

Expected<Shape> Conv2DTranspose::compute_output_shape(const Shape &input_shape) const {
    return reporting_memory<Expected<Shape>>([&]() -> Expected<Shape> {
        const Expected<Layer> layer = layer_on(arguments_, input_shape);
        if (!layer) return layer.error();
        return layer->output_shape();
    });
}

Expected<Plan> Conv2DTranspose::plan(const Shape &input_shape, const TensorView &kernel,
                                     const std::optional<TensorView> &bias, const PlanOptions &options) const {
    return reporting_memory<Expected<Plan>>(
        [&] { return make_plan(as_json(arguments_), input_shape, kernel, bias, options); });
}

Status Conv2DTranspose::operator()(const TensorView &inputs, const TensorView &kernel,
                                   const std::optional<TensorView> &bias, const MutableTensorView &output,
                                   const ParallelFor &parallel_for) const {
    return run(plan(inputs.shape, kernel, bias, packed_by(parallel_for)), inputs, output, parallel_for);
}

}  // namespace keras::layers

}  // namespace tconv
