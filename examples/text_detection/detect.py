# SPDX-License-Identifier: Apache-2.0
"""Runs the detector's head with tconv and with onnxruntime: compares, times both on one thread, and draws the regions.

FOLDER holds what export_head.py wrote, and lib/ what tconv built. onnxruntime is timed with its tensors in place
(channels first, no copies), tconv likewise (channels last): the one transposition in between is stated apart.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from PIL import Image

import network
import page
import picture
import report
from export_head import LAYER_NAMES
from rounding import largest, rounding_bound

# Of the probability map against the network in one piece. onnxruntime may fuse the body differently there, so that the
# bound of the head alone does not hold; a difference this small moves no cell of the 8-bit map by more than rounding.
MAP_LIMIT = 1e-4


class Piece:
    """One of the ONNX models on one thread, its input and output in memory that is allocated once."""

    def __init__(self, path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def compute(self, x):
        """The output for a channels-last input, channels last; also what `times` then repeats."""
        source, result = self.session.get_inputs()[0].name, self.session.get_outputs()[0].name
        x = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
        shape = self.session.run(None, {source: x})[0].shape
        self.input = onnxruntime.OrtValue.ortvalue_from_numpy(x)
        self.output = onnxruntime.OrtValue.ortvalue_from_shape_and_type(shape, np.float32)
        self.binding = self.session.io_binding()
        self.binding.bind_ortvalue_input(source, self.input)
        self.binding.bind_ortvalue_output(result, self.output)
        self.session.run_with_iobinding(self.binding)
        return self.output.numpy().transpose(0, 2, 3, 1)

    def times(self):
        """Milliseconds of each of the repetitions after a first that is not counted, as in the C program."""
        times = []
        for _ in range(report.REPETITIONS + 1):
            start = time.perf_counter()
            self.session.run_with_iobinding(self.binding)
            times.append(1e3 * (time.perf_counter() - start))
        return np.array(times[1:])


def read_floats(path, shape):
    return np.fromfile(path, np.float32).reshape(shape)


def check(name, difference, bound):
    """Prints how much of the bound is used; ends the program where a cell exceeds it or is not a number."""
    share = largest(difference / bound)
    if not share <= 1:
        sys.exit(f"detect.py: {name}: differs from onnxruntime by {largest(difference):.3g}, "
                 f"{share:.3g} times what rounding explains")
    return share


def shape_text(name, layer):
    inputs, outputs, kernel, _ = layer.filter.shape
    return f"    {name}: {inputs} to {outputs} channels, kernel {kernel}, stride {layer.stride}, {layer.activation}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="the detector, ONNX")
    parser.add_argument("page", type=Path, help="the picture that head_input.npy was made of")
    parser.add_argument("folder", type=Path)
    parser.add_argument("program", type=Path, help="detector_head, compiled")
    parser.add_argument("output", type=Path, help="the picture to write")
    arguments = parser.parse_args()
    folder = arguments.folder

    # The network's tensors are channels first, the layers channels last: one transposition, at the head's input. The
    # output has one channel, where the two are the same.
    head_input = np.load(folder / "head_input.npy")
    start = time.perf_counter()
    x = np.ascontiguousarray(head_input.transpose(0, 2, 3, 1))
    transposing_ms = 1e3 * (time.perf_counter() - start)
    files = [folder / name for name in ("head_input.f32", "features.f32", "probabilities.f32")]
    x.tofile(files[0])
    report.run_program(arguments.program, *files)

    up1, up2 = network.find_head(onnx.load(arguments.model))
    pieces = {name: Piece(folder / f"{name}.onnx") for name in ("up1", "up2", "head")}
    expected_features = pieces["up1"].compute(x)
    features = read_floats(files[1], expected_features.shape)
    expected_map = pieces["up2"].compute(features)  # the input that our second layer had
    probabilities = read_floats(files[2], expected_map.shape)
    expected_head = pieces["head"].compute(x)

    bound = rounding_bound(up1, x.astype(np.float64))
    head_bound = rounding_bound(up2, features.astype(np.float64), bound)
    differences = [features - expected_features, probabilities - expected_map, probabilities - expected_head]
    bounds = [bound, rounding_bound(up2, features.astype(np.float64)), head_bound]
    shares = [check(*each) for each in zip([*LAYER_NAMES, "head"], differences, bounds)]

    scan = Image.open(arguments.page)
    whole = onnxruntime.InferenceSession(arguments.model, providers=["CPUExecutionProvider"])
    whole_map = whole.run(None, {whole.get_inputs()[0].name: page.network_input(scan)})[0]
    map_difference = largest(probabilities[..., 0] - whole_map[:, 0])
    if not map_difference <= MAP_LIMIT:
        sys.exit(f"detect.py: probability map: differs from the whole network's by {map_difference:.3g}: "
                 f"must be at most {MAP_LIMIT}")

    ours, *theirs = report.in_turns(lambda: report.run_program(arguments.program, *files),
                                    *(piece.times for piece in pieces.values()))
    targets = [report.target_of(folder / "lib", name) for name in LAYER_NAMES]
    times = [ours[:, 0], ours[:, 1], ours.sum(axis=1)]
    rows = zip([*LAYER_NAMES, "both"], [*targets, targets[0]], map(largest, differences), times, theirs)
    report.print_table([report.Row(*row) for row in rows], "onnxruntime")
    print(f"One thread each; least and (median) of {len(ours)} runs in turns on the same input, "
          f"{' x '.join(map(str, x.shape))}.\n"
          f"Every cell is within what rounding explains: {max(shares):.1%} of it at most.\n"
          f"Map against the whole network in onnxruntime: {map_difference:.2e} at most, {MAP_LIMIT:g} allowed.\n"
          f"Not in the table: the head's input to channels last, once, {transposing_ms:.1f} ms in numpy.")

    regions = page.text_regions(probabilities[0, :, :, 0])
    if not regions:
        sys.exit("detect.py: text regions = 0: the page has some")
    print(f"{len(regions)} text regions found.")
    notes = ["onnxruntime computes the detector (PP-OCRv4) up to its head,",
             "tconv's libraries the head, two transposed convolutions:", "",
             *(shape_text(name, layer) for name, layer in zip(LAYER_NAMES, [up1, up2])), "",
             f"largest difference {largest(differences[2]):.1e}, {shares[2]:.1%} of what rounding explains",
             f"{times[2].min():.1f} ms, onnxruntime {theirs[2].min():.1f} ms, one thread each ({targets[0]})"]
    picture.draw_page(scan, probabilities[0, :, :, 0], differences[2][0, :, :, 0], regions, notes).save(arguments.output)


if __name__ == "__main__":
    main()
