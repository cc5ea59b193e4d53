#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden data of the layers in golden_layers.py with TensorFlow and Keras.

    python3 -m venv venv && venv/bin/pip install tensorflow-cpu==2.21.0 keras==3.15.1
    venv/bin/python make_golden.py            writes cases.json and golden.npy beside this script
    venv/bin/python make_golden.py --check    compares with them; exit code 77 where TensorFlow is not installed

golden.npy is one float32 vector; cases.json says where the tensors of a case lie in it, as [offset, count]. Every
output comes from TensorFlow's CPU kernels ("source": "tensorflow"), from XLA where they refuse the layer ("xla"), or
from the definition below where both do ("definition"). All of them are compared with the definition.
"""

import argparse
import importlib.util
import json
import os
import sys
import zlib
from pathlib import Path

import golden_layers

try:
    import numpy as np
except ModuleNotFoundError:  # main() says so
    pass

HERE = Path(__file__).resolve().parent
NOT_INSTALLED = 77
EXACT_ACTIVATIONS = (None, "linear", "relu", "relu6")
# How far float32 arithmetic may be from the definition, of max|output|. The data keeps sums below 2^24 or short.
TOLERANCE = 5e-6
DATA_FORMATS = {"NHWC": False, "NDHWC": False, "NCHW": True, "NCDHW": True, "channels_last": False,
                "channels_first": True, None: False}


def import_tensorflow():
    os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0",
                      CUDA_VISIBLE_DEVICES="-1")
    import keras
    import tensorflow
    tensorflow.get_logger().setLevel("ERROR")  # no advice about retracing: every case is traced once, on purpose
    return tensorflow, keras


# ---- The definition, in double precision, independent of TensorFlow --------------------------------------------------

def spatial_of(values, layer):
    return values[2:] if DATA_FORMATS[layer.get("data_format")] else values[1:-1]


def per_axis(layer, names, rank, default):
    """The argument that the layer gives under one of its names: an int, a list of one, a list for each axis, or a list
    that also covers batch and channels."""
    value = next((layer[name] for name in names if layer.get(name) is not None), default)
    values = value if isinstance(value, list) else [value]
    if len(values) == rank + 2:
        return spatial_of(values, layer)
    return values * rank if len(values) == 1 else values


def axis_geometry(layer, padding, size, kernel, stride, dilation, requested, output_padding):
    """(output extent, cells cropped before the first) of one axis."""
    span = (kernel - 1) * dilation + 1
    full = (size - 1) * stride + span
    if requested is not None:
        return requested, max(0, full - requested) // 2 if padding == "SAME" else 0
    if padding == "SAME":
        output = size * stride if output_padding is None else (size - 1) * stride + span % 2 + output_padding
        return output, max(0, full - output) // 2
    return (size - 1) * stride + max(span, stride) if output_padding is None else full + output_padding, 0


def geometry(layer, filter_shape):
    rank = len(filter_shape) - 2
    op = layer["op"]
    padding = layer.get("padding", "SAME" if op.startswith("tf.") else "valid").upper()
    strides = per_axis(layer, ["strides"], rank, 1)
    dilations = per_axis(layer, ["rate", "dilations", "dilation_rate"], rank, 1)
    requested = spatial_of(layer["output_shape"], layer) if "output_shape" in layer else [None] * rank
    output_padding = per_axis(layer, ["output_padding"], rank, None)
    sizes = spatial_of(layer["input_shape"], layer)
    axes = [axis_geometry(layer, padding, *axis)
            for axis in zip(sizes, filter_shape, strides, dilations, requested, output_padding)]
    return strides, dilations, [output for output, _ in axes], [crop for _, crop in axes]


def definition(layer, x, w, bias):
    first = DATA_FORMATS[layer.get("data_format")]
    x, w = (np.moveaxis(x, 1, -1) if first else x).astype(np.float64), w.astype(np.float64)
    strides, dilations, outputs, crops = geometry(layer, w.shape)
    y = np.zeros((x.shape[0], *outputs, w.shape[-2]))
    for cell in np.ndindex(x.shape[1:-1]):
        for tap in np.ndindex(w.shape[:-2]):
            at = [s * i + d * k - p for s, i, d, k, p in zip(strides, cell, dilations, tap, crops)]
            if all(0 <= o < extent for o, extent in zip(at, outputs)):
                y[(slice(None), *at)] += x[(slice(None), *cell)] @ w[tap].T
    y += 0 if bias is None else bias
    y = {None: lambda v: v, "linear": lambda v: v, "relu": lambda v: np.maximum(v, 0),
         "relu6": lambda v: np.clip(v, 0, 6), "leaky_relu": lambda v: np.where(v < 0, 0.2 * v, v),
         "sigmoid": lambda v: 1 / (1 + np.exp(-v)), "tanh": np.tanh}[layer.get("activation")](y)
    return np.moveaxis(y, -1, 1) if first else y


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
        operator = tf.nn.conv2d_transpose if op == golden_layers.CONV2D else tf.nn.conv3d_transpose
        conv = lambda x, w: operator(x, w, **named)
    activation = keras.activations.get(layer.get("activation"))
    axis = 1 if DATA_FORMATS[layer.get("data_format")] else -1

    def call(x, w, bias):
        y = conv(x, w)
        if bias is not None:
            shape = [1] * len(y.shape)
            shape[axis] = -1
            y = y + tf.reshape(bias, shape)
        return activation(y)
    return call


def keras_layer_function(keras, layer):
    names = ("filters", "kernel_size", "strides", "padding", "output_padding", "data_format", "dilation_rate",
             "activation", "use_bias")
    keras_layer = keras.layers.Conv2DTranspose(**arguments_of(layer, names))
    keras_layer.build(layer["input_shape"])

    def call(x, w, bias):
        return keras_layer.stateless_call([v for v in (w, bias) if v is not None], [], x)[0]
    return call


def run_tensorflow(tf, keras, layer, x, w, bias):
    """(output, source); (None, "definition") where TensorFlow refuses the layer."""
    refusals = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, ValueError)
    tensors = [None if t is None else tf.constant(t) for t in (x, w, bias)]
    try:
        return np.asarray(tf_function(tf, keras, layer)(*tensors)), "tensorflow"
    except refusals:
        pass
    try:
        return np.asarray(tf.function(tf_function(tf, keras, layer), jit_compile=True)(*tensors)), "xla"
    except refusals:
        return None, "definition"


# ---- Cases -----------------------------------------------------------------------------------------------------------

def draw(generator, shape, data):
    if data == "integers":
        return generator.integers(-4, 5, size=shape).astype(np.float32)
    return generator.uniform(-1, 1, size=shape).astype(np.float32)


def make_case(tf, keras, layer, data):
    """The entry of cases.json without offsets, and the tensors."""
    generator = np.random.default_rng(zlib.crc32(layer["name"].encode()))
    is_layer = layer["op"] == golden_layers.KERAS_LAYER
    channels = layer["input_shape"][1 if DATA_FORMATS[layer.get("data_format")] else -1]
    if is_layer:
        filter_shape = [*per_axis(layer, ["kernel_size"], 2, None), layer["filters"], channels]
    else:
        filter_shape = layer["filter_shape"]
    has_bias = layer.get("use_bias", True) if is_layer else layer.get("bias", False)
    tensors = {"input": draw(generator, layer["input_shape"], data), "filter": draw(generator, filter_shape, data)}
    bias = draw(generator, filter_shape[-2:-1], data) if has_bias else None
    if has_bias:
        tensors["bias"] = bias

    expected = definition(layer, tensors["input"], tensors["filter"], bias)
    output, source = run_tensorflow(tf, keras, layer, tensors["input"], tensors["filter"], bias)
    output = expected.astype(np.float32) if output is None else output
    exact = data == "integers" and layer.get("activation") in EXACT_ACTIVATIONS
    tolerance = 0 if exact else TOLERANCE * np.abs(expected).max()
    if output.shape != expected.shape or not np.abs(output - expected).max() <= tolerance:
        sys.exit(f"{layer['name']}: {source} and the definition disagree")
    tensors["output"] = output
    return {"layer": layer, "output_shape": list(output.shape), "exact": exact, "source": source}, tensors


def make_all():
    tf, keras = import_tensorflow()
    cases, parts, offset = [], [], 0
    for layer, data in golden_layers.all_layers():
        case, tensors = make_case(tf, keras, layer, data)
        for name, tensor in tensors.items():
            case[name] = [offset, tensor.size]
            parts.append(tensor.ravel())
            offset += tensor.size
        cases.append(case)
    names = [case["layer"]["name"] for case in cases]
    if len(set(names)) != len(names):
        sys.exit("golden_layers.py: names must be unique")
    return {"tensorflow": tf.__version__, "keras": keras.__version__}, cases, np.concatenate(parts).astype("<f4")


def to_json(versions, cases):
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    return f'{{"made_with": {json.dumps(versions)}, "data": "golden.npy", "cases": [\n{lines}\n]}}\n'


def check(cases, data):
    committed = json.loads((HERE / "cases.json").read_text())["cases"]
    if json.loads(json.dumps(cases)) != committed:
        sys.exit("cases.json: differs from what golden_layers.py gives; run make_golden.py")
    stored = np.load(HERE / "golden.npy")
    if stored.shape != data.shape:
        sys.exit(f"golden.npy: has {stored.size} values instead of {data.size}; run make_golden.py")
    for case in cases:
        for name in ("input", "filter", "bias", "output"):
            begin, count = case.get(name, (0, 0))
            old, new = stored[begin:begin + count], data[begin:begin + count]
            computed = name == "output" and not case["exact"]  # by a float32 summation that differs between machines
            if not np.all(np.abs(old - new) <= (TOLERANCE * np.abs(new).max() if computed else 0)):
                sys.exit(f"golden.npy: the {name} of {case['layer']['name']} differs; run make_golden.py")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    arguments = parser.parse_args()
    if not all(importlib.util.find_spec(module) for module in ("numpy", "tensorflow", "keras")):
        print("SKIPPED: numpy, tensorflow and keras are not installed for " + sys.executable)
        return NOT_INSTALLED
    versions, cases, data = make_all()
    if arguments.check:
        check(cases, data)
    else:
        (HERE / "cases.json").write_text(to_json(versions, cases))
        np.save(HERE / "golden.npy", data)
    sources = [case["source"] for case in cases]
    counts = ", ".join(f"{sources.count(source)} by {source}" for source in sorted(set(sources)))
    print(f"{len(cases)} cases, {data.nbytes} bytes: {counts}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
