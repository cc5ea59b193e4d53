# SPDX-License-Identifier: Apache-2.0
"""The layers of "conv_transpose" as PyTorch and onnxruntime compute them, and the node tests of the onnx package.

Both compute tensors with channels first and filters [in, out, taps...]; layouts that they lack are transposed. Nothing
else is translated: what a framework has no argument for, it refuses.
"""

import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper
from onnxruntime.capi import onnxruntime_pybind11_state as runtime_errors

from definition import per_axis
from explicit_definition import activation_of, as_iohw, channels_first, has_channels_last, pads_of, rank_of, windows

OPSET, IR_VERSION = 22, 10
RUNTIME_ERRORS = (runtime_errors.Fail, runtime_errors.InvalidArgument, runtime_errors.InvalidGraph,
                  runtime_errors.NotImplemented, runtime_errors.RuntimeException)


class Refusal(Exception):
    pass


# ---- PyTorch ---------------------------------------------------------------------------------------------------------

functional = torch.nn.functional
PYTORCH_ACTIVATIONS = {
    "none": lambda y: y, "linear": lambda y: y, "relu": functional.relu, "relu6": functional.relu6,
    "elu": functional.elu, "selu": functional.selu, "celu": functional.celu, "gelu": functional.gelu,
    "softplus": functional.softplus, "softsign": functional.softsign, "silu": functional.silu,
    "mish": functional.mish, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "exponential": torch.exp,
    "hard_silu": functional.hardswish, "softmax": lambda y: functional.softmax(y, dim=1),
    "leaky_relu": functional.leaky_relu, "clip": torch.clamp,
    "hard_tanh": lambda y, min_value, max_value: functional.hardtanh(y, min_value, max_value),
    "prelu": lambda y, alpha: functional.prelu(y, torch.as_tensor(alpha, dtype=torch.float32).reshape(-1)),
}


def pytorch_activation(layer, alpha, y):
    name, parameters = activation_of(layer)
    if name == "hard_sigmoid":
        if (parameters["alpha"], parameters["beta"]) != (1 / 6, 0.5):
            raise Refusal("hardsigmoid has no parameters")
        return functional.hardsigmoid(y)
    return PYTORCH_ACTIVATIONS[name](y, **parameters if alpha is None else {"alpha": alpha})


def pytorch(layer, x, w, bias, alpha):
    pads = pads_of(layer)
    if "output_shape" in layer or layer.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise Refusal("no such argument")
    if any(begin != end for begin, end in pads):
        raise Refusal("padding is the same on both sides")
    operator = (functional.conv_transpose1d, functional.conv_transpose2d, functional.conv_transpose3d)[x.ndim - 3]
    strides, dilations = windows(layer)
    padding = 0 if layer.get("auto_pad") == "VALID" else [begin for begin, _ in pads]
    x, w, bias = (None if tensor is None else torch.from_numpy(np.ascontiguousarray(tensor)) for tensor in (x, w, bias))
    try:
        y = operator(x, w, bias, stride=strides, padding=padding, dilation=dilations,
                     output_padding=per_axis(layer, ["output_padding"], rank_of(layer), 0))
    except RuntimeError as error:
        raise Refusal(error) from error
    return pytorch_activation(layer, alpha, y).numpy()


# ---- onnxruntime -----------------------------------------------------------------------------------------------------

# Activations of one operator.
ONNX_ACTIVATIONS = {
    "relu": "Relu", "elu": "Elu", "selu": "Selu", "celu": "Celu", "gelu": "Gelu", "softplus": "Softplus",
    "softsign": "Softsign", "mish": "Mish", "sigmoid": "Sigmoid", "tanh": "Tanh", "exponential": "Exp",
    "hard_silu": "HardSwish", "softmax": "Softmax", "leaky_relu": "LeakyRelu", "hard_sigmoid": "HardSigmoid",
}


def clip_nodes(low, high, initializers):
    """Clip takes its bounds as tensors; a name that is empty is an absent bound."""
    names = []
    for name, bound in (("low", low), ("high", high)):
        if bound is not None:
            initializers[name] = np.float32(bound)
        names.append("" if bound is None else name)
    return [helper.make_node("Clip", ["sums", *names], ["output"])]


