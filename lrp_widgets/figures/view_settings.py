"""What of an explanation is on the screen; a page needs it long before anything is drawn."""

from dataclasses import dataclass

from .._support import colors
from ..lrp.settings import a_name, number, setting, whole_number


@dataclass(frozen=True)
class View:
    """What of an explanation is looked at and how it is drawn; the stepper's settings.

    `current` is a layer's name (None: the output), `channel` −1 for the sum; the others are those
    of `plots.plot_heatmap` and, for `limits`, `plots.plot_layers`.
    """

    current: str | None = setting(None, read=a_name, link="layer", option="")
    quantity: str = setting(
        "relevance", words={"relevance": "relevance", "activation": "activation"}, option=""
    )
    channel: int = setting(-1, read=whole_number(-1, 2**31 - 1), option="")
    view: str = setting(
        "gray",
        "Channels",
        "Relevance at the pixels: summed over colour channels, or one value for each.",
        words={"gray": "gray", "rgb": "RGB"},
        link="channels",
        option="channels",
    )
    colormap: str = setting(
        colors.COLORMAPS[0],
        "Colours",
        "The colours for relevance below zero, zero (always white) and above zero.",
        words={
            "RdBu_r": "red – white – blue",
            "PuOr_r": "orange – white – violet",
            "seismic": "seismic, as in the papers",
        },
        link="colours",
    )
    scale: str = setting(
        colors.SCALES[0],
        "Scale",
        "Symmetric about zero, so that white means none; or from the smallest to the largest "
        "value, as in the post, where zero has no colour of its own.",
        words={"symmetric": "symmetric", "min-max": "min–max"},
    )
    limits: str = setting("layer", words={"layer": "per layer", "common": "common"}, option="")
    percentile: float = setting(colors.PERCENTILE, read=number(50, 100), option="")
    overlay: float = setting(
        1.0,
        "Overlay",
        "How strongly relevance covers the picture; 1 shows relevance alone.",
        number(0, 1),
        least=0,
        most=1,
        option="",
    )
