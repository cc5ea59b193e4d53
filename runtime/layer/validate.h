// SPDX-License-Identifier: Apache-2.0
// The rules that every layer obeys, whichever operator it came from. What a single operator demands of its own
// arguments is in layer_tf.cpp and layer_keras.cpp; what padding means is in padding.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tconv/layer.h"
#include "tconv/status.h"

namespace tconv {

// Nothing that is counted exceeds this: kernels index with 32-bit integers. Products of two such numbers fit 64 bits.
constexpr int64_t kLargest = 2147483647;

// kernel_size and stride of one axis: phase tables are lists, and have to stay small ones.
constexpr int64_t kLargestWindow = 65536;

extern const char *const kTypesRule;     // "only float32 is supported yet"
extern const char *const kElementsRule;  // "more than 2147483647 elements in a tensor are not supported"

// The product of the extents, 0 where one is 0. None when the product of those that are not 0 exceeds kLargest, so that
// no product of some of them can overflow either. Extents must not be negative.
std::optional<int64_t> count_elements(const std::vector<int64_t> &shape);

// Elements between neighbours of a dense tensor in C order. Precondition: count_elements() can count the shape.
std::vector<int64_t> dense_strides(const std::vector<int64_t> &shape);

// Of all of a layer's elements: others have sizes alone, and are refused by what computes.
Status check_types(const Layer &layer);

// A C identifier of at most 100 characters that is no keyword of C or C++.
Status check_name(const std::string &name);

// The nearest name that check_name accepts: other characters become '_', and "layer_" goes in front of what begins with
// a digit or is a keyword. The length is left as it is.
std::string to_identifier(const std::string &name);

// Sizes of the window and of the uncropped output, of the layer's axes, before `output` and `pad_before` are known.
Status check_window(const Layer &layer);

// What messages call the shapes of the two tensors.
struct TensorNames {
    const char *input;
    const char *filter;
};
constexpr TensorNames kShapeKeys = {"input_shape", "filter_shape"};  // in a file that states them
constexpr TensorNames kTensors = {"input", "filter"};                // in a call that has them

// Extents and elements of the input, filter and output.
Status check_sizes(const Layer &layer, const TensorNames &names);

}  // namespace tconv
