"""What `explain` returns: relevance, activation and ledger of every layer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, overload

import numpy as np

from .._support import checks
from .layer_result import LayerResult, LayerResults, choose_one
from .through import read


@dataclass(frozen=True, eq=False)
class _Answer:
    """What an explanation of one picture and of a batch have in common."""

    network: Any
    layers: list
    start: str
    settings: dict

    @cached_property
    def _by_name(self):
        return {layer.name: layer for layer in self.layers}

    def _layer(self, name):
        if name not in self._by_name:
            names = ", ".join(self._by_name)
            raise KeyError(f"There is no layer {checks.shown(name)}: there are {names}.")
        return self._by_name[name]

    def __repr__(self):
        count = f"{len(self)} pictures" if isinstance(self, Explanations) else "1 picture"
        return f"<{type(self).__name__} of {self.network.name}: {count}, {len(self.layers)} layers>"

    @property
    def pooling(self) -> str:
        """ "avg" (proportional) or "max" (winner-take-all)."""
        return self.settings["pooling"]

    @property
    def totals(self):
        """ΣR of every layer, input to output: {name: float}, for a batch {name: array (B,)}."""
        return {layer.name: layer.total for layer in self.layers}

    @property
    def pixels(self) -> np.ndarray:
        """The relevance of the input, (H, W, C), channels in the picture's RGB order.

        Of a signal (T, C), of a volume (D, H, W, C). For a batch with a leading axis (B, …).
        """
        return self.layers[0].relevance

    @property
    def start_total(self):
        """Σ of the relevance at the output: 1 for start "softmax"; for a batch an array (B,)."""
        return self.layers[-1].total

    def heatmap(self, channels: str = "gray") -> np.ndarray:
        """The relevance of the pixels: "gray" (H, W), summed over channels; "rgb" (H, W, C).

        Of a signal (T,) or (T, C), of a volume (D, H, W) or (D, H, W, C). For a batch with a
        leading axis (B, …).
        """
        channels = checks.choice("channels", channels, ("gray", "rgb"))
        if len(self.layers[0].shape) == 1:
            raise ValueError(
                "There is no heatmap: the network's input is a vector, with no places."
            )
        if channels == "rgb":
            return self.pixels
        return self.pixels.sum(-1, dtype=np.float64).astype(self.pixels.dtype)

    @property
    def through(self) -> dict[str, tuple[int, ...]]:
        """The channels that relevance is followed through, {layer: (channel, …)}; {} for all."""
        return read(self.settings.get("through", ""))

    def channel_shares(self, layer: str) -> np.ndarray:
        """Each channel's share of a layer's relevance: Σ|R| over its places ÷ Σ|R| of the layer.

        An array (channels,), for a batch (B, channels), which adds up to 1, or is 0 where the layer
        has no relevance. Units without places are channels. Source: Achtibat et al. 2023.
        """
        found = self._layer(layer)
        relevance = np.abs(found.relevance, dtype=np.float64)
        pictures = relevance.shape[: relevance.ndim - len(found.shape)]
        sizes = relevance.reshape(*pictures, -1, found.shape[-1]).sum(-2)
        whole = sizes.sum(-1, keepdims=True)
        return np.divide(sizes, whole, out=np.zeros_like(sizes), where=whole > 0)

    def _ranked(self, scores):
        names = self.network.class_names
        return [(names[k], float(scores[k])) for k in np.argsort(-scores, kind="stable")]


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(_Answer):
    """Relevance at every layer of a network, for one picture.

    `e["conv1"]` is a layer; `layers` runs from the input to the output; `start` names
    what is explained.
    `picture` is the picture as shown, uint8 (H, W, C), None where the input was a float array;
    `target_index` the class explained (None for start "softmax"), `other_index` the class that it
    is contrasted with (None unless start is "contrast").
    """

    layers: list[LayerResult]
    picture: np.ndarray | None = None
    target_index: int | None = None
    other_index: int | None = None

    def __getitem__(self, name: str) -> LayerResult:
        if not isinstance(name, str):
            raise TypeError(
                "This explanation is of one picture; only a batch has a number of them."
            )
        return self._layer(name)

    @property
    def warning(self) -> str:
        """Why the map of the pixels is to be distrusted, "" where it is not.

        See `conservation_warning.warning`.
        """
        from . import conservation_warning

        return conservation_warning.warning(self)

    @property
    def target(self) -> str | None:
        """The name of the class explained; None for start "softmax"."""
        return None if self.target_index is None else self.network.class_names[self.target_index]

    @property
    def other(self) -> str | None:
        """The name of the class contrasted with; None unless start is "contrast"."""
        return None if self.other_index is None else self.network.class_names[self.other_index]

    @property
    def prediction(self) -> list[tuple[str, float]]:
        """[(class name, output), …], best first.

        The output is a probability where the network ends with a softmax.
        """
        return self._ranked(self.layers[-1].activation)

    def channel_maps(self, layer, channels=None) -> np.ndarray:
        """The relevance of the pixels that passes through each channel of a layer.

        See `channel_maps.channel_maps`.
        """
        from .channel_maps import channel_maps

        return channel_maps(self, layer, channels)

    def unit(self, layer, index):
        """Where one unit's relevance goes and comes from, a `unit_arithmetic.Unit`."""
        from .unit_arithmetic import Examiner

        return Examiner(self).unit(layer, index)

    def plot(self, **settings):
        """A matplotlib figure: the picture beside its relevance map (see `plots.plot_heatmap`).

        Of a signal its course, and the relevance over time below it (`plot_signal.plot_signal`).
        """
        if len(self.layers[0].shape) == 2:
            from ..figures.plot_signal import plot_signal

            return plot_signal(self, **settings)
        from ..figures.plots import plot_heatmap

        return plot_heatmap(self, **settings)

    def plot_layers(self, **settings):
        """A matplotlib figure: the film strip of all layers (see `plots.plot_layers`)."""
        from ..figures.plots import plot_layers

        return plot_layers(self, **settings)

    def plot_totals(self, **settings):
        """A matplotlib figure: ΣR of every layer and what was absorbed."""
        from ..figures.plots import plot_totals

        return plot_totals(self, **settings)

    def plot_waterfall(self):
        """A matplotlib figure: from the output to the pixels, what each cause took or gave."""
        from ..figures.plot_waterfall import plot_waterfall

        return plot_waterfall(self)

    def save(self, folder):
        """Write figures (PNG), the layers as a GIF, and the numbers (CSV, NPZ) into `folder`.

        Returns their paths; `export.save` says what each file holds.
        """
        from ..figures.export import save

        return save(self, folder)

    def _repr_html_(self):
        from ..figures.html_summary import html

        return html(self)


