# SPDX-License-Identifier: Apache-2.0
"""The pictures: panels with captions on a sheet, and notes on what was computed and how close it is."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

PANEL_WIDTH = 768
MARGIN = 12
CAPTION_HEIGHT = 30
LINE_HEIGHT = 24
REGION_COLOUR = (214, 40, 40)
DARKEST = 1e-9  # differences up to this are black


def greys(values):
    """0..1 as an image."""
    return Image.fromarray(np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8))


def sheet(rows):
    """Rows of (caption, image or lines of text); images of a row stand side by side."""
    font, heading = ImageFont.load_default(16), ImageFont.load_default(17)

    def size(content):
        if isinstance(content, Image.Image):
            return content.size
        return round(max(map(font.getlength, content), default=0)), LINE_HEIGHT * len(content)

    widths = [max(size(row[column][1])[0] for row in rows) for column in range(len(rows[0]))]
    heights = [max(size(content)[1] for _, content in row) for row in rows]
    picture = Image.new("RGB", (sum(widths) + MARGIN * (len(widths) + 1),
                                sum(heights) + (CAPTION_HEIGHT + MARGIN) * len(rows)), "white")
    pen = ImageDraw.Draw(picture)
    y = 0
    for row, height in zip(rows, heights):
        x = MARGIN
        for (caption, content), width in zip(row, widths):
            pen.text((x, y + 6), caption, fill="black", font=heading)
            if isinstance(content, Image.Image):
                picture.paste(content, (x, y + CAPTION_HEIGHT))
            else:
                for number, line in enumerate(content):
                    pen.text((x, y + CAPTION_HEIGHT + LINE_HEIGHT * number), line, fill=(70, 70, 70), font=font)
            x += width + MARGIN
        y += CAPTION_HEIGHT + height + MARGIN
    return picture


def outlined(page, regions, shape):
    """The page with its regions, which are in cells of a map of that shape."""
    rows, columns = shape
    panel = page.convert("RGB").resize(panel_size(shape), Image.Resampling.LANCZOS)
    pen = ImageDraw.Draw(panel)
    scale = np.array([panel.width / columns, panel.height / rows])
    for region in regions:
        corners = [tuple(corner) for corner in np.array(region.polygon()) * scale]
        pen.line([*corners, corners[0], corners[1]], fill=REGION_COLOUR, width=2, joint="curve")
    return panel


def panel_size(shape):
    rows, columns = shape
    return PANEL_WIDTH, round(PANEL_WIDTH * rows / columns)


def draw_page(page, probabilities, difference, regions, notes):
    """What was found on the page, what tconv computed, how far that is from onnxruntime (by powers of ten), and notes."""
    size = panel_size(probabilities.shape)
    distance = np.maximum(np.abs(difference), DARKEST)
    largest = max(distance.max(), 10 * DARKEST)
    magnitude = np.log(distance / DARKEST) / np.log(largest / DARKEST)
    panels = [greys(values).resize(size, Image.Resampling.BOX).convert("RGB") for values in (probabilities, magnitude)]
    return sheet([[(f"{len(regions)} text regions on the page", outlined(page, regions, probabilities.shape)),
                   ("probability of text, computed by tconv", panels[0])],
                  [(f"difference to onnxruntime: white {largest:.1e}, black {DARKEST:.0e} or less", panels[1]),
                   ("what was computed, and how close it is", notes)]])
