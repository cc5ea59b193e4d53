# SPDX-License-Identifier: Apache-2.0
"""Splits the detector at its head: layer files and weights for tconv, the pieces as ONNX models, the head's input.

Writes into FOLDER: detector_up1.json and detector_up2.json with their .npy weights, up1.onnx, up2.onnx and head.onnx
(what onnxruntime is compared and timed with), body.onnx, and head_input.npy, what the body makes of the page.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx.utils import extract_model
from PIL import Image

import network
import page

LAYER_NAMES = ["detector_up1", "detector_up2"]


def write_layer(folder, name, layer, input_shape):
    """The layer file and its weights; returns the output shape, which is the next layer's input shape."""
    filter, bias = layer.folded()
    np.save(folder / f"{name}_filter.npy", filter)
    np.save(folder / f"{name}_bias.npy", bias)
    batch, height, width, _ = input_shape
    output_shape = [batch, height * layer.stride, width * layer.stride, filter.shape[2]]
    description = {
        "name": name,
        "op": "tf.nn.conv2d_transpose",
        "input_shape": list(input_shape),
        "filter_shape": list(filter.shape),
        "output_shape": output_shape,
        "strides": layer.stride,
        "padding": "VALID",
        "bias": True,
        "activation": layer.activation,
        "weights": {"filter": f"{name}_filter.npy", "bias": f"{name}_bias.npy"},
    }
    (folder / f"{name}.json").write_text(json.dumps(description, indent=4) + "\n")
    return output_shape


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="the detector, ONNX")
    parser.add_argument("page", type=Path, help="a picture")
    parser.add_argument("folder", type=Path, help="where everything is written")
    arguments = parser.parse_args()

    model = onnx.load(arguments.model)
    up1, up2 = network.find_head(model)

    pieces = {
        "body": (model.graph.input[0].name, up1.source),
        "up1": (up1.source, up1.result),
        "up2": (up2.source, up2.result),
        "head": (up1.source, up2.result),
    }
    for piece, (source, result) in pieces.items():
        extract_model(str(arguments.model), str(arguments.folder / f"{piece}.onnx"), [source], [result])

    body = onnxruntime.InferenceSession(arguments.folder / "body.onnx", providers=["CPUExecutionProvider"])
    (head_input,) = body.run(None, {pieces["body"][0]: page.network_input(Image.open(arguments.page))})
    np.save(arguments.folder / "head_input.npy", head_input)

    batch, channels, height, width = head_input.shape
    shape = [batch, height, width, channels]
    for name, layer in zip(LAYER_NAMES, [up1, up2]):
        shape = write_layer(arguments.folder, name, layer, shape)


if __name__ == "__main__":
    main()
