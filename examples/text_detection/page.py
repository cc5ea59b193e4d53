# SPDX-License-Identifier: Apache-2.0
"""From the page to the network's input, and from its probability map to text regions.

Both follow the package that the network comes in, where regions are straight boxes. Here a region follows its line of
text column by column, as lines of a page bend, and shares no cell with another.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

SHORT_SIDE = 736
SIDE_MULTIPLE = 32

TEXT_PROBABILITY = 0.3  # a cell of the map is text above it
REGION_PROBABILITY = 0.5  # least mean over the text cells of a region
UNCLIP_RATIO = 2.0  # the map shows shrunken regions: they grow back by ratio * area / perimeter
SMALLEST_SIDE = 3


def network_input(page):
    """float32 [1, 3, height, width] in -1..1: the page with its short side enlarged, sides rounded to multiples of 32."""
    ratio = max(1.0, SHORT_SIDE / min(page.size))
    size = [round(int(side * ratio) / SIDE_MULTIPLE) * SIDE_MULTIPLE for side in page.size]
    pixels = np.asarray(page.convert("RGB").resize(size, Image.Resampling.BILINEAR), np.float32)
    planes = (pixels / 255 - 0.5) / 0.5
    return np.ascontiguousarray(planes.transpose(2, 0, 1)[None])


@dataclass
class Region:
    """Cells [top, bottom) of each column from `left` on; both are fractions of cells."""

    left: int
    top: np.ndarray
    bottom: np.ndarray

    @property
    def right(self):
        return self.left + len(self.top)

    def part(self, left, right):
        """Views of top and bottom for those columns."""
        return self.top[left - self.left:right - self.left], self.bottom[left - self.left:right - self.left]

    def polygon(self, step=4):
        """Corners in cells, clockwise, one for every `step` columns and one at each end."""
        at = np.unique(np.append(np.arange(0, len(self.top), step), len(self.top) - 1))
        x = self.left + at * len(self.top) / max(len(self.top) - 1, 1)  # the last corner lies behind the last column
        return [*zip(x, self.top[at]), *zip(x[::-1], self.bottom[at][::-1])]


def text_regions(probabilities):
    """The regions of a map [height, width]."""
    text = probabilities > TEXT_PROBABILITY
    regions = []
    for cells in _components(_dilated(text)):
        region = _outline(cells)
        area = (region.bottom - region.top).sum()
        thickness = area / len(region.top)
        if min(len(region.top), np.ptp([region.top.min(), region.bottom.max()])) < SMALLEST_SIDE:
            continue
        inside = tuple(cells.T)
        if probabilities[inside][text[inside]].mean() < REGION_PROBABILITY:
            continue
        regions.append(_grown(region, UNCLIP_RATIO * area / (2 * (len(region.top) + thickness)), probabilities.shape))
    for i, region in enumerate(regions):
        for other in regions[:i]:
            _separate(region, other)
    return regions


def _outline(cells):
    """From the topmost to the lowest cell of every column."""
    left, width = cells[:, 1].min(), np.ptp(cells[:, 1]) + 1
    region = Region(int(left), np.full(width, np.inf), np.full(width, -np.inf))
    np.minimum.at(region.top, cells[:, 1] - left, cells[:, 0])
    np.maximum.at(region.bottom, cells[:, 1] - left, cells[:, 0] + 1)
    return region


def _grown(region, distance, shape):
    """Larger by `distance` on all sides, its edges smoothed over as many columns."""
    height, width = shape
    reach = round(distance)
    left, right = max(region.left - reach, 0), min(region.right + reach, width)
    window = np.ones(2 * reach + 1) / (2 * reach + 1)

    def edge(rows, towards):
        wide = np.pad(rows, (region.left - left + reach, right - region.right + reach), mode="edge")
        return np.clip(np.convolve(wide, window, mode="valid") + towards * distance, 0, height)

    return Region(left, edge(region.top, -1), edge(region.bottom, 1))


def _separate(a, b):
    """Draws the line between two regions that have cells in common: below each other half-way, else at a column."""
    left, right = max(a.left, b.left), min(a.right, b.right)
    if left >= right:
        return
    (a_top, a_bottom), (b_top, b_bottom) = a.part(left, right), b.part(left, right)
    if not np.any(np.minimum(a_bottom, b_bottom) > np.maximum(a_top, b_top)):
        return
    first, second = (a, b) if a.left < b.left else (b, a)
    centres = [np.mean(each.top + each.bottom) / 2 for each in (a, b)]
    thickness = min(np.mean(each.bottom - each.top) for each in (a, b))
    if abs(centres[0] - centres[1]) < thickness / 2 and second.right > first.right:  # of one line, side by side
        column = (left + right) // 2
        first.top, first.bottom = (rows[:column - first.left] for rows in (first.top, first.bottom))
        second.top, second.bottom = (rows[column - second.left:] for rows in (second.top, second.bottom))
        second.left = column
        return
    upper, lower = (a, b) if centres[0] < centres[1] else (b, a)
    bottom, top = upper.part(left, right)[1], lower.part(left, right)[0]
    middle = (bottom + top) / 2
    crossing = bottom > top
    bottom[crossing] = top[crossing] = middle[crossing]


def _dilated(mask):
    """Each cell takes in its neighbours above and to the left: closes cracks of one cell."""
    padded = np.pad(mask, ((1, 0), (1, 0)))
    return padded[1:, 1:] | padded[:-1, 1:] | padded[1:, :-1] | padded[:-1, :-1]


def _components(mask):
    """The cells (row, column) of each of the 8-connected components, joined from the runs of set cells of each row."""
    runs = []  # (row, left, right)
    parents = []

    def root(run):
        while parents[run] != run:
            parents[run] = parents[parents[run]]
            run = parents[run]
        return run

    above = []
    for y, row in enumerate(mask):
        edges = np.flatnonzero(np.diff(np.pad(row.astype(np.int8), 1))).tolist()
        here = range(len(runs), len(runs) + len(edges) // 2)
        runs += [(y, left, right) for left, right in zip(edges[::2], edges[1::2])]
        parents += here
        for run in here:
            for other in above:
                if runs[other][1] <= runs[run][2] and runs[run][1] <= runs[other][2]:
                    parents[root(other)] = root(run)
        above = here
    components = {}
    for run, (y, left, right) in enumerate(runs):
        components.setdefault(root(run), []).extend((y, x) for x in range(left, right))
    return [np.array(cells) for cells in components.values()]
