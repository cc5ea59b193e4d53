// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/operator_arguments.h"

namespace tconv {

namespace {

Json as_json(const IntOrList &value) {
    if (value.is_none()) return nullptr;
    return value.is_list() ? Json(value.values()) : Json(value.values().front());
}

template<typename T>
Json as_json(const std::optional<T> &value) {
    return value ? Json(*value) : Json(nullptr);
}

Json with_epilogue(Json object, Op op, const Epilogue &epilogue) {
    object["op"] = to_string(op);
    object["bias"] = epilogue.bias.has_value();
    object["activation"] = as_json(epilogue.activation);
    return object;
}

// conv2d_transpose and conv3d_transpose have the same arguments.
template<typename Arguments>
Json strided_convolution(const Arguments &arguments, Op op) {
    const Json object = {{"output_shape", arguments.output_shape},
                         {"strides", as_json(arguments.strides)},
                         {"padding", arguments.padding},
                         {"data_format", as_json(arguments.data_format)},
                         {"dilations", as_json(arguments.dilations)},
                         {"name", as_json(arguments.name)}};
    return with_epilogue(object, op, arguments.epilogue);
}

}  // namespace

Json as_json(const nn::Conv2dTransposeArguments &arguments) {
    return strided_convolution(arguments, Op::kConv2dTranspose);
}

Json as_json(const nn::AtrousConv2dTransposeArguments &arguments) {
    const Json object = {{"output_shape", arguments.output_shape},
                         {"rate", as_json(arguments.rate)},
                         {"padding", as_json(arguments.padding)},
                         {"name", as_json(arguments.name)}};
    return with_epilogue(object, Op::kAtrousConv2dTranspose, arguments.epilogue);
}

Json as_json(const nn::Conv3dTransposeArguments &arguments) {
    return strided_convolution(arguments, Op::kConv3dTranspose);
}

Json as_json(const keras::ops::ConvTransposeArguments &arguments) {
    const Json object = {{"strides", as_json(arguments.strides)},
                         {"padding", arguments.padding},
                         {"output_padding", as_json(arguments.output_padding)},
                         {"data_format", as_json(arguments.data_format)},
                         {"dilation_rate", as_json(arguments.dilation_rate)}};
    return with_epilogue(object, Op::kKerasConvTranspose, arguments.epilogue);
}

Json as_json(const keras::layers::Conv2DTransposeArguments &arguments) {
    return {{"op", to_string(Op::kKerasConv2DTranspose)},
            {"filters", as_json(arguments.filters)},
            {"kernel_size", as_json(arguments.kernel_size)},
            {"strides", as_json(arguments.strides)},
            {"padding", arguments.padding},
            {"output_padding", as_json(arguments.output_padding)},
            {"data_format", as_json(arguments.data_format)},
            {"dilation_rate", as_json(arguments.dilation_rate)},
            {"activation", as_json(arguments.activation)},
            {"use_bias", arguments.use_bias},
            {"kernel_initializer", as_json(arguments.kernel_initializer)},
            {"bias_initializer", as_json(arguments.bias_initializer)},
            {"kernel_regularizer", as_json(arguments.kernel_regularizer)},
            {"bias_regularizer", as_json(arguments.bias_regularizer)},
            {"activity_regularizer", as_json(arguments.activity_regularizer)},
            {"kernel_constraint", as_json(arguments.kernel_constraint)},
            {"bias_constraint", as_json(arguments.bias_constraint)},
            {"trainable", arguments.trainable},
            {"name", as_json(arguments.name)},
            {"dtype", as_json(arguments.dtype)}};
}

}  // namespace tconv
