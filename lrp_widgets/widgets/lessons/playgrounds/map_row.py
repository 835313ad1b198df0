"""Pictures and relevance maps side by side, with the object's outline and numbers below each."""

from dataclasses import dataclass

import anywidget
import numpy as np
import traitlets

from ...._support.colors import find_limits, lookup_table
from ...shared.built import built


@dataclass(frozen=True, eq=False)
class Panel:
    """One of a MapRow's panels.

    `shown`: uint8 (H, W, 3), a picture; float (H, W), a map; or a sentence in place of one.
    `lines`: (name, value, …) below it, as text; `heads` heads the values where there are several.
    """

    title: str
    shown: np.ndarray | str
    lines: tuple = ()
    heads: tuple = ()


class MapRow(anywidget.AnyWidget):
    """A few pictures and maps in a row, each map on a symmetric scale of its own.

        MapRow([Panel("picture", image), Panel("trained", e.heatmap(), [("entropy", "0.96")])])

    `outline`: bool (H, W), the object, drawn as a line over every panel of its size.
    `show` replaces all of it; `status` is a line below.
    """

    _esm = built("lessons/playgrounds/map_row.js")
    _css = built("lessons/playgrounds/map_row.css")

    title = traitlets.Unicode("Maps").tag(sync=True)
    panels = traitlets.List(traitlets.Dict()).tag(sync=True)
    maps = traitlets.Bytes(b"").tag(sync=True)
    pictures = traitlets.Bytes(b"").tag(sync=True)
    outline = traitlets.Bytes(b"").tag(sync=True)
    table = traitlets.Bytes(b"").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)

    def __init__(self, panels=(), outline=None, **traits):
        super().__init__(table=lookup_table("RdBu_r").tobytes(), **traits)
        self.show(panels, outline)

    def show(self, panels, outline=None):
        """Show other panels."""
        described, maps, pictures = [], [], []
        for panel in panels:
            shown = panel.shown
            entry = {
                "title": panel.title,
                "heads": list(panel.heads),
                "lines": [list(line) for line in panel.lines],
                "label": _spoken(panel),
            }
            if isinstance(shown, str):
                described.append(entry | {"shows": "words", "words": shown})
                continue
            kind, before = ("picture", pictures) if shown.ndim == 3 else ("map", maps)
            entry |= {
                "shows": kind,
                "offset": sum(each.shape[0] * each.shape[1] for each in before),
            }
            entry |= dict(zip(("rows", "columns"), shown.shape[:2], strict=True))
            if kind == "map":
                entry["limit"] = find_limits(shown).high
            before.append(shown)
            described.append(entry)
        with self.hold_sync():
            self.maps = b"".join(np.ascontiguousarray(m, np.float32).tobytes() for m in maps)
            self.pictures = b"".join(np.ascontiguousarray(p).tobytes() for p in pictures)
            self.outline = b"" if outline is None else np.uint8(outline).tobytes()
            self.panels = described


def _spoken(panel):
    numbers = "; ".join(f"{name} {value}" for name, value, *_ in panel.lines)
    return f"{panel.title}{': ' if numbers else ''}{numbers}"