def activation_nodes(layer, alpha, initializers):
    """The nodes from `sums` to `output`; tensors that they need go into `initializers`."""
    name, parameters = activation_of(layer)
    if name in ("none", "linear"):
        return [helper.make_node("Identity", ["sums"], ["output"])]
    if name == "relu6":
        return clip_nodes(0, 6, initializers)
    if name == "hard_tanh":
        return clip_nodes(parameters["min_value"], parameters["max_value"], initializers)
    if name == "clip":
        return clip_nodes(parameters.get("min"), parameters.get("max"), initializers)
    if name == "silu":
        return [helper.make_node("Sigmoid", ["sums"], ["gate"]), helper.make_node("Mul", ["sums", "gate"], ["output"])]
    if name == "prelu":
        slopes = np.asarray(parameters["alpha"] if alpha is None else alpha, np.float32)
        initializers["slopes"] = slopes.reshape(-1, *[1] * rank_of(layer))
        return [helper.make_node("PRelu", ["sums", "slopes"], ["output"])]
    attributes = {"axis": 1} if name == "softmax" else parameters
    attributes = {"alpha" if key == "negative_slope" else key: float(value) if key != "axis" else value
                  for key, value in attributes.items()}
    return [helper.make_node(ONNX_ACTIVATIONS[name], ["sums"], ["output"], **attributes)]


def convolution_attributes(layer):
    rank = rank_of(layer)
    strides, dilations = windows(layer)
    attributes = {"strides": strides, "dilations": dilations,
                  "output_padding": per_axis(layer, ["output_padding"], rank, 0),
                  **{name: layer[name] for name in ("auto_pad", "output_shape", "group") if name in layer}}
    if "kernel_shape" in layer or "kernel_size" in layer:
        attributes["kernel_shape"] = per_axis(layer, ["kernel_shape", "kernel_size"], rank, None)
    if "pads" in layer or "padding" in layer:
        attributes["pads"] = [pad for side in zip(*pads_of(layer)) for pad in side]
    return attributes


def onnx_model(layer, tensors, alpha):
    initializers = {}
    convolution = helper.make_node("ConvTranspose", list(tensors), ["sums"], **convolution_attributes(layer))
    nodes = [convolution, *activation_nodes(layer, alpha, initializers)]
    inputs = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, tensor.shape)
              for name, tensor in tensors.items()]
    output = helper.make_tensor_value_info("output", onnx.TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, layer["name"], inputs, [output],
                              [numpy_helper.from_array(np.asarray(t), name) for name, t in initializers.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)


def run_onnxruntime(layer, x, w, bias, alpha):
    tensors = {name: np.ascontiguousarray(tensor)
               for name, tensor in (("x", x), ("w", w), ("bias", bias)) if tensor is not None}
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4  # refusals are told by exceptions
    try:
        session = onnxruntime.InferenceSession(onnx_model(layer, tensors, alpha).SerializeToString(), options,
                                               providers=["CPUExecutionProvider"])
        return session.run(None, tensors)[0]
    except RUNTIME_ERRORS as error:
        raise Refusal(error) from error


# ---- Both ------------------------------------------------------------------------------------------------------------

FRAMEWORKS = {"pytorch": pytorch, "onnxruntime": run_onnxruntime}


def versions():
    return {"torch": torch.__version__, "onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}


def prepare():
    torch.set_num_threads(1)
    onnxruntime.set_default_logger_severity(4)


def run_frameworks(layer, x, w, bias, alpha):
    """(outputs by framework, refusals by framework)"""
    outputs, refusals = {}, {}
    for name, run in FRAMEWORKS.items():
        try:
            y = run(layer, channels_first(layer, x), as_iohw(layer, w), bias, alpha)
            outputs[name] = np.moveaxis(y, 1, -1) if has_channels_last(layer) else y
        except Refusal as refusal:
            refusals[name] = str(refusal).splitlines()[0]
    return outputs, refusals


def onnx_node_tests():
    """(layer, tensors) of the onnx package's node tests of ConvTranspose, except those with groups."""
    from onnx.backend.test.case.node import collect_testcases
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about numbers in tests of other operators, which are made on the way
        tests = collect_testcases("ConvTranspose")
    for test in tests:
        (node,), ((inputs, (output,)),) = test.model.graph.node, test.data_sets
        attributes = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        attributes = {name: value.decode() if isinstance(value, bytes) else value for name, value in attributes.items()}
        if attributes.get("group", 1) != 1:
            continue
        tensors = {**dict(zip(("input", "filter", "bias"), inputs)), "output": output}
        yield {"name": "onnx_" + test.name, "op": "conv_transpose", "input_shape": list(inputs[0].shape),
               "filter_shape": list(inputs[1].shape), **({"bias": True} if len(inputs) == 3 else {}),
               **attributes}, tensors
