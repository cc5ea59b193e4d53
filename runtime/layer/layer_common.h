// SPDX-License-Identifier: Apache-2.0
// What the readers of the operators share: the keys that every layer has, and the way from arguments to axes. Each
// function reads from `fields`, reports there, and leaves `layer` usable when it fails.
//
// A reader serves a layer file, which states its shapes, and a call, whose tensors have them; `Source` tells which.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/layer/json_reader.h"
#include "runtime/layer/padding.h"
#include "runtime/layer/validate.h"
#include "tconv/layer.h"
#include "tconv/layer_file.h"

namespace tconv {

struct Source {
    std::string directory;                         // what weight paths are relative to
    const CallShapes *call = nullptr;              // the tensors of a call; null: the object is a layer file
    std::string input_key = kShapeKeys.input;      // where the file has the input's shape, in messages
    bool in_list = false;                          // whose entries --input-shape does not complete
    bool read_tensors = true;                      // else .npy files stay closed, and slopes are 0
    std::vector<std::string> *warnings = nullptr;  // gets a line for what is ignored; null: nobody is told

    TensorNames names() const { return call ? kTensors : TensorNames{input_key.c_str(), kShapeKeys.filter}; }
};

// keras.layers.Conv1DTranspose, Conv2DTranspose, Conv3DTranspose.
bool is_keras_layer(Op op);

// Whether a stated shape, where null stands for any extent, is that one.
bool is_shape(const Json &stated, const std::vector<int64_t> &shape);

// The members of an operator's object, with the shapes of a call under the names of its tensors. `arguments` are the
// keys that go with the operator, beside the common ones.
Fields open_layer(const Json &object, Op op, const std::vector<std::string> &arguments, const Source &source);

// name, strict_nonfinite, max_error_growth, max_workspace_bytes. dtype is the operator's business.
void read_common(Fields &fields, Layer &layer, const Source &source);

// dtype as a string, which is the type of all elements; absent means float32.
void read_dtype(Fields &fields, Layer &layer);
void read_dtype_name(Fields &fields, const std::string &name, Layer &layer);

// bias (a bool) and activation, the epilogue of the functional operators.
void read_epilogue(Fields &fields, Layer &layer, const Source &source);

// An activation by name (null is none, and so is `extra_name` where that is not empty) or as an object with its parameters,
// {"name": "leaky_relu", "negative_slope": 0.01}; of Keras' layers also the objects that Keras writes: {"class_name":
// "ReLU", "config": {...}}, {"class_name": "function", "config": "relu"} and the like, where they stand for exactly one of
// our activations. Needs op, layout and spatial_rank of the layer.
void read_activation(Fields &fields, const Json &value, Layer &layer, const Source &source,
                     const std::string &extra_name);

// weights of a file; a bias of a call. Needs layer.bias, and layer.out_channels in a call.
void read_weights(Fields &fields, Layer &layer, const Source &source);

// The input's shape into batch, in_channels and axes; needs layer.layout. `spatial_rank` is the operator's; none: 1
// to 3.
void read_input_shape(Fields &fields, Layer &layer, std::optional<int> spatial_rank, const Source &source);

// The filter's shape into the axes' kernels and out_channels; needs what read_input_shape sets, and filter_order.
void read_filter_shape(Fields &fields, Layer &layer, const Source &source);

// Writes one value an axis into a field of the layer's axes; values.size() must be the spatial rank.
void set_axes(Layer &layer, int64_t Axis::*field, const std::vector<int64_t> &values);
size_t first_axis(const Layer &layer);

// A tensor's whole shape into the layer, in the order of layout (which makes the rank) or of filter_order. Of the filter
// its in channels are left, which must be the input's.
void set_input_extents(Layer &layer, const std::vector<int64_t> &shape);
void set_filter_extents(Layer &layer, const std::vector<int64_t> &shape);

// Keras's padding, in any case, and output_padding, under these names in every format.
Padding read_keras_padding(Fields &fields);
std::optional<std::vector<int64_t>> read_output_padding(Fields &fields, const Layer &layer);
// channels_last, channels_first in any case, or null; absent means channels_last.
Layout read_keras_layout(Fields &fields, const std::string &key);

// The last step for Keras's operators: output extents, crops and the limits on sizes.
Expected<Layer> finish_keras(Fields &fields, Layer layer, Padding padding,
                             const std::optional<std::vector<int64_t>> &output_padding, const Source &source);

// The members of an operator's object beside name, op, shapes and what all layers have.
std::vector<StatedArgument> stated_arguments(const Json &object);

// What every layer goes through in the end: the rules on all of its numbers together. LayerBuilder ends here too.
Expected<Layer> finish_layer(Layer layer, const TensorNames &names);

// Behind a rule on padding: where cropping cell by cell is stated.
extern const char *const kExplicitCrops;

extern const char *const kRunTimeExtents;  // "extents decided at run time are not supported yet; give a number"

}  // namespace tconv
