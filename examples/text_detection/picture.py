# SPDX-License-Identifier: Apache-2.0
"""The picture: the page with its text regions beside the probability map."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

PANEL_WIDTH = 768
MARGIN = 12
CAPTION_HEIGHT = 30
REGION_COLOUR = (214, 40, 40)


def draw(page, probabilities, boxes):
    """An RGB image; `boxes` are in cells of the map."""
    height = round(PANEL_WIDTH * page.height / page.width)
    panel = (PANEL_WIDTH, height)
    left = page.convert("RGB").resize(panel, Image.Resampling.LANCZOS)
    cells = Image.fromarray(np.rint(probabilities * 255).astype(np.uint8))
    right = cells.resize(panel, Image.Resampling.BOX).convert("RGB")

    pen = ImageDraw.Draw(left)
    rows, columns = probabilities.shape
    for box in boxes:
        scaled = [value * side / cells for value, side, cells in zip(box, panel * 2, (columns, rows) * 2)]
        pen.rectangle([round(value) for value in scaled], outline=REGION_COLOUR, width=2)

    sheet = Image.new("RGB", (2 * PANEL_WIDTH + 3 * MARGIN, height + CAPTION_HEIGHT + MARGIN), "white")
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(16)
    captions = [f"{len(boxes)} text regions", "probability of text"]
    for column, (image, caption) in enumerate(zip([left, right], captions)):
        x = MARGIN + column * (PANEL_WIDTH + MARGIN)
        sheet.paste(image, (x, CAPTION_HEIGHT))
        pen.text((x, 6), caption, fill="black", font=font)
    return sheet
