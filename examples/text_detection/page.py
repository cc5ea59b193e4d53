# SPDX-License-Identifier: Apache-2.0
"""From the page to the network's input, and from its probability map to text regions.

Both follow the defaults of the package that the network comes in; regions are upright boxes, which is what a page needs.
"""

import numpy as np
from PIL import Image

SHORT_SIDE = 736
SIDE_MULTIPLE = 32

TEXT_PROBABILITY = 0.3  # a cell of the map is text above it
REGION_PROBABILITY = 0.5  # least mean over the text cells of a region, which may run aslant through its box
UNCLIP_RATIO = 1.6  # the map shows shrunken regions: they grow back by ratio * area / perimeter
SMALLEST_SIDE = 3


def network_input(page):
    """float32 [1, 3, height, width] in -1..1: the page with its short side enlarged, sides rounded to multiples of 32."""
    ratio = max(1.0, SHORT_SIDE / min(page.size))
    size = [round(int(side * ratio) / SIDE_MULTIPLE) * SIDE_MULTIPLE for side in page.size]
    pixels = np.asarray(page.convert("RGB").resize(size, Image.Resampling.BILINEAR), np.float32)
    planes = (pixels / 255 - 0.5) / 0.5
    return np.ascontiguousarray(planes.transpose(2, 0, 1)[None])


def text_regions(probabilities):
    """Boxes (left, top, right, bottom) in cells of the map [height, width], right and bottom outside."""
    height, width = probabilities.shape
    boxes = []
    text = probabilities > TEXT_PROBABILITY
    for left, top, right, bottom in _components(_dilated(text)):
        across, down = right - left, bottom - top
        if min(across, down) < SMALLEST_SIDE:
            continue
        inside = np.s_[top:bottom, left:right]
        if probabilities[inside][text[inside]].mean() < REGION_PROBABILITY:
            continue
        grow = round(UNCLIP_RATIO * across * down / (2 * (across + down)))
        boxes.append((max(left - grow, 0), max(top - grow, 0), min(right + grow, width), min(bottom + grow, height)))
    return boxes


def _dilated(mask):
    """Each cell takes in its neighbours above and to the left: closes cracks of one cell."""
    padded = np.pad(mask, ((1, 0), (1, 0)))
    return padded[1:, 1:] | padded[:-1, 1:] | padded[1:, :-1] | padded[:-1, :-1]


def _components(mask):
    """Bounding boxes of the 8-connected components, joined from the runs of set cells of each row."""
    boxes = []  # of each run; at the root of a component that of the component
    parents = []

    def root(run):
        while parents[run] != run:
            parents[run] = parents[parents[run]]
            run = parents[run]
        return run

    above = []
    for y, row in enumerate(mask):
        edges = np.flatnonzero(np.diff(np.pad(row.astype(np.int8), 1))).tolist()
        runs = []
        for left, right in zip(edges[::2], edges[1::2]):
            run = len(parents)
            parents.append(run)
            boxes.append((left, y, right, y + 1))
            runs.append((left, right, run))
            for other_left, other_right, other in above:
                touching = other_left <= right and left <= other_right
                if touching and root(other) != root(run):
                    boxes[root(run)] = _around(boxes[root(run)], boxes[root(other)])
                    parents[root(other)] = root(run)
        above = runs
    return [boxes[run] for run in range(len(parents)) if parents[run] == run]


def _around(a, b):
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
