"""Make the colour tables of `lrp_widgets._support.colors`: python -m tools.color_tables"""

import numpy as np

from lrp_widgets._support.colors import COLORMAPS, DIFFERENCE, STEPS, TABLES


def table(name):
    """The table of one of matplotlib's maps, as `colors.lookup_table` describes it."""
    from matplotlib import colormaps

    position = np.linspace(-1, 1, 2 * STEPS + 1)
    found = colormaps[name].resampled(len(position))(np.arange(len(position)))[:, :3]
    # ColorBrewer's maps are #f7f7f7 in the middle: lift their middle anchor to white. The anchors
    # lie 0.2 apart, so the nearest ones on both sides stay as they are.
    nearness = np.clip(1 - np.abs(position) / 0.2, 0, 1)[:, None]
    found = found + nearness * (1 - found[STEPS])
    found = np.rint(255 * found).astype(np.uint8)
    return np.concatenate([found[:1], found])


if __name__ == "__main__":
    np.savez_compressed(TABLES, **{name: table(name) for name in (*COLORMAPS, DIFFERENCE)})
