#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden data of the layers in explicit_layers.py and explicit_activations.py.

    python3 -m venv venv && venv/bin/pip install torch==2.15.0 onnx==1.23.2 onnxruntime==1.32.0
    venv/bin/python make_explicit_golden.py            writes explicit_cases.json and explicit_golden.npy
    venv/bin/python make_explicit_golden.py --check    compares with them; exit code 77 where one is not installed

The files have the form of those of make_golden.py. A layer is computed by every framework that accepts it, its
"source"; they all agree with explicit_definition.py, and the output is the first one's:

    pytorch               torch.nn.functional.conv_transpose1d to 3d, and an activation
    onnxruntime           a model of ConvTranspose and an activation
    pytorch+onnxruntime   both
    onnx                  a node test of the onnx package, which brings its output; frameworks only agree with it
"""

import sys

import explicit_activations
import explicit_layers
import golden_files

try:
    import numpy as np
    import explicit_frameworks
    from explicit_definition import definition, is_exact
except ModuleNotFoundError:  # golden_files.main() says so
    pass


def make_case(layer, tensors, is_integers, output_source=None):
    """The entry of explicit_cases.json without offsets, the tensors, and how far each cell of the output may be from
    others. The output comes from `output_source` if that is given, and then the tensors have it."""
    arguments = [tensors.get(name) for name in ("input", "filter", "bias", "alpha")]
    expected, slack = definition(layer, *arguments, exact_sums=is_integers)
    outputs, refusals = explicit_frameworks.run_frameworks(layer, *arguments)
    if not outputs:
        sys.exit(f"{layer['name']}: no framework accepts it: {refusals}")
    source = "+".join(outputs)
    if output_source is not None:
        outputs, source = {output_source: tensors["output"], **outputs}, output_source
    for name, output in outputs.items():
        if output.shape != expected.shape or not np.all(np.abs(output - expected) <= slack):
            sys.exit(f"{layer['name']}: {name} and the definition disagree")
    tensors["output"] = next(iter(outputs.values()))
    return {"layer": layer, "output_shape": list(expected.shape), "exact": is_integers and is_exact(layer),
            "source": source}, tensors, slack


def make_own_cases():
    for layer, data, shapes in (*explicit_layers.layers(), *explicit_activations.layers()):
        yield make_case(layer, golden_files.draw_tensors(layer["name"], shapes, data), data == "integers")


def make_onnx_cases():
    for layer, tensors in explicit_frameworks.onnx_node_tests():
        is_integers = all(np.array_equal(tensor, np.rint(tensor)) for tensor in tensors.values())
        yield make_case(layer, tensors, is_integers, "onnx")


def make_all():
    explicit_frameworks.prepare()
    made = (*make_own_cases(), *make_onnx_cases())
    return explicit_frameworks.versions(), *golden_files.collect(made)


if __name__ == "__main__":
    files = golden_files.GoldenFiles("make_explicit_golden.py", "explicit_cases.json", "explicit_golden.npy")
    sys.exit(golden_files.main(files, __doc__, ("numpy", "torch", "onnx", "onnxruntime"), make_all))
