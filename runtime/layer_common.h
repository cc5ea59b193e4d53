// SPDX-License-Identifier: Apache-2.0
// What the readers of the operators share: the keys that every layer has, and the way from arguments to axes. Each
// function reads from `fields`, reports there, and leaves `layer` usable when it fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "json_reader.h"
#include "padding.h"
#include "tconv/layer.h"

namespace tconv {

// name, op, input_shape, ...: the keys of our own that go with every operator; `more` is added to them.
std::vector<std::string> with_common_keys(std::vector<std::string> more);

// name, strict_nonfinite, max_error_growth. dtype is the operator's business.
void read_common(Fields &fields, Layer &layer);

// dtype as a string; absent means float32.
void read_dtype(Fields &fields, Layer &layer);
void check_dtype_name(Fields &fields, const std::string &name);

// bias (a bool) and activation, the epilogue of the functional operators.
void read_epilogue(Fields &fields, Layer &layer);

// An activation by name; null is none. `extra_name` is one more word for none, or empty.
Activation read_activation(Fields &fields, const Json &value, const std::string &extra_name);

// weights; paths are resolved against `directory`. Needs layer.bias.
void read_weight_files(Fields &fields, Layer &layer, const std::string &directory);

// input_shape into batch, in_channels and axes; needs layer.layout. `spatial_rank` is the operator's; none: 1 to 3.
void read_input_shape(Fields &fields, Layer &layer, std::optional<int> spatial_rank);

// filter_shape into the axes' kernels and out_channels; needs what read_input_shape sets.
void read_filter_shape(Fields &fields, Layer &layer);

// Writes one value an axis into a field of the layer's axes; values.size() must be the spatial rank.
void set_axes(Layer &layer, int64_t Axis::*field, const std::vector<int64_t> &values);
size_t first_axis(const Layer &layer);

// Keras's padding, in any case, and output_padding, under these names in every format.
Padding read_keras_padding(Fields &fields);
std::optional<std::vector<int64_t>> read_output_padding(Fields &fields, const Layer &layer);
// channels_last, channels_first in any case, or null; absent means channels_last.
Layout read_keras_layout(Fields &fields, const std::string &key);

// The last step for Keras's operators: output extents, crops and the limits on sizes.
Expected<Layer> finish_keras(Fields &fields, Layer layer, Padding padding,
                             const std::optional<std::vector<int64_t>> &output_padding);

extern const char *const kRunTimeExtents;  // "extents decided at run time are not supported yet; give a number"

}  // namespace tconv
