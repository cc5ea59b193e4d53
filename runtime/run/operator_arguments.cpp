// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/operator_arguments.h"

namespace tconv {

namespace {

Json value_json(const IntOrList &value) {
    if (value.is_none()) return nullptr;
    return value.is_list() ? Json(value.values()) : Json(value.values().front());
}

template<typename T>
Json value_json(const std::optional<T> &value) {
    return value ? Json(*value) : Json(nullptr);
}

Json value_json(const std::string &value) { return value; }

Json value_json(const TfPadding &padding) { return padding.is_list() ? Json(padding.pairs()) : Json(padding.mode()); }

// A bare name, or an object where there are parameters.
Json activation_json(const std::optional<std::string> &name, const std::map<std::string, double> &parameters,
                     const std::optional<std::vector<float>> &alpha) {
    if (!alpha && parameters.empty()) return value_json(name);
    Json object = parameters;
    if (alpha) object["alpha"] = *alpha;
    object["name"] = value_json(name);
    return object;
}

Json with_epilogue(Json object, Op op, const Epilogue &epilogue) {
    object["op"] = to_string(op);
    object["bias"] = epilogue.bias.has_value();
    object["activation"] = activation_json(epilogue.activation, epilogue.parameters, epilogue.alpha);
    return object;
}

// conv1d_transpose, conv2d_transpose and conv3d_transpose have the same arguments.
template<typename Arguments>
Json strided_convolution(const Arguments &arguments, Op op) {
    const Json object = {
        {"output_shape", arguments.output_shape},       {"strides", value_json(arguments.strides)},
        {"padding", value_json(arguments.padding)},     {"data_format", value_json(arguments.data_format)},
        {"dilations", value_json(arguments.dilations)}, {"name", value_json(arguments.name)}};
    return with_epilogue(object, op, arguments.epilogue);
}

}  // namespace

Json as_json(const nn::Conv1dTransposeArguments &arguments) {
    return strided_convolution(arguments, Op::kConv1dTranspose);
}

Json as_json(const nn::Conv2dTransposeArguments &arguments) {
    return strided_convolution(arguments, Op::kConv2dTranspose);
}

Json as_json(const nn::AtrousConv2dTransposeArguments &arguments) {
    const Json object = {{"output_shape", arguments.output_shape},
                         {"rate", value_json(arguments.rate)},
                         {"padding", value_json(arguments.padding)},
                         {"name", value_json(arguments.name)}};
    return with_epilogue(object, Op::kAtrousConv2dTranspose, arguments.epilogue);
}

Json as_json(const nn::Conv3dTransposeArguments &arguments) {
    return strided_convolution(arguments, Op::kConv3dTranspose);
}

Json as_json(const ConvTransposeArguments &arguments) {
    Json object = {{"strides", value_json(arguments.strides)},
                   {"output_padding", value_json(arguments.output_padding)},
                   {"dilations", value_json(arguments.dilations)},
                   {"auto_pad", arguments.auto_pad},
                   {"groups", arguments.groups},
                   {"data_format", arguments.data_format}};
    const auto add = [&](const char *key, const IntOrList &value) {
        if (!value.is_none()) object[key] = value_json(value);
    };
    add("pads", arguments.pads);
    add("padding", arguments.padding);
    add("output_shape", arguments.output_shape);
    if (arguments.filter_layout) object["filter_layout"] = *arguments.filter_layout;
    return with_epilogue(object, Op::kConvTranspose, arguments.epilogue);
}

Json as_json(const keras::ops::ConvTransposeArguments &arguments) {
    const Json object = {{"strides", value_json(arguments.strides)},
                         {"padding", arguments.padding},
                         {"output_padding", value_json(arguments.output_padding)},
                         {"data_format", value_json(arguments.data_format)},
                         {"dilation_rate", value_json(arguments.dilation_rate)}};
    return with_epilogue(object, Op::kKerasConvTranspose, arguments.epilogue);
}

Json as_json(const keras::layers::Conv2DTransposeArguments &arguments) {
    return {{"op", to_string(Op::kKerasConv2DTranspose)},
            {"filters", value_json(arguments.filters)},
            {"kernel_size", value_json(arguments.kernel_size)},
            {"strides", value_json(arguments.strides)},
            {"padding", arguments.padding},
            {"output_padding", value_json(arguments.output_padding)},
            {"data_format", value_json(arguments.data_format)},
            {"dilation_rate", value_json(arguments.dilation_rate)},
            {"activation", activation_json(arguments.activation, arguments.activation_parameters, arguments.alpha)},
            {"use_bias", arguments.use_bias},
            {"kernel_initializer", value_json(arguments.kernel_initializer)},
            {"bias_initializer", value_json(arguments.bias_initializer)},
            {"kernel_regularizer", value_json(arguments.kernel_regularizer)},
            {"bias_regularizer", value_json(arguments.bias_regularizer)},
            {"activity_regularizer", value_json(arguments.activity_regularizer)},
            {"kernel_constraint", value_json(arguments.kernel_constraint)},
            {"bias_constraint", value_json(arguments.bias_constraint)},
            {"trainable", arguments.trainable},
            {"name", value_json(arguments.name)},
            {"dtype", value_json(arguments.dtype)}};
}

}  // namespace tconv
