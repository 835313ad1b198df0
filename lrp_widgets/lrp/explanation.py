"""What `explain` returns: relevance, activation and ledger of every layer."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from .._support import checks
from .layer_result import of_one_picture


@dataclass(frozen=True, eq=False)
class Explanation:
    """Relevance at every layer of a network, for one picture or a batch.

    `e["conv1"]` is a layer, `e[0]` the first picture of a batch, `len(e)` their number.
    `layers` runs from the input to the output; `start` names the start.
    """

    network: Any
    layers: list
    pictures: np.ndarray | None
    start: str
    target_index: Any
    other_index: Any
    settings: dict
    is_batch: bool = True

    def __getitem__(self, key):
        if isinstance(key, str):
            if key not in self._by_name:
                names = ", ".join(self._by_name)
                raise KeyError(f"There is no layer {checks.shown(key)}: there are {names}.")
            return self._by_name[key]
        self._only_batch()
        key = checks.whole_number("A picture's number", key)
        if not -len(self) <= key < len(self):
            raise IndexError(
                f"There are {len(self)} pictures; there is no number {checks.shown(key)}."
            )

        def pick(values):
            return None if values is None else values[key]

        return replace(
            self,
            layers=[layer.picture(key) for layer in self.layers],
            pictures=pick(self.pictures),
            target_index=pick(self.target_index),
            other_index=pick(self.other_index),
            is_batch=False,
        )

    def __len__(self):
        """How many pictures a batch holds."""
        self._only_batch()
        return len(self.layers[0].relevance)

    def __bool__(self):
        return True

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __repr__(self):
        count = f"{len(self)} pictures" if self.is_batch else "1 picture"
        return f"<Explanation of {self.network.name}: {count}, {len(self.layers)} layers>"

    @cached_property
    def _by_name(self):
        return {layer.name: layer for layer in self.layers}

    @property
    def pooling(self):
        """ "avg" (proportional) or "max" (winner-take-all)."""
        return self.settings["pooling"]

    @property
    def totals(self):
        """ΣR of every layer, input to output: {name: float}, or arrays (B,) for a batch."""
        return {layer.name: layer.total for layer in self.layers}

    @property
    def pixels(self):
        """The relevance of the input, (H, W, C), channels in the picture's RGB order."""
        return self.layers[0].relevance

    @property
    def start_total(self):
        """Σ of the relevance at the output: 1 for start "softmax"."""
        return self.layers[-1].total

    @property
    def warning(self):
        """Why the map of the pixels is to be distrusted, "" where it is not (`arrival.warning`)."""
        from . import conservation_warning

        return conservation_warning.warning(of_one_picture(self))

    @property
    def picture(self):
        """The picture as shown, uint8 (H, W, C); None where the input was a float array."""
        return self.pictures

    @property
    def target(self):
        """The name of the class explained (a list for a batch); None for start "softmax"."""
        return self._names(self.target_index)

    @property
    def other(self):
        """The name of the class contrasted with; None unless start is "contrast"."""
        return self._names(self.other_index)

    @property
    def prediction(self):
        """[(class name, output), …], best first; a list of these for a batch.

        The output is a probability where the network ends with a softmax.
        """
        names, output = self.network.class_names, self.layers[-1].activation

        def ranked(scores):
            return [(names[k], float(scores[k])) for k in np.argsort(-scores, kind="stable")]

        return [ranked(scores) for scores in output] if self.is_batch else ranked(output)

    def heatmap(self, channels="gray"):
        """The relevance of the pixels: "gray" (H, W), summed over channels; "rgb" (H, W, C)."""
        channels = checks.choice("channels", channels, ("gray", "rgb"))
        if len(self.layers[0].shape) != 3:
            raise ValueError("There is no heatmap: the network's input is not a picture.")
        if channels == "rgb":
            return self.pixels
        return self.pixels.sum(-1, dtype=np.float64).astype(self.pixels.dtype)

    def unit(self, layer, index):
        """The arithmetic of one unit: where its relevance goes and comes from (see `units`)."""
        from .unit_arithmetic import Examiner

        return Examiner(self).unit(layer, index)

    def plot(self, **settings):
        """A matplotlib figure: the picture beside its relevance map (see `plots.plot_heatmap`)."""
        return self._draw("plot_heatmap", **settings)

    def plot_layers(self, **settings):
        """A matplotlib figure: the film strip of all layers (see `plots.plot_layers`)."""
        return self._draw("plot_layers", **settings)

    def plot_totals(self, **settings):
        """A matplotlib figure: ΣR of every layer and what was absorbed."""
        return self._draw("plot_totals", **settings)

    def plot_waterfall(self):
        """A matplotlib figure: from the start to the pixels, what each cause took or gave."""
        from ..figures.plot_waterfall import plot_waterfall

        return plot_waterfall(of_one_picture(self))

    def save(self, folder):
        """Write figures (PNG), the layer walk (GIF) and the numbers (CSV, NPZ) into `folder`.

        Returns their paths; `saving.save` says what each file holds.
        """
        from ..figures.export import save

        return save(of_one_picture(self), folder)

    def _repr_html_(self):
        if self.is_batch:
            return None
        from ..figures.html_summary import html

        return html(self)

    def _draw(self, name, **settings):
        from ..figures import plots

        return getattr(plots, name)(of_one_picture(self), **settings)

    def _names(self, index):
        if index is None:
            return None
        names = self.network.class_names
        return [names[k] for k in index] if self.is_batch else names[index]

    def _only_batch(self):
        if not self.is_batch:
            raise TypeError(
                "This explanation is of one picture; only a batch has a number of them."
            )
