# SPDX-License-Identifier: Apache-2.0
"""examples/text_detection on maps that are drawn here: regions hold their line, follow it, and share no cell."""

import itertools
import sys
import unittest

try:
    import numpy as np
    import page
    import picture
    from PIL import Image
except ImportError as error:
    print(f'skipped: {error}')
    sys.exit(77)

HEIGHT, WIDTH = 160, 400


def drawn(*lines):
    """A map with lines (left, right, row of each column, thickness)."""
    cells = np.zeros((HEIGHT, WIDTH), np.float32)
    for left, right, row, thickness in lines:
        for x in range(left, right):
            top = round(row(x))
            cells[top:top + thickness, x] = 0.9
    return cells


def cells_of(region):
    """How many of the regions hold the middle of each cell."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    for x, top, bottom in zip(itertools.count(region.left), region.top, region.bottom):
        middles = np.arange(HEIGHT) + 0.5
        mask[:, x] = (middles > top) & (middles < bottom)
    return mask


class TextRegions(unittest.TestCase):
    def regions(self, *lines):
        cells = drawn(*lines)
        regions = page.text_regions(cells)
        self.assertEqual(len(regions), len(lines))
        masks = [cells_of(region) for region in regions]
        self.assertLessEqual(sum(mask.astype(int) for mask in masks).max(), 1)
        self.assertGreater((np.any(masks, axis=0) & (cells > 0)).sum(), 0.98 * (cells > 0).sum())
        return regions

    def test_a_region_follows_a_line_that_bends(self):
        (region,) = self.regions((20, 380, lambda x: 60 + 30 * ((x - 200) / 180) ** 2, 8))
        heights = region.bottom - region.top
        self.assertLess(heights.max(), 3.5 * 8)  # its box is 38 cells high
        self.assertGreater(heights.min(), 2 * 8)
        self.assertLess(region.left, 20)
        self.assertGreater(region.right, 380)

    def test_lines_that_are_near_are_parted_half_way(self):
        upper, lower = self.regions((20, 380, lambda x: 40 + x / 20, 10), (60, 300, lambda x: 55 + x / 20, 10))
        bottom, top = upper.part(100, 260)[1], lower.part(100, 260)[0]
        np.testing.assert_allclose(bottom, top)
        np.testing.assert_allclose(bottom, 52.5 + np.arange(100, 260) / 20, atol=1)

    def test_words_of_one_line_are_parted_at_a_column(self):
        left, right = self.regions((20, 180, lambda x: 60, 12), (190, 380, lambda x: 61, 12))
        self.assertEqual(left.right, right.left)
        self.assertAlmostEqual(left.right, 185, delta=2)

    def test_what_is_small_or_faint_is_none(self):
        self.assertEqual(page.text_regions(drawn((20, 22, lambda x: 60, 1))), [])
        self.assertEqual(page.text_regions(0.4 * drawn((20, 200, lambda x: 60, 8))), [])

    def test_picture(self):
        cells = drawn((20, 380, lambda x: 60, 8))
        sheet = picture.draw_page(Image.new('L', (200, 80), 128), cells, np.zeros_like(cells), page.text_regions(cells), ['note'])
        self.assertGreater(sheet.width, 2 * picture.PANEL_WIDTH)
        self.assertIn(picture.REGION_COLOUR, [colour for _, colour in sheet.getcolors(1 << 24)])


if __name__ == '__main__':
    unittest.main()
