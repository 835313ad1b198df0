"""What of an explanation is on the screen; a page needs it long before anything is drawn."""

from dataclasses import dataclass

from .._support import colors


@dataclass(frozen=True)
class View:
    """What of an explanation is looked at and how it is drawn; the stepper's settings.

    `current` is a layer's name (None: the output), `quantity` "relevance" or "activation",
    `channel` −1 for the sum; `view`, `colormap`, `scale`, `percentile` and `overlay` are those of
    `plots.plot_heatmap`, `limits` that of `plots.plot_layers`.
    """

    current: str | None = None
    quantity: str = "relevance"
    channel: int = -1
    view: str = "gray"
    colormap: str = colors.COLORMAPS[0]
    scale: str = colors.SCALES[0]
    limits: str = "layer"
    percentile: float = colors.PERCENTILE
    overlay: float = 1.0
