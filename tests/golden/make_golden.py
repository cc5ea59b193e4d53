#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden data of the layers in tf_layers.py and keras_layers.py with TensorFlow and Keras.

    python3 -m venv venv && venv/bin/pip install tensorflow-cpu==2.21.0 keras==3.15.1
    venv/bin/python make_golden.py            writes cases.json and golden.npy beside this script
    venv/bin/python make_golden.py --check    compares with them; exit code 77 where TensorFlow is not installed

golden.npy is one float32 vector; cases.json says where the tensors of a case lie in it, as [offset, count]. Every
output comes from the first of these that computes the layer, its "source", and all of them agree with definition.py:

    tensorflow   the operator on TensorFlow's CPU kernels
    xla          the operator compiled by XLA, for what the kernels refuse: channels first, dilation
    keras-jax    for what Keras' TensorFlow backend refuses but its others compute, `same` with an even span and
                 output_padding 0: a forward convolution of the stretched input, padded as Keras' JAX backend pads it
"""

import os
import sys

import golden_files
import golden_layers
import keras_layers
import tf_layers

try:
    import numpy as np
    from definition import EXACT_ACTIVATIONS, definition, per_axis, windows
except ModuleNotFoundError:  # golden_files.main() says so
    pass


def import_tensorflow():
    os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0",
                      CUDA_VISIBLE_DEVICES="-1")
    import keras
    import tensorflow
    tensorflow.get_logger().setLevel("ERROR")  # no advice about retracing: every case is traced once, on purpose
    return tensorflow, keras


# ---- TensorFlow and Keras --------------------------------------------------------------------------------------------

def arguments_of(layer, names):
    return {name: layer[name] for name in names if name in layer}


def tf_function(tf, keras, layer):
    """A function (input, filter, bias) -> output that calls the operator with the arguments of the layer file."""
    op = layer["op"]
    if op == golden_layers.KERAS_LAYER:
        return keras_layer_function(keras, layer)
    if op == golden_layers.KERAS_OPS:
        named = arguments_of(layer, ("strides", "padding", "output_padding", "data_format", "dilation_rate"))
        conv = lambda x, w: keras.ops.conv_transpose(x, w, **named)
    elif op == golden_layers.ATROUS:
        named = arguments_of(layer, ("output_shape", "rate", "padding"))
        conv = lambda x, w: tf.nn.atrous_conv2d_transpose(x, w, **named)
    else:
        named = arguments_of(layer, ("output_shape", "strides", "padding", "data_format", "dilations"))
        # null means the default, which not all of these arguments take as None.
        named = {"strides": 1, **{name: value for name, value in named.items() if value is not None}}
        operators = {golden_layers.CONV1D: tf.nn.conv1d_transpose, golden_layers.CONV2D: tf.nn.conv2d_transpose,
                     golden_layers.CONV3D: tf.nn.conv3d_transpose}
        conv = lambda x, w: operators[op](x, w, **named)
    return lambda x, w, bias: epilogue(tf, keras, layer, conv(x, w), bias)


def epilogue(tf, keras, layer, y, bias):
    if bias is not None:
        shape = [1] * len(y.shape)
        shape[1 if golden_layers.has_channels_first(layer) else -1] = -1
        y = y + tf.reshape(bias, shape)
    return keras.activations.get(layer.get("activation"))(y)


def keras_layer_function(keras, layer):
    arguments = {name: value for name, value in layer.items() if name not in ("name", "op", "input_shape")}
    keras_layer = keras.layers.Conv2DTranspose(**arguments)
    keras_layer.build(layer["input_shape"])

    def call(x, w, bias):
        return keras_layer.stateless_call([v for v in (w, bias) if v is not None], [], x)[0]
    return call


def jax_padding_function(tf, keras, layer):
    """The same, where the sums run over an input with stride - 1 zeros between its cells."""
    from keras.src.backend.common.backend_utils import compute_conv_transpose_padding_args_for_jax

    def call(x, w, bias):
        first = golden_layers.has_channels_first(layer)
        x = np.moveaxis(x, 1, -1) if first else np.asarray(x)
        strides, dilations = windows(layer, w.ndim - 2)
        padding = compute_conv_transpose_padding_args_for_jax(x.shape, w.shape, strides, layer["padding"],
                                                              layer["output_padding"], dilations)
        stretched = np.zeros((len(x), *[(size - 1) * s + 1 for size, s in zip(x.shape[1:], strides)], x.shape[-1]),
                             np.float32)
        stretched[(slice(None), *[slice(None, None, s) for s in strides])] = x
        flipped = np.swapaxes(np.flip(w, range(w.ndim - 2)), -1, -2)
        y = tf.nn.convolution(np.pad(stretched, [(0, 0), *padding, (0, 0)]), flipped, padding="VALID",
                              dilations=dilations)
        return epilogue(tf, keras, layer, tf.constant(np.moveaxis(y, -1, 1) if first else y), bias)
    return call


def run_frameworks(tf, keras, layer, x, w, bias):
    """(output, source)"""
    refusals = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, ValueError)
    tensors = [None if t is None else tf.constant(t) for t in (x, w, bias)]
    compiled = lambda *arguments: tf.function(tf_function(tf, keras, layer), jit_compile=True)(*arguments)
    for source, call in (("tensorflow", tf_function(tf, keras, layer)), ("xla", compiled)):
        try:
            return np.asarray(call(*tensors)), source
        except refusals as error:
            refusal = str(error).splitlines()[0]
    if layer["op"] not in (golden_layers.KERAS_OPS, golden_layers.KERAS_LAYER):
        sys.exit(f"{layer['name']}: TensorFlow refuses it: {refusal}")
    return np.asarray(jax_padding_function(tf, keras, layer)(x, w, bias)), "keras-jax"


# ---- Cases -----------------------------------------------------------------------------------------------------------

def make_tensors(layer, data):
    is_layer = layer["op"] == golden_layers.KERAS_LAYER
    channels = layer["input_shape"][1 if golden_layers.has_channels_first(layer) else -1]
    if is_layer:
        filter_shape = [*per_axis(layer, ["kernel_size"], 2, None), layer["filters"], channels]
    else:
        filter_shape = layer["filter_shape"]
    shapes = {"input": layer["input_shape"], "filter": filter_shape}
    if layer.get("use_bias", True) if is_layer else layer.get("bias", False):
        shapes["bias"] = filter_shape[-2:-1]
    return golden_files.draw_tensors(layer["name"], shapes, data)


def make_case(tf, keras, layer, data):
    """The entry of cases.json without offsets, the tensors, and how far each cell of the output may be from others."""
    tensors = make_tensors(layer, data)
    arguments = (tensors["input"], tensors["filter"], tensors.get("bias"))
    expected, slack = definition(layer, *arguments, exact_sums=data == "integers")
    output, source = run_frameworks(tf, keras, layer, *arguments)
    if output.shape != expected.shape or not np.all(np.abs(output - expected) <= slack):
        sys.exit(f"{layer['name']}: {source} and the definition disagree")
    tensors["output"] = output
    exact = data == "integers" and layer.get("activation") in EXACT_ACTIVATIONS
    return {"layer": layer, "output_shape": list(output.shape), "exact": exact, "source": source}, tensors, slack


def make_all():
    tf, keras = import_tensorflow()
    entries = (*tf_layers.layers(), *keras_layers.layers(), *tf_layers.later_layers())
    made = (make_case(tf, keras, *entry) for entry in entries)
    return {"tensorflow": tf.__version__, "keras": keras.__version__}, *golden_files.collect(made)


if __name__ == "__main__":
    files = golden_files.GoldenFiles("make_golden.py", "cases.json", "golden.npy")
    sys.exit(golden_files.main(files, __doc__, ("numpy", "tensorflow", "keras"), make_all))
