// SPDX-License-Identifier: Apache-2.0
// Rules of an operator as a table: what is changed in a good call, in its file and in C++, and the message that
// follows.
#pragma once

#include <functional>

#include "operator_calls.h"
#include "tconv/operators.h"

namespace tconv {

template<typename Arguments>
struct Rule {
    const char *changes;                      // to the arguments of a file
    std::function<void(Arguments &)> in_cpp;  // the same; empty where C++ cannot express it
    std::string message;
};

struct ShapeRule {
    CallShapes shapes;
    const char *message;
};

// A view that is only asked for its shape.
inline TensorView view_of(const Shape &shape) {
    static const std::vector<float> elements(4096);
    return {elements.data(), shape, {}};
}

inline std::optional<TensorView> bias_of(const CallShapes &shapes) {
    if (!shapes.bias) return std::nullopt;
    return view_of(*shapes.bias);
}

// What the functions say: the shape function and the plan must agree.
template<typename Arguments, typename ShapeFunction, typename PlanFunction>
std::string message_of_function(Arguments arguments, const CallShapes &shapes, const ShapeFunction &shape,
                                const PlanFunction &plan) {
    arguments.epilogue.bias = bias_of(shapes);
    const std::string message = message_of(shape(shapes.input, shapes.filter, arguments));
    EXPECT_EQ(message_of(plan(shapes.input, view_of(shapes.filter), arguments, {})), message);
    return message;
}

inline std::string message_of_cpp(const nn::Conv1dTransposeArguments &arguments, const CallShapes &shapes) {
    return message_of_function(arguments, shapes, nn::conv1d_transpose_shape, nn::conv1d_transpose_plan);
}

inline std::string message_of_cpp(const ConvTransposeArguments &arguments, const CallShapes &shapes) {
    return message_of_function(arguments, shapes, conv_transpose_shape, conv_transpose_plan);
}

inline std::string message_of_cpp(const nn::Conv2dTransposeArguments &arguments, const CallShapes &shapes) {
    return message_of_function(arguments, shapes, nn::conv2d_transpose_shape, nn::conv2d_transpose_plan);
}

inline std::string message_of_cpp(const nn::AtrousConv2dTransposeArguments &arguments, const CallShapes &shapes) {
    return message_of_function(arguments, shapes, nn::atrous_conv2d_transpose_shape, nn::atrous_conv2d_transpose_plan);
}

inline std::string message_of_cpp(const nn::Conv3dTransposeArguments &arguments, const CallShapes &shapes) {
    return message_of_function(arguments, shapes, nn::conv3d_transpose_shape, nn::conv3d_transpose_plan);
}

inline std::string message_of_cpp(const keras::ops::ConvTransposeArguments &arguments, const CallShapes &shapes) {
    return message_of_function(arguments, shapes, keras::ops::conv_transpose_shape, keras::ops::conv_transpose_plan);
}

inline std::string message_of_cpp(const keras::layers::Conv2DTransposeArguments &arguments, const CallShapes &shapes) {
    const auto layer = keras::layers::Conv2DTranspose::create(arguments);
    if (!layer) return message_of(layer);
    return message_of(layer->plan(shapes.input, view_of(shapes.filter), bias_of(shapes)));
}

// `call` and `arguments` are the same good call.
template<typename Arguments>
void check_rules(const Call &call, const Arguments &arguments, const std::vector<Rule<Arguments>> &rules) {
    EXPECT_EQ(message_of(call), "(accepted)");
    EXPECT_EQ(message_of_cpp(arguments, call.shapes), "(accepted)");
    for (const Rule<Arguments> &rule : rules) {
        EXPECT_EQ(message_of(Call{with(call.arguments, json(rule.changes)), call.shapes}), rule.message);
        if (!rule.in_cpp) continue;
        Arguments changed = arguments;
        rule.in_cpp(changed);
        EXPECT_EQ(message_of_cpp(changed, call.shapes), rule.message) << rule.changes;
    }
}

template<typename Arguments>
void check_shape_rules(const Call &call, const Arguments &arguments, const std::vector<ShapeRule> &rules) {
    for (const ShapeRule &rule : rules) {
        EXPECT_EQ(message_of(Call{call.arguments, rule.shapes}), rule.message);
        EXPECT_EQ(message_of_cpp(arguments, rule.shapes), rule.message);
    }
}

// The same calls as those of operator_calls.h.
inline nn::Conv2dTransposeArguments conv2d_arguments() {
    nn::Conv2dTransposeArguments arguments;
    arguments.output_shape = {1, 8, 8, 5};
    arguments.strides = 2;
    return arguments;
}

inline nn::AtrousConv2dTransposeArguments atrous_arguments() {
    nn::AtrousConv2dTransposeArguments arguments;
    arguments.output_shape = {1, 4, 5, 5};
    arguments.rate = 2;
    arguments.padding = "SAME";
    return arguments;
}

inline nn::Conv3dTransposeArguments conv3d_arguments() {
    nn::Conv3dTransposeArguments arguments;
    arguments.output_shape = {1, 4, 6, 8, 5};
    arguments.strides = 2;
    return arguments;
}

inline nn::Conv1dTransposeArguments conv1d_arguments() {
    nn::Conv1dTransposeArguments arguments;
    arguments.output_shape = {1, 8, 5};
    arguments.strides = 2;
    return arguments;
}

inline ConvTransposeArguments explicit_arguments() {
    ConvTransposeArguments arguments;
    arguments.strides = 2;
    return arguments;
}

inline keras::ops::ConvTransposeArguments ops_arguments() {
    keras::ops::ConvTransposeArguments arguments;
    arguments.strides = 2;
    return arguments;
}

inline keras::layers::Conv2DTransposeArguments layer_arguments() {
    keras::layers::Conv2DTransposeArguments arguments;
    arguments.filters = 5;
    arguments.kernel_size = 3;
    arguments.strides = 2;
    arguments.padding = "same";
    return arguments;
}

}  // namespace tconv
