"""Pictures whose white corner says which they are."""

import numpy as np

CORNERS = [(0, 0), (0, -1), (-1, -1), (-1, 0)]  # clockwise from the top left


def with_corner(number, height=48, width=80):
    """A black picture with one white corner, counted clockwise from the top left."""
    pixels = np.zeros((height, width, 3), np.uint8)
    rows, columns = CORNERS[number]
    pixels[slice(0, 16) if rows == 0 else slice(-16, None),
           slice(0, 16) if columns == 0 else slice(-16, None)] = 255  # fmt: skip
    return pixels


def white_corner(pixels):
    return int(np.argmax([pixels[row, column].mean() for row, column in CORNERS]))
