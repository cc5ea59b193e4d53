# SPDX-License-Identifier: Apache-2.0
"""Takes generator.onnx apart: for each ConvTranspose with its activation, a layer file for tconv and .npy weights.

Needs onnx and numpy. What ONNX states goes into the layer file under its own name, and the weights as they are.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper


def attributes_of(node):
    """As JSON has them: a float32 is written with its own digits, so that 0.01 stays 0.01."""
    values = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    for name, value in values.items():
        if isinstance(value, bytes):
            values[name] = value.decode()
        elif isinstance(value, float):
            values[name] = float(str(np.float32(value)))
    return values


class Network:
    """What the graph holds, by the names of its tensors."""

    def __init__(self, model):
        graph = onnx.shape_inference.infer_shapes(model).graph
        self.convolutions = [node for node in graph.node if node.op_type == "ConvTranspose"]
        self.weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self.readers = {name: node for node in graph.node for name in node.input}
        self.shapes = {
            value.name: [axis.dim_value for axis in value.type.tensor_type.shape.dim]
            for value in [*graph.input, *graph.value_info]
        }

    def check_chain(self, graph):
        """Every node feeds the next one, and is a ConvTranspose or the activation of one."""
        for i, node in enumerate(graph.node):
            source = graph.node[i - 1].output[0] if i else graph.input[0].name
            if node.input[0] != source:
                raise SystemExit(f"{node.name} = {node.op_type}: must read {source}: not a chain of layers")


def activation_of(node, weights):
    """(activation of the layer file, slopes of a PRelu) for the node, if any, that reads a ConvTranspose."""
    if node is None or node.op_type == "ConvTranspose":
        return None, None
    attributes = attributes_of(node)
    if node.op_type == "PRelu":
        # [C], [C, 1, 1] or [1, C, 1, 1], by exporter: in each one value for each channel.
        return {"name": "prelu", "alpha": ""}, weights[node.input[1]].reshape(-1)
    if node.op_type == "LeakyRelu":
        return {"name": "leaky_relu", "negative_slope": attributes.get("alpha", 0.01)}, None
    if node.op_type in ("Relu", "Sigmoid", "Tanh"):
        return node.op_type.lower(), None
    raise SystemExit(f"{node.name} = {node.op_type}: must be PRelu, LeakyRelu, Relu, Sigmoid or Tanh")


def write_layer(folder, node, network):
    # The module's name in PyTorch: its filter is NAME.weight.
    name = node.input[1].removesuffix(".weight").replace(".", "_")
    tensors = {"filter": network.weights[node.input[1]]}
    if len(node.input) > 2:
        tensors["bias"] = network.weights[node.input[2]]
    activation, slopes = activation_of(network.readers.get(node.output[0]), network.weights)
    if slopes is not None:
        activation["alpha"] = f"{name}_slopes.npy"
        np.save(folder / activation["alpha"], slopes)

    layer = {
        "name": name,
        "op": "conv_transpose",
        "input_shape": network.shapes[node.input[0]],
        "filter_shape": list(tensors["filter"].shape),
        **attributes_of(node),
        "bias": "bias" in tensors,
        "activation": activation,
        "weights": {tensor: f"{name}_{tensor}.npy" for tensor in tensors},
    }
    for tensor, values in tensors.items():
        np.save(folder / layer["weights"][tensor], values)
    lines = [f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in layer.items()]
    (folder / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="generator.onnx")
    parser.add_argument("folder", type=Path, help="where the layer files are written")
    arguments = parser.parse_args()

    model = onnx.load(arguments.model)
    network = Network(model)
    network.check_chain(model.graph)
    for node in network.convolutions:
        write_layer(arguments.folder, node, network)


if __name__ == "__main__":
    main()
