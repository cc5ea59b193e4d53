# SPDX-License-Identifier: Apache-2.0
"""What runs where a wheel cannot be had: a bundled picture, enlarged twofold by a k4 s2 layer with bilinear weights.

`layer` writes the layer file, its weights and the input; `run` runs the compiled program, compares it with the
interpolation formula in numpy, which knows nothing of convolutions, and writes the two pictures side by side.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

from picture import greys, sheet
from report import Row, in_turns, print_table, run_program, target_of
from rounding import largest

NAME = "upsample"
CHANNELS = 3
# 16 products of values in 0..1 whose weights add up to 1, in two orders, each rounded: 2 * (16 + 8) * 2^-24.
LARGEST_DIFFERENCE = 48 * 2.0**-24


def read_picture(path):
    """float32 [1, height, width, 3] in 0..1."""
    return np.asarray(Image.open(path).convert("RGB"), np.float32)[None] / 255


def write_layer(picture, folder):
    """Channels do not mix: the filter [4, 4, out, in] is diagonal."""
    weights = np.array([0.25, 0.75, 0.75, 0.25], np.float32)
    filter = np.einsum("y,x,oi->yxoi", weights, weights, np.eye(CHANNELS, dtype=np.float32))
    np.save(folder / f"{NAME}_filter.npy", filter)
    height, width = picture.shape[1:3]
    layer = {
        "name": NAME,
        "op": "tf.nn.conv2d_transpose",
        "input_shape": list(picture.shape),
        "filter_shape": list(filter.shape),
        "output_shape": [1, 2 * height, 2 * width, CHANNELS],
        "strides": 2,
        "padding": "SAME",
        "weights": {"filter": f"{NAME}_filter.npy"},
    }
    (folder / f"{NAME}.json").write_text(json.dumps(layer, indent=2) + "\n")
    picture.tofile(folder / f"{NAME}_input.f32")


def interpolated(picture):
    """Cell 2m lies a quarter of the way from m to m - 1, cell 2m + 1 from m to m + 1; beyond the border there is 0."""
    for axis in (1, 2):
        size = picture.shape[axis]
        padded = np.pad(picture, [(1, 1) if a == axis else (0, 0) for a in range(4)])
        before, here, after = (np.take(padded, np.arange(size) + shift, axis) for shift in range(3))
        pairs = np.stack([0.75 * here + 0.25 * before, 0.75 * here + 0.25 * after], axis + 1)
        shape = list(picture.shape)
        shape[axis] = 2 * size
        picture = pairs.reshape(shape)
    return picture


def run(picture, folder, output):
    """Table, check and picture."""
    enlarged_file = folder / f"{NAME}_output.f32"

    def theirs():
        start = time.perf_counter()
        interpolated(picture)
        return np.array([1e3 * (time.perf_counter() - start)])

    ours, numpy_times = in_turns(
        lambda: run_program(folder / NAME, folder / f"{NAME}_input.f32", enlarged_file)[:, 0], theirs)
    expected = interpolated(picture.astype(np.float64))
    enlarged = np.fromfile(enlarged_file, np.float32).reshape(expected.shape)
    difference = largest(enlarged - expected)
    print_table([Row(NAME, target_of(folder / "lib", NAME), difference, ours, numpy_times)], "numpy")
    if not difference <= LARGEST_DIFFERENCE:
        sys.exit(f"upsample: differs by {difference:.2e} from the formula; rounding explains {LARGEST_DIFFERENCE:.2e}")

    before, after = (greys(values[0]) for values in (picture, enlarged))
    notes = ["one transposed convolution, kernel 4, stride 2, with bilinear weights",
             f"largest difference to the formula in numpy: {difference:.1e}, "
             f"{difference / LARGEST_DIFFERENCE:.0%} of what rounding explains",
             f"{ours.min():.2f} ms, numpy {numpy_times.min():.2f} ms, one thread each ({target_of(folder / 'lib', NAME)})"]
    sheet([[(f"input, {before.width} x {before.height}", before),
            (f"computed by tconv, {after.width} x {after.height}", after)],
           [("what was computed, and how close it is", notes), ("", [])]]).save(output)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("layer", "run"):
        arguments = verbs.add_parser(verb)
        arguments.add_argument("image", type=Path)
        arguments.add_argument("folder", type=Path)
        if verb == "run":
            arguments.add_argument("picture", type=Path)
    chosen = parser.parse_args()
    picture = read_picture(chosen.image)
    if chosen.verb == "layer":
        write_layer(picture, chosen.folder)
    else:
        run(picture, chosen.folder, chosen.picture)


if __name__ == "__main__":
    main()
