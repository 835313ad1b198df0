"""Two explanations side by side, with one stepper for both."""

import anywidget
import numpy as np
import traitlets

from ..._support.colors import COLORMAPS, DIFFERENCE, PERCENTILE, lookup_table
from ...figures.captions import explained
from ...figures.view_settings import View
from ...lessons.experiments.layer_matching import partners
from ...lrp.attribution import MethodMap
from ...lrp.channels import summed
from ...lrp.judging import METHOD_WORDS
from ...lrp.layer_result import of_one_picture
from ...lrp.map_measures import measure
from ...lrp.metrics import rank_correlation
from ...lrp.settings import settings
from ..microscope.microscope import in_colors
from ..shared.built import built
from ..shared.measure_cells import cells
from ..shared.pinned import same_places
from ..shared.setting_trait import trait
from ..stepper.channel_maps import pack
from ..stepper.stepper import describe_layers
from .compare_words import correlation_words, differences, method_sentence

VIEW = settings(View)

# What decides how two explanations look, as arguments.
LOOKS = (
    "current",
    "quantity",
    "first_view",
    "second_view",
    "colormap",
    "scale",
    "scales",
    "percentile",
    "overlay",
)


class Compare(anywidget.AnyWidget):
    """Two explanations side by side: maps, difference, rank correlation and totals of each layer.

        Compare(explain(network, image), explain(network, image, pooling="max"))

    The stepper goes through the layers of `first`; beside each stands the layer of `second` that
    has its name, or its relative place. `show` puts other explanations in their place. The
    difference (first − second) and the correlation need layers of one shape. The second may be
    another method's map (`attribution.map_of`), which stands beside every layer. Its height is the
    CSS variable `--lrp-stepper-height` (640px). Raises ValueError for an explanation of several
    pictures, and for a first one without layers.
    """

    needs_kernel = False  # an exported page has its maps, and does not offer other settings

    _esm = built("compare/compare.js")
    _css = built("compare/compare.css")

    # What is looked at
    current = traitlets.Unicode("", help="a layer of the first explanation").tag(sync=True)
    quantity = trait(VIEW["quantity"])
    pin = traitlets.Dict(help="the marked place of the first: layer and cell").tag(sync=True)

    # How it is drawn
    first_view = trait(VIEW["view"])
    second_view = trait(VIEW["view"])
    colormap = trait(VIEW["colormap"])
    scale = trait(VIEW["scale"])
    scales = traitlets.Enum(("own", "common"), "own").tag(sync=True)
    percentile = traitlets.Float(PERCENTILE, min=0, max=100).tag(sync=True)
    overlay = trait(VIEW["overlay"])

    # The explanations, as `show` packs them for the browser; {} where there is none yet
    first = traitlets.Dict().tag(sync=True)
    second = traitlets.Dict().tag(sync=True)
    pairs = traitlets.List(traitlets.Dict()).tag(sync=True)
    first_measures = traitlets.Dict(help="{} while there are none").tag(sync=True)
    second_measures = traitlets.Dict().tag(sync=True)
    titles = traitlets.List(traitlets.Unicode(), ["", ""]).tag(sync=True)
    colormaps = traitlets.List(traitlets.Unicode(), list(COLORMAPS)).tag(sync=True)
    tables = traitlets.Bytes(b"", help="colours of each map, then of the difference").tag(sync=True)

    # What is going on in each pane: status, progress, cancellable, stale, error
    first_signs = traitlets.Dict().tag(sync=True)
    second_signs = traitlets.Dict().tag(sync=True)

    # What can be chosen here, where somebody answers (the dashboard does)
    presets = traitlets.List(traitlets.Dict()).tag(sync=True)
    preset = traitlets.Unicode("", help="the one that the panes stand at").tag(sync=True)
    choices = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Dict(help="what the second has otherwise").tag(sync=True)
    locked = traitlets.Bool(False).tag(sync=True)
    notes = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, first=None, second=None, **traits):
        super().__init__(**traits)
        self._explanations = (None, None)
        self.measure = self._measure_here  # (side, explanation); may be replaced
        self.tables = b"".join(lookup_table(name).tobytes() for name in (*COLORMAPS, DIFFERENCE))
        if first is not None:
            self.show(first, second)

    def show(self, first, second=None):
        """Show two explanations; the current layer stays where the first has one of that name.

        Without a second one its pane is empty.
        """
        for explanation in (first, second):
            if explanation is not None:
                of_one_picture(explanation)
        if isinstance(first, MethodMap):
            raise ValueError("The first is an explanation, for it leads through the layers.")
        before, self._explanations = self._explanations, (first, second)
        with self.hold_sync():
            for k, side in enumerate(("first", "second")):
                if self._explanations[k] is not before[k]:
                    self._pack_side(side)
                    setattr(self, f"{side}_measures", {})
            self.pairs = list(_pairs(first, second, self.quantity))
            self._name_differences()
            if before[0] and not same_places(before[0], first):
                self.pin = {}  # a place of another network
            if self.current not in first.totals:
                self.current = first.layers[0].name
        for side, old, new in zip(("first", "second"), before, self._explanations, strict=True):
            if new is not None and new is not old:
                self.measure(side, new)

    def _measure_here(self, side, explanation):
        setattr(self, f"{side}_measures", cells(measure(explanation)))

    @property
    def looks(self):
        """{argument: value} of what is looked at otherwise than at first."""
        return {
            name: getattr(self, name)
            for name in LOOKS
            if getattr(self, name) != self.trait_defaults(name)
        }

    @property
    def explanations(self):
        """The two on the screen; None for one that is not there."""
        return self._explanations

    @traitlets.observe("quantity", "first_view", "second_view")
    def _send_what_is_missing(self, change):
        if self.first == {}:
            return
        for side in ("first", "second"):
            packed = getattr(self, side)
            if packed and set(self._wanted(side)) - set(packed):
                self._pack_side(side)
        if change["name"] == "quantity":
            self.pairs = list(_pairs(*self._explanations, self.quantity))
        else:
            self._name_differences()

    def _pack_side(self, side):
        explanation = self._explanations[side == "second"]
        packed = {}
        if explanation is not None:
            picture = in_colors(explanation.picture)
            packed = {
                "layers": describe_layers(explanation.layers, explanation),
                "summary": {
                    "start": explanation.start,
                    "start_total": float(getattr(explanation, "start_total", 0)),
                    "explained": explained(explanation),
                    "picture_shape": None if picture is None else list(picture.shape[:2]),
                    "class_names": list(explanation.network.class_names),
                    "method": METHOD_WORDS.get(getattr(explanation, "method", ""), ""),
                    "sentence": method_sentence(explanation),
                    "ledger": _ledger(explanation),
                },
                "picture": b"" if picture is None else picture.tobytes(),
                **{name: make(explanation) for name, make in self._wanted(side).items()},
            }
        setattr(self, side, packed)

    def _wanted(self, side):
        """The numbers that the present view needs; of a large network each is a megabyte."""
        wanted = {"relevance_maps": lambda e: pack(summed(x.relevance) for x in e.layers)}
        if self.quantity == "activation":
            wanted["activation_maps"] = lambda e: pack(summed(x.activation) for x in e.layers)
        if getattr(self, f"{side}_view") == "rgb":
            wanted["pixels"] = lambda e: pack(
                [e.layers[0].relevance] if e.layers[0].shape[-1] == 3 else []
            )
        return wanted

    def _name_differences(self):
        first, second = self._explanations
        if first is not None and second is not None:
            self.titles = differences(first, second, (self.first_view, self.second_view))


