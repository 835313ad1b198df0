"""A picture and relevance maps of it side by side, with what was measured on each under it."""

import anywidget
import numpy as np
import traitlets

from ...._support.colors import PERCENTILE, find_limits, lookup_table
from ....lrp.channels import summed
from ...shared.built import built


class SideBySide(anywidget.AnyWidget):
    """Maps beside the picture that they explain; a place marked in one is marked in all.

        SideBySide().show(picture, {"one": e.heatmap(), "other": f.pixels}, [("ΣR", ["1", "1"])])

    A subclass may give `controls`, dicts of a name, a label, and options or min, max and step;
    `chosen` holds their values, and `work_out(chosen)` is called for each change of them.
    """

    _esm = built("lessons/playgrounds/side_by_side.js")
    _css = built("lessons/playgrounds/side_by_side.css")

    controls = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    table = traitlets.Bytes(b"").tag(sync=True)
    picture = traitlets.Bytes(b"").tag(sync=True)
    picture_shape = traitlets.List(traitlets.Int()).tag(sync=True)
    maps = traitlets.Bytes(b"", help="float32, one map after the other").tag(sync=True)
    described = traitlets.List(traitlets.Dict()).tag(sync=True)
    measured = traitlets.List(traitlets.Dict()).tag(sync=True)
    version = traitlets.Int(0, help="counts what was shown").tag(sync=True)

    def __init__(self, controls=(), **chosen):
        # The browser may send anything: what can be chosen is kept where it cannot reach.
        self._options = {
            each["name"]: (each["label"], [*each["options"], chosen[each["name"]]])
            for each in controls
            if "options" in each
        }
        super().__init__(
            controls=list(controls), chosen=chosen, table=lookup_table("RdBu_r").tobytes()
        )
        self.observe(self._chosen, names="chosen")
        self._chosen()

    def work_out(self, chosen):
        """Show what belongs to the chosen values; here nothing depends on them."""

    def show(self, picture, maps, measured=(), common=True):
        """Put a picture (H, W, 3) and named maps on the page; returns the widget.

        `maps`: {name: relevance}, (H, W), or (H, W, 3) for three colours. `measured`: pairs of
        what it is and one text a map, or one for all. `common`: whether one colour scale holds
        for all maps.
        """
        arrays = [np.ascontiguousarray(each, np.float32) for each in maps.values()]
        together = find_limits(np.concatenate([each.ravel() for each in arrays])).high
        described = []
        for name, array in zip(maps, arrays, strict=True):
            high = together if common else find_limits(array).high
            described.append(
                {
                    "name": name,
                    "rows": array.shape[0],
                    "columns": array.shape[1],
                    "colors": array.ndim == 3,
                    "low": -high,
                    "high": high,
                    "clipped": float(np.mean(np.abs(array) > high)),
                    "percentile": PERCENTILE,
                    "total": float(summed(array).sum()),
                }
            )
        with self.hold_sync():
            self.picture = np.ascontiguousarray(picture, np.uint8).tobytes()
            self.picture_shape = list(picture.shape[:2])
            self.maps = b"".join(array.tobytes() for array in arrays)
            self.described = described
            self.measured = [{"name": name, "values": list(values)} for name, values in measured]
            self.version += 1
        return self

    def _chosen(self, _=None):
        try:
            for name, (label, options) in self._options.items():
                if self.chosen.get(name) not in options:
                    raise ValueError(f"{label} is one of those listed.")
            self.work_out(dict(self.chosen))
            self.error = ""
        except ValueError as problem:
            self.error = str(problem)


def in_decimals(value, decimals=2):
    """A measured number as text, with a true minus sign; "—" where there is none (NaN)."""
    if not np.isfinite(value):
        return "—"
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def in_percent(share):
    """A share as text, such as "68.2 %"."""
    text = in_decimals(100 * share, 1)
    return text if text == "—" else f"{text} %"
