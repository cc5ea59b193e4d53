# SPDX-License-Identifier: Apache-2.0
"""How the layers of the golden data are written down; tf_layers.py and keras_layers.py hold them.

A layer is (layer file, kind of data). To add one: a line in the table of its operator, then make_golden.py. Names are
unique and seed the data, so no layer changes when another is added. Kinds of data:

    integers   -4 to 4: float32 sums are exact, so results must be equal unless the activation rounds
    random     uniform in [-1, 1)
    wide       the same, with inputs four times as large: reaches the flat ends of activations
"""

CONV1D = "tf.nn.conv1d_transpose"
CONV2D = "tf.nn.conv2d_transpose"
ATROUS = "tf.nn.atrous_conv2d_transpose"
CONV3D = "tf.nn.conv3d_transpose"
KERAS_OPS = "keras.ops.conv_transpose"
KERAS_LAYER = "keras.layers.Conv2DTranspose"

CHANNELS_FIRST = ("ncw", "nchw", "ncdhw", "channels_first")

# Every name that an activation has, and data on which it shows what it does.
ACTIVATIONS = {
    "linear": "integers", "relu": "integers", "relu6": "integers", "leaky_relu": "random", "elu": "wide",
    "selu": "wide", "celu": "wide", "gelu": "wide", "softplus": "wide", "softsign": "wide", "silu": "wide",
    "swish": "random", "mish": "wide", "sigmoid": "wide", "tanh": "random", "exponential": "random",
    "hard_sigmoid": "wide", "hard_silu": "wide", "hard_swish": "random", "softmax": "random",
}


def has_channels_first(layer):
    return str(layer.get("data_format")).lower() in CHANNELS_FIRST


def tensor_shape(batch, spatial, channels, layer):
    return [batch, channels, *spatial] if has_channels_first(layer) else [batch, *spatial, channels]


def functional(op, name, spatial, kernel, ci, co, output=None, batch=1, data="integers", **arguments):
    """A functional operator; `output` is the spatial part of output_shape where the operator has one."""
    layer = {"name": name, "op": op, "input_shape": tensor_shape(batch, spatial, ci, arguments),
             "filter_shape": [*kernel, co, ci]}
    if output is not None:
        layer["output_shape"] = tensor_shape(batch, output, co, arguments)
    return {**layer, **arguments}, data


def keras_layer(name, spatial, kernel_size, ci, filters, batch=1, data="integers", **arguments):
    shape = tensor_shape(batch, spatial, ci, arguments)
    return {"name": name, "op": KERAS_LAYER, "input_shape": shape, "filters": filters, "kernel_size": kernel_size,
            **arguments}, data