def _ledger(explanation):
    """What a method's map adds up to, None for one that adds up to nothing in particular."""
    baseline = getattr(explanation, "baseline", None)
    return None if baseline is None else explanation.score - baseline


def _pairs(first, second, quantity):
    """For each layer of the first: its partner's position, and how alike their maps are."""
    if second is None:
        return
    if isinstance(second, MethodMap):
        yield from _pairs_with_pixels(first, second, quantity)
        return
    matched = partners(list(first.totals), list(second.totals))
    for layer, j in zip(first.layers, matched, strict=True):
        partner = second.layers[j]
        pair = {"partner": j, "comparable": layer.shape == partner.shape}
        if pair["comparable"]:
            pair[quantity] = _agreement(layer, partner, quantity)
        yield pair


def _pairs_with_pixels(first, second, quantity):
    """The same of a map of the pixels, which is the only one that there is beside any layer."""
    [pixels] = second.layers
    for layer in first.layers:
        comparable = layer.kind == "input" and layer.shape[:2] == pixels.shape[:2]
        pair = {"partner": 0, "comparable": comparable and quantity == "relevance"}
        if pair["comparable"]:
            pair[quantity] = _agreement(layer, pixels, quantity)
        yield pair


def _agreement(layer, partner, quantity):
    maps = [summed(getattr(each, quantity)) for each in (layer, partner)]
    r = rank_correlation(*maps)
    return {
        "correlation": None if np.isnan(r) else r,
        "words": correlation_words(r, np.array_equal(*maps)),
    }
