# SPDX-License-Identifier: Apache-2.0
"""Running the compiled program, timing in turns, and the table. Needs numpy alone."""

import json
import subprocess
import sys
from dataclasses import dataclass

import numpy as np

ROUNDS = 7
REPETITIONS = 5


@dataclass
class Row:
    """A line of the table. The times are those of all repetitions, in milliseconds."""

    layer: str
    target: str
    difference: float
    ours: np.ndarray
    theirs: np.ndarray


def run_program(program, *arguments):
    """Runs one of the C programs; its milliseconds, [repetition, layer]."""
    command = [program, *arguments, REPETITIONS]
    result = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(result.returncode)  # the program has said why
    return np.array([[float(value) for value in line.split()] for line in result.stdout.splitlines()])


def in_turns(*measurements):
    """Calls each function ROUNDS times, alternating, so that all see the same weather; their times joined."""
    times = [[] for _ in measurements]
    for _ in range(ROUNDS):
        for measure, kept in zip(measurements, times):
            kept.append(measure())
    return [np.concatenate(kept) for kept in times]


def target_of(library_folder, name):
    """What the library was built for, from the file that tconv writes beside it."""
    return json.loads((library_folder / f"{name}.json").read_text())["target"]


def print_table(rows, peer):
    """Least time, and the median of all in brackets."""
    lines = [["layer", "target", "largest difference", "tconv ms", f"{peer} ms"]]
    for row in rows:
        times = [f"{times.min():.3f} ({np.median(times):.3f})" for times in (row.ours, row.theirs)]
        lines.append([row.layer, row.target, f"{row.difference:.2e}", *times])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        words = [word.ljust(w) if i < 2 else word.rjust(w) for i, (word, w) in enumerate(zip(line, widths))]
        print("  ".join(words))
