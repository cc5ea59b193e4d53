# SPDX-License-Identifier: Apache-2.0
"""The files of golden data: what make_golden.py and make_explicit_golden.py do alike.

The data are one float32 vector; the file of cases beside it says where the tensors of a case lie in it, as
[offset, count].
"""

import argparse
import importlib.util
import json
import sys
import zlib
from pathlib import Path

try:
    import numpy as np
except ModuleNotFoundError:  # main() says so
    pass

HERE = Path(__file__).resolve().parent
NOT_INSTALLED = 77
TENSORS = ("input", "filter", "bias", "alpha", "output")


def draw(generator, shape, data):
    if data == "integers":
        return generator.integers(-4, 5, size=shape).astype(np.float32)
    return generator.uniform(-1, 1, size=shape).astype(np.float32)


def draw_tensors(name, shapes, data):
    """The tensors of a layer, drawn in the order of `shapes` from a generator that the layer's name seeds."""
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    tensors = {tensor: draw(generator, shape, data) for tensor, shape in shapes.items()}
    if data == "wide":
        tensors["input"] *= np.float32(4)
    return tensors


def collect(made):
    """(cases, data, slack) of what was made: a case without offsets, its tensors and the slack of its output, for every
    layer. Slack says how far each of the data may be from others."""
    cases, data, slack, offset = [], [], [], 0
    for case, tensors, output_slack in made:
        for name in TENSORS:
            if name not in tensors:
                continue
            case[name] = [offset, tensors[name].size]
            offset += tensors[name].size
            data.append(tensors[name].ravel())
            slack.append(output_slack.ravel() if name == "output" else np.zeros(tensors[name].size))
        cases.append(case)
    names = [case["layer"]["name"] for case in cases]
    if len(set(names)) != len(names):
        sys.exit(f"names must be unique: {sorted(name for name in set(names) if names.count(name) > 1)}")
    return cases, np.concatenate(data).astype("<f4"), np.concatenate(slack)


class GoldenFiles:
    """The two files that a script makes, both beside it."""

    def __init__(self, script, cases, data):
        self.script, self.cases, self.data = script, cases, data

    def write(self, versions, cases, data):
        lines = ",\n".join("  " + json.dumps(case) for case in cases)
        (HERE / self.cases).write_text(
            f'{{"made_with": {json.dumps(versions)}, "data": "{self.data}", "cases": [\n{lines}\n]}}\n')
        np.save(HERE / self.data, data)

    def check(self, cases, data, slack):
        committed = json.loads((HERE / self.cases).read_text())["cases"]
        if json.loads(json.dumps(cases)) != committed:
            sys.exit(f"{self.cases}: differs from what the tables of layers give; run {self.script}")
        stored = np.load(HERE / self.data)
        if stored.shape != data.shape:
            sys.exit(f"{self.data}: has {stored.size} values instead of {data.size}; run {self.script}")
        # Both are as close to the definition as this; float32 sums differ between processors.
        differs = ~(np.abs(stored.astype(np.float64) - data) <= 2 * slack)
        for case in cases:
            for name in TENSORS:
                begin, count = case.get(name, (0, 0))
                if differs[begin:begin + count].any():
                    sys.exit(f"{self.data}: the {name} of {case['layer']['name']} differs; run {self.script}")


def main(files, description, modules, make_all):
    """The command line of a script; make_all() gives (versions, cases, data, slack)."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    arguments = parser.parse_args()
    if not all(importlib.util.find_spec(module) for module in modules):
        print(f"SKIPPED: {', '.join(modules[:-1])} and {modules[-1]} are not installed for {sys.executable}")
        return NOT_INSTALLED
    versions, cases, data, slack = make_all()
    if arguments.check:
        files.check(cases, data, slack)
    else:
        files.write(versions, cases, data)
    sources = [case["source"] for case in cases]
    counts = ", ".join(f"{sources.count(source)} by {source}" for source in sorted(set(sources)))
    made_with = ", ".join(f"{name} {version}" for name, version in versions.items())
    print(f"{len(cases)} cases, {data.nbytes} bytes: {counts}; {made_with}")
    return 0
