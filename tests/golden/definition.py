# SPDX-License-Identifier: Apache-2.0
"""What the six operators mean, in double precision, and how far float32 arithmetic may be from it.

Written from the definition: input cell i and tap k meet in output cell stride*i + dilation*k - crop of every axis.
Nothing here is taken from TensorFlow or Keras, or from tconv.
"""

import math

import numpy as np

from golden_layers import has_channels_first

EXACT_ACTIVATIONS = (None, "linear", "relu", "relu6")
# Of the sum of |input * filter| and |bias|: the rounding of a float32 sum of some hundred products.
SUM_ERROR = 3e-7
# Of the value, or of 1 where activations cancel: what a float32 exp, tanh or erf may be wrong by.
ACTIVATION_ERROR = 1e-6


def spatial_of(values, layer):
    return values[2:] if has_channels_first(layer) else values[1:-1]


def per_axis(layer, names, rank, default):
    """The argument that the layer gives under one of its names: an int, a list of one, a list for each axis, or a list
    that also covers batch and channels."""
    value = next((layer[name] for name in names if layer.get(name) is not None), default)
    values = value if isinstance(value, list) else [value]
    if len(values) == rank + 2:
        return spatial_of(values, layer)
    return values * rank if len(values) == 1 else values


def axis_geometry(padding, size, kernel, stride, dilation, requested, output_padding):
    """(output extent, cells cropped before the first) of one axis."""
    span = (kernel - 1) * dilation + 1
    full = (size - 1) * stride + span
    if isinstance(padding, list):
        return requested, padding[0]
    if requested is not None:
        return requested, max(0, full - requested) // 2 if padding == "SAME" else 0
    if padding == "SAME":
        output = size * stride if output_padding is None else (size - 1) * stride + span % 2 + output_padding
        return output, max(0, full - output) // 2
    return (size - 1) * stride + max(span, stride) if output_padding is None else full + output_padding, 0


def paddings(layer, rank):
    """For each axis its name in capitals, or the pair of what a forward convolution pads."""
    padding = layer.get("padding", "SAME" if layer["op"].startswith("tf.") else "valid")
    return spatial_of(padding, layer) if isinstance(padding, list) else [padding.upper()] * rank


def windows(layer, rank):
    """(strides, dilations)"""
    return (per_axis(layer, ["strides"], rank, 1),
            per_axis(layer, ["rate", "dilations", "dilation_rate"], rank, 1))


def geometry(layer, filter_shape):
    """(output extents, crops)"""
    rank = len(filter_shape) - 2
    requested = spatial_of(layer["output_shape"], layer) if "output_shape" in layer else [None] * rank
    output_padding = per_axis(layer, ["output_padding"], rank, None)
    sizes = spatial_of(layer["input_shape"], layer)
    axes = [axis_geometry(*axis) for axis in zip(paddings(layer, rank), sizes, filter_shape, *windows(layer, rank),
                                                 requested, output_padding)]
    return [output for output, _ in axes], [crop for _, crop in axes]


def scatter(x, w, bias, strides, dilations, outputs, crops):
    """The sums of an input with channels last and a filter [taps..., out, in]."""
    x, w = x.astype(np.float64), w.astype(np.float64)
    y = np.zeros((x.shape[0], *outputs, w.shape[-2]))
    for cell in np.ndindex(x.shape[1:-1]):
        for tap in np.ndindex(w.shape[:-2]):
            at = [s * i + d * k - p for s, i, d, k, p in zip(strides, cell, dilations, tap, crops)]
            if all(0 <= o < extent for o, extent in zip(at, outputs)):
                y[(slice(None), *at)] += x[(slice(None), *cell)] @ w[tap].T
    return y + (0 if bias is None else bias)


def convolve(layer, x, w, bias):
    first = has_channels_first(layer)
    x = np.moveaxis(x, 1, -1) if first else x
    y = scatter(x, w, bias, *windows(layer, w.ndim - 2), *geometry(layer, w.shape))
    return np.moveaxis(y, -1, 1) if first else y


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def softplus(v):
    return np.logaddexp(0, v)


def hard_sigmoid(v):
    return np.clip(v + 3, 0, 6) / 6


def elu(v):
    return np.where(v < 0, np.expm1(np.minimum(v, 0)), v)


def gelu(v):
    erf = np.vectorize(math.erf, otypes=[np.float64])
    return v / 2 * (1 + erf(v / math.sqrt(2)))


def selu(v):
    return 1.0507009873554805 * np.where(v < 0, 1.6732632423543772 * elu(v), v)


def softmax(v):
    """Over the last axis of the tensor, which is the width in channels_first."""
    powers = np.exp(v - v.max(axis=-1, keepdims=True, initial=-np.inf))
    return powers / powers.sum(axis=-1, keepdims=True)


ACTIVATIONS = {
    None: lambda v: v, "linear": lambda v: v, "relu": lambda v: np.maximum(v, 0), "relu6": lambda v: np.clip(v, 0, 6),
    "leaky_relu": lambda v: np.where(v < 0, 0.2 * v, v), "elu": elu, "celu": elu, "selu": selu, "gelu": gelu,
    "softplus": softplus, "softsign": lambda v: v / (1 + np.abs(v)), "silu": lambda v: v * sigmoid(v),
    "swish": lambda v: v * sigmoid(v), "mish": lambda v: v * np.tanh(softplus(v)), "sigmoid": sigmoid, "tanh": np.tanh,
    "exponential": np.exp, "hard_sigmoid": hard_sigmoid, "hard_silu": lambda v: v * hard_sigmoid(v),
    "hard_swish": lambda v: v * hard_sigmoid(v), "softmax": softmax,
}


def activated(activation, sums, error, exact, over_rows):
    """(activation of the sums, how far each cell may be from a float32 result), the sums being wrong by `error`."""
    y = activation(sums)
    if over_rows:  # every exponent of a row may be wrong
        moved = y * np.expm1(2 * error.max(axis=-1, keepdims=True, initial=0))
    else:
        moved = np.maximum(np.abs(activation(sums + error) - y), np.abs(activation(sums - error) - y))
    own = 0 if exact else ACTIVATION_ERROR * np.maximum(1, np.abs(y))
    return y, moved + own


def definition(layer, x, w, bias, exact_sums):
    """(output, how far each of its cells may be from a float32 result)"""
    name = layer.get("activation")
    sums = convolve(layer, x, w, bias)
    if exact_sums:
        error = np.zeros_like(sums)
    else:
        error = SUM_ERROR * convolve(layer, np.abs(x), np.abs(w), None if bias is None else np.abs(bias))
    return activated(ACTIVATIONS[name], sums, error, name in EXACT_ACTIVATIONS, name == "softmax")