class OnePictureOnly(AttributeError, ValueError):
    """Something was asked of a batch that only one picture has."""


@dataclass(frozen=True, eq=False, repr=False)
class Explanations(_Answer, Sequence):
    """Relevance at every layer of a network, for a batch of pictures: a sequence of `Explanation`.

    `es[0]` is the first picture's, `es[1:3]` are some, `len(es)` is their number; their arrays are
    views, made when they are asked for. What a batch has as a whole is stacked: `es["conv1"]` is a
    layer of all pictures (`LayerResults`), `totals`, `pixels`, `heatmap`, `start_total`,
    `target_index` and `other_index` have a leading axis (B, …), `prediction`, `target` and `other`
    are lists. Anything else raises a ValueError that says to choose one picture.
    """

    layers: list[LayerResults]
    pictures: np.ndarray | None = None
    target_index: np.ndarray | None = None
    other_index: np.ndarray | None = None

    @overload
    def __getitem__(self, key: str) -> LayerResults: ...
    @overload
    def __getitem__(self, key: slice) -> "Explanations": ...
    @overload
    def __getitem__(self, key: int) -> Explanation: ...

    def __getitem__(self, key):
        if isinstance(key, str):
            return self._layer(key)
        if isinstance(key, slice):
            return replace(
                self,
                layers=[layer.pictures(key) for layer in self.layers],
                pictures=_at(self.pictures, key),
                target_index=_at(self.target_index, key),
                other_index=_at(self.other_index, key),
            )
        key = int(checks.whole_number("A picture's number", key))
        if not -len(self) <= key < len(self):
            raise IndexError(
                f"There are {len(self)} pictures; there is no number {checks.shown(key)}."
            )
        return Explanation(
            self.network,
            start=self.start,
            settings=self.settings,
            layers=[layer.picture(key) for layer in self.layers],
            picture=_at(self.pictures, key),
            target_index=_at(self.target_index, key, int),
            other_index=_at(self.other_index, key, int),
        )

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self.layers[0].relevance)

    def _repr_html_(self):
        return None

    def __getattr__(self, name):
        if not name.startswith("_") and (name == "picture" or hasattr(Explanation, name)):
            raise OnePictureOnly(choose_one(self))
        raise AttributeError(f"Explanations have no {name!r}.")

    @property
    def target(self) -> list[str] | None:
        """The names of the classes explained; None for start "softmax"."""
        return self._names(self.target_index)

    @property
    def other(self) -> list[str] | None:
        """The names of the classes contrasted with; None unless start is "contrast"."""
        return self._names(self.other_index)

    @property
    def prediction(self) -> list[list[tuple[str, float]]]:
        """For each picture [(class name, output), …], best first."""
        return [self._ranked(scores) for scores in self.layers[-1].activation]

    def _names(self, index):
        return None if index is None else [self.network.class_names[k] for k in index]


def _at(values, key, kind=lambda value: value):
    """Some of the values, where there are any."""
    return None if values is None else kind(values[key])
