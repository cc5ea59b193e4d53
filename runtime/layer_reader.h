// SPDX-License-Identifier: Apache-2.0
// The readers behind tconv/layer_file.h and tconv/operators.h, one for each form of input.
#pragma once

#include <string>
#include <vector>

#include "json_reader.h"
#include "layer_common.h"
#include "tconv/layer.h"
#include "tconv/layer_file.h"
#include "tconv/status.h"

namespace tconv {

// The layer of an object with `op` and the operator's arguments: the only place that knows all five operators.
Expected<Layer> read_layer(const Json &object, const Source &source);

// tf.nn.conv2d_transpose, conv3d_transpose, atrous_conv2d_transpose.
Expected<Layer> read_tf_layer(Op op, const Json &object, const Source &source);

Expected<Layer> read_keras_conv_transpose(const Json &object, const Source &source);
Expected<Layer> read_keras_conv2d_transpose_layer(const Json &object, const Source &source);

// The JSON of a Keras layer's get_config(), or of serialize_keras_object() round it.
bool is_keras_config(const Json &object);
// The same as a layer file of keras.layers.Conv2DTranspose. The shape that the layer was built with completes a file; a
// call has its own.
Expected<Json> from_keras_config(const Json &object, bool is_call);

// A benchmark list: `options.layers` of its entries.
Expected<std::vector<Layer>> read_benchmark_list(const Json &list, const LayerFileOptions &options);

}  // namespace tconv
