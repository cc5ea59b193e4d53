# SPDX-License-Identifier: Apache-2.0
"""Takes the ONNX network apart: where its head is, and the head's layers with everything folded into filter and bias."""

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import numpy_helper

ACTIVATIONS = {"Relu": "relu", "Sigmoid": "sigmoid"}


@dataclass
class HeadLayer:
    """activation((conv_transpose(x, filter) + offset - mean) * scale + shift), as the network computes it.

    `filter` is [in, out, kernel_y, kernel_x]; the others have one value for each output channel, in double precision.
    """

    source: str  # names of the tensors that the layer reads and writes
    result: str
    stride: int
    activation: str
    filter: np.ndarray
    offset: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    shift: np.ndarray

    def folded(self):
        """Filter [kernel_y, kernel_x, out, in], as TensorFlow has it, and bias of the one layer that does the same."""
        filter = self.filter.transpose(2, 3, 1, 0) * self.scale[:, None]
        bias = (self.offset - self.mean) * self.scale + self.shift
        return filter.astype(np.float32), bias.astype(np.float32)


def find_head(model):
    """The layers of the head: each ConvTranspose, with what follows it up to its activation."""
    graph = model.graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    readers = {name: node for node in graph.node for name in node.input}
    return [_layer_at(node, readers, constants) for node in graph.node if node.op_type == "ConvTranspose"]


def _layer_at(node, readers, constants):
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    filter = constants[node.input[1]].astype(np.float64)
    channels = filter.shape[1]
    stride = attributes["strides"][0]
    plain = {"strides": [stride] * 2, "pads": [0] * 4, "dilations": [1] * 2, "group": 1, "output_padding": [0] * 2}
    for name, value in plain.items():
        if attributes.get(name, value) != value:
            raise ValueError(f"{node.name or node.output[0]}: {name} = {attributes[name]}: must be {value}")

    offset, mean, shift = np.zeros(channels), np.zeros(channels), np.zeros(channels)
    scale = np.ones(channels)
    if len(node.input) > 2:
        offset = constants[node.input[2]].astype(np.float64)
    source = node.input[0]
    while True:
        node = readers[node.output[0]]
        if node.op_type in ACTIVATIONS:
            activation = ACTIVATIONS[node.op_type]
            return HeadLayer(source, node.output[0], stride, activation, filter, offset, mean, scale, shift)
        if node.op_type == "Add":
            offset = offset + constants[node.input[1]].astype(np.float64).reshape(channels)
        elif node.op_type == "BatchNormalization":
            gamma, shift, mean, variance = (constants[name].astype(np.float64) for name in node.input[1:])
            epsilon = next(a.f for a in node.attribute if a.name == "epsilon")
            scale = gamma / np.sqrt(variance + epsilon)
        else:
            raise ValueError(f"{node.op_type} after ConvTranspose: must be Add, BatchNormalization, Relu or Sigmoid")
