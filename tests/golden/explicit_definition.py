# SPDX-License-Identifier: Apache-2.0
"""What "conv_transpose" means, in double precision, and how far float32 arithmetic may be from it.

Written from the rules of the layer file. Nothing here is taken from PyTorch, ONNX or onnxruntime, or from tconv; the
sums and the bounds are those of definition.py.
"""

import numpy as np

from definition import ACTIVATIONS, EXACT_ACTIVATIONS, SUM_ERROR, activated, elu, per_axis, scatter


def rank_of(layer):
    return len(layer["input_shape"]) - 2


def has_channels_last(layer):
    return layer.get("data_format") == "channels_last"


def has_filter_channels_last(layer):
    return layer.get("filter_layout") in ("WOI", "HWOI", "DHWOI")


def channels_first(layer, tensor):
    return np.moveaxis(tensor, -1, 1) if has_channels_last(layer) else tensor


def as_iohw(layer, w):
    return np.moveaxis(w, (-1, -2), (0, 1)) if has_filter_channels_last(layer) else w


def windows(layer):
    """(strides, dilations)"""
    return (per_axis(layer, ["strides", "stride"], rank_of(layer), 1),
            per_axis(layer, ["dilations", "dilation"], rank_of(layer), 1))


def pads_of(layer):
    """(cells to crop at the begin, at the end) of every axis, as the layer gives them."""
    rank = rank_of(layer)
    if isinstance(layer.get("pads"), list) and len(layer["pads"]) == 2 * rank:
        return list(zip(layer["pads"][:rank], layer["pads"][rank:]))
    return [(pad, pad) for pad in per_axis(layer, ["pads", "padding"], rank, 0)]


# ---- Geometry --------------------------------------------------------------------------------------------------------

def axis_geometry(auto_pad, size, kernel, stride, dilation, output_padding, pads, requested):
    """(output extent, cells cropped before the first) of one axis."""
    extent = (size - 1) * stride + (kernel - 1) * dilation + 1 + output_padding
    if requested is None and auto_pad in ("SAME_UPPER", "SAME_LOWER"):
        requested = size * stride
    if requested is None:
        begin, end = (0, 0) if auto_pad == "VALID" else pads
        return extent - begin - end, begin
    total = max(0, extent - requested)
    return requested, total // 2 if auto_pad == "SAME_UPPER" else total - total // 2


def geometry(layer, kernel):
    """(output extents, crops)"""
    rank = rank_of(layer)
    sizes = layer["input_shape"][1:-1] if has_channels_last(layer) else layer["input_shape"][2:]
    axes = [axis_geometry(layer.get("auto_pad", "NOTSET"), *axis)
            for axis in zip(sizes, kernel, *windows(layer), per_axis(layer, ["output_padding"], rank, 0),
                            pads_of(layer), layer.get("output_shape", [None] * rank))]
    return [extent for extent, _ in axes], [crop for _, crop in axes]


# ---- Activations -----------------------------------------------------------------------------------------------------

def activation_of(layer):
    """(name, parameters)"""
    activation = layer.get("activation", "none")
    if isinstance(activation, str):
        return activation, {}
    return activation["name"], {key: value for key, value in activation.items() if key != "name"}


# Functions of channels-last tensors, made from the parameters that the layer gives.
WITH_PARAMETERS = {
    "leaky_relu": lambda negative_slope: lambda v: np.where(v < 0, negative_slope * v, v),
    "prelu": lambda alpha: lambda v: np.where(v < 0, alpha * v, v),
    "elu": lambda alpha: lambda v: np.where(v < 0, alpha * elu(v), v),
    "celu": lambda alpha: lambda v: np.where(v < 0, alpha * elu(v / alpha), v),
    "hard_tanh": lambda min_value, max_value: lambda v: np.clip(v, min_value, max_value),
    "clip": lambda min=-np.inf, max=np.inf: lambda v: np.clip(v, min, max),
    "hard_sigmoid": lambda alpha, beta: lambda v: np.clip(alpha * v + beta, 0, 1),
}


def activation_function(layer, alpha):
    name, parameters = activation_of(layer)
    if not parameters:
        return ACTIVATIONS["linear" if name == "none" else name]
    return WITH_PARAMETERS[name](**parameters if alpha is None else {"alpha": alpha})


def is_exact(layer):
    """Whether the activation rounds no integer: it chooses, or multiplies by multiples of 1/64, prelu's tensor among
    them where the data are integers."""
    name, parameters = activation_of(layer)
    if not parameters:
        return name in ("none", *EXACT_ACTIVATIONS)
    numbers = [value for value in parameters.values() if not isinstance(value, str)]
    return name not in ("elu", "celu") and all(value * 64 % 1 == 0 for value in numbers)


def definition(layer, x, w, bias, alpha, exact_sums):
    """(output, how far each of its cells may be from a float32 result)"""
    x, w = np.moveaxis(channels_first(layer, x), 1, -1), np.moveaxis(as_iohw(layer, w), (0, 1), (-1, -2))
    axes = (*windows(layer), *geometry(layer, w.shape[:-2]))
    sums = scatter(x, w, bias, *axes)
    if exact_sums:
        error = np.zeros_like(sums)
    else:
        error = SUM_ERROR * scatter(np.abs(x), np.abs(w), None if bias is None else np.abs(bias), *axes)
    results = activated(activation_function(layer, alpha), sums, error, is_exact(layer),
                        layer.get("activation") == "softmax")
    return tuple(result if has_channels_last(layer) else np.moveaxis(result, -1, 1) for result in results)
