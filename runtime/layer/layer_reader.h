// SPDX-License-Identifier: Apache-2.0
// The readers behind tconv/layer_file.h and tconv/operators.h, one for each form of input.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/layer/json_reader.h"
#include "runtime/layer/layer_common.h"
#include "tconv/layer.h"
#include "tconv/layer_file.h"
#include "tconv/status.h"

namespace tconv {

// The layer of an object with `op` and the operator's arguments: the only place that knows all operators.
Expected<Layer> read_layer(const Json &object, const Source &source);

// tf.nn.conv1d_transpose, conv2d_transpose, conv3d_transpose, atrous_conv2d_transpose.
Expected<Layer> read_tf_layer(Op op, const Json &object, const Source &source);

// conv_transpose, with explicit crops.
Expected<Layer> read_explicit_layer(const Json &object, const Source &source);

Expected<Layer> read_keras_conv_transpose(const Json &object, const Source &source);
// keras.layers.Conv1DTranspose, Conv2DTranspose, Conv3DTranspose: they differ in rank alone.
Expected<Layer> read_keras_layer(Op op, const Json &object, const Source &source);

// The JSON of a Keras layer's get_config(), or of serialize_keras_object() round it.
bool is_keras_config(const Json &object);
// The same as a layer file of that layer. The shape that the layer was built with completes a file, whose source learns
// where it stood; a call has its own.
Expected<Json> from_keras_config(const Json &object, Source &source);
// What the layer of a get_config() will be called; empty where it has no name.
std::string keras_config_name(const Json &object);

// One layer in either of these forms.
Expected<Layer> read_object(const Json &object, Source source, const LayerFileOptions &options);

// An entry of a benchmark list, and whether an object is meant to be one rather than a layer file.
Expected<Layer> read_benchmark_entry(const Json &entry);
bool is_benchmark_entry(const Json &object);

// What the layers of a list will be called.
Expected<std::vector<std::string>> entry_names(const Json &list);

// A list of layers in any of the forms: `options.layers` of its entries.
Expected<std::vector<Layer>> read_layer_list(const Json &list, const std::string &directory,
                                             const LayerFileOptions &options);

// The operator of that name.
std::optional<Op> find_op(const std::string &name);

}  // namespace tconv
