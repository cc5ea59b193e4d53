// SPDX-License-Identifier: Apache-2.0
// One good call of each operator, as `tconv run` takes it, for tests to change.
#pragma once

#include "layer_text.h"

namespace tconv {

struct Call {
    Json arguments;
    CallShapes shapes;
};

// SAME, K = 3, s = 2, H = 4: legal outputs 7 and 8.
inline Call conv2d_call(const char *changes = "{}") {
    return {
        with(json(R"({"op": "tf.nn.conv2d_transpose", "output_shape": [1, 8, 8, 5], "strides": 2})"), json(changes)),
        {{1, 4, 4, 6}, {3, 3, 5, 6}, std::nullopt}};
}

// rate 2, K = 3: ke = 5.
inline Call atrous_call(const char *changes = "{}") {
    return {with(json(R"({"op": "tf.nn.atrous_conv2d_transpose", "output_shape": [1, 4, 5, 5], "rate": 2,
                          "padding": "SAME"})"),
                 json(changes)),
            {{1, 4, 5, 6}, {3, 3, 5, 6}, std::nullopt}};
}

// SAME, K = 2, s = 2.
inline Call conv3d_call(const char *changes = "{}") {
    return {
        with(json(R"({"op": "tf.nn.conv3d_transpose", "output_shape": [1, 4, 6, 8, 5], "strides": 2})"), json(changes)),
        {{1, 2, 3, 4, 6}, {2, 2, 2, 5, 6}, std::nullopt}};
}

inline Call ops_call(const char *changes = "{}") {
    return {with(json(R"({"op": "keras.ops.conv_transpose", "strides": 2})"), json(changes)),
            {{1, 4, 4, 6}, {3, 3, 5, 6}, std::nullopt}};
}

// SAME, K = 3, s = 2, W = 4.
inline Call conv1d_call(const char *changes = "{}") {
    return {with(json(R"({"op": "tf.nn.conv1d_transpose", "output_shape": [1, 8, 5], "strides": 2})"), json(changes)),
            {{1, 4, 6}, {3, 5, 6}, std::nullopt}};
}

// K = 3, s = 2: 9 cells of 4.
inline Call explicit_call(const char *changes = "{}") {
    return {with(json(R"({"op": "conv_transpose", "strides": 2})"), json(changes)),
            {{1, 6, 4, 4}, {6, 5, 3, 3}, std::nullopt}};
}

inline Call layer_call(const char *changes = "{}") {
    return {with(json(R"({"op": "keras.layers.Conv2DTranspose", "filters": 5, "kernel_size": 3, "strides": 2,
                          "padding": "same"})"),
                 json(changes)),
            {{1, 4, 4, 6}, {3, 3, 5, 6}, Shape{5}}};
}

// Those that are functions; all of them have 5 out channels, and the channels last.
inline std::vector<Call> functional_calls() {
    const Call last = {explicit_call(R"({"data_format": "channels_last", "filter_layout": "HWOI"})").arguments,
                       ops_call().shapes};
    return {conv1d_call(), conv2d_call(), atrous_call(), conv3d_call(), ops_call(), last};
}

inline Call with_bias(Call call, const Shape &shape) {
    call.shapes.bias = shape;
    return call;
}

inline Call without_bias(Call call) {
    call.shapes.bias.reset();
    return call;
}

inline Expected<Layer> parse(const Call &call) { return parse_call(call.arguments.dump(), "models", call.shapes); }

inline Layer layer_of(const Call &call) {
    const auto layer = parse(call);
    if (layer) return *layer;
    ADD_FAILURE() << layer.error().message << "\n" << call.arguments;
    return {};
}

inline std::string message_of(const Call &call) { return message_of(parse(call)); }

inline bool is_unsupported(const Call &call) {
    const auto layer = parse(call);
    return !layer && layer.error().code == StatusCode::kUnsupported;
}

}  // namespace tconv
