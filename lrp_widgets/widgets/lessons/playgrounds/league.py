"""The league as a table: every method under every measure, and the pictures behind a cell."""

from functools import cached_property

import anywidget
import numpy as np
import traitlets

from ...._support import checks
from ...._support.colors import find_limits, lookup_table
from ....media.images import PHOTOGRAPHS
from ....networks.network import Network
from ...settings.controls import proper_name
from ...shared.background import Worker
from ...shared.built import built
from .in_background import InBackground
from .league_words import method_label

# Scenes of a learner's own network: enough to see what is far apart, and soon done.
OWN_SCENES = 8
MOST_SCENES = 1000
OWN = "yours"


class League(InBackground, anywidget.AnyWidget):
    """Every composite and method under every measure, with standard errors; a cell opens pictures.

        League()                               # as measured before, on 200 drawn scenes
        League(model)                          # a Keras model or Network of yours beside it
        League(network, scenes=20)

    `network` takes square pictures in colour. It is measured here and now on the first `scenes`
    drawn scenes, row by row. A click on a cell draws the maps of the pictures where that method did
    best and worst. `rows`, `measures` and `opened` hold what is shown.

    Raises ValueError for a network that cannot look at the scenes.
    """

    _esm = built("lessons/playgrounds/league.js")
    _css = built("lessons/playgrounds/league.css")

    networks = traitlets.List(traitlets.Dict(), help="value, label, told").tag(sync=True)
    network = traitlets.Unicode("mini-vgg").tag(sync=True)
    measures = traitlets.List(traitlets.Dict()).tag(sync=True)
    rows = traitlets.List(traitlets.Dict(), help="name, label, kind, cells").tag(sync=True)
    columns = traitlets.Unicode("one of each", help="which measures are shown").tag(sync=True)
    sort = traitlets.Unicode("abpc").tag(sync=True)
    descending = traitlets.Bool(True).tag(sync=True)
    wanted = traitlets.Dict(help="method and measure of a cell to open").tag(sync=True)
    opened = traitlets.Dict(help="what is open: title, panels, rows, columns").tag(sync=True)
    maps = traitlets.Bytes(b"").tag(sync=True)
    pictures = traitlets.Bytes(b"").tag(sync=True)
    outlines = traitlets.Bytes(b"").tag(sync=True)
    table = traitlets.Bytes(b"").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    progress = traitlets.List(traitlets.Int(), help="rows measured, of how many").tag(sync=True)
    stopped = traitlets.Int(0, help="how often Stop was pressed").tag(sync=True)

    def __init__(self, network=None, scenes=OWN_SCENES):
        from ....lessons.experiments.league import cases, measures, tables

        self._own, self._found = None, {}
        if network is not None:
            self._own = _checked(network)
            count = checks.whole_number("scenes", scenes, 2, MOST_SCENES)
            self._cases = cases.scenes_for(self._own, range(count))
        self._table = tables.table()
        super().__init__(
            networks=self._offered(),
            measures=[
                {
                    "name": name,
                    "label": each.label,
                    "question": each.question,
                    "better": each.better,
                    "says": each.says,
                    "beside": each.beside,
                }
                for name, each in measures.MEASURES.items()
            ],
            table=lookup_table("RdBu_r").tobytes(),
            network="mini-vgg" if self._own is None else OWN,
        )
        self.observe(self._show_network, names="network")
        self.observe(self._open, names="wanted")
        self.observe(lambda _: self._measuring.cancel(), names="stopped")
        self._show_network()
        if self._own is not None:
            self.measure_own()

    @cached_property
    def _measuring(self):
        """Measures the learner's own network; a cell may be opened meanwhile."""
        return Worker()

    def wait(self, timeout=None):
        """Wait until nothing is computed any more; return whether that came within `timeout`."""
        return self._measuring.wait(timeout) and super().wait(timeout)

    # The table

    def _offered(self):
        names = list(dict.fromkeys(row["network"] for row in self._table))
        offered = [
            {"value": name, "label": proper_name(name), "told": self._told(name)} for name in names
        ]
        if self._own is None:
            return offered
        told = (
            f"Measured here and now on {len(self._cases)} drawn scenes, without the measures that "
            "ask the network far more often."
        )
        return [{"value": OWN, "label": f"{self._own.name} (yours)", "told": told}, *offered]

    def _told(self, name):
        most = max(row["scenes"] for row in self._table if row["network"] == name)
        if name.startswith("mini-"):
            return (
                f"Measured before on up to {most} drawn scenes, on fewer (n) where a measure asks "
                "the network far more often."
            )
        return (
            f"Measured before on {most} photographs, whose objects nobody has drawn: what needs "
            "them is missing."
        )

    def _show_network(self, _=None):
        cells = {}
        if self.network == OWN:
            cells = self._found
        else:
            for row in self._table:
                if row["network"] == self.network:
                    cells.setdefault(row["method"], {})[row["measure"]] = row
        with self.hold_sync():
            self.rows = [_row(name, found) for name, found in cells.items()]
            self.opened, self.wanted = {}, {}

    # A learner's own network

    def measure_own(self):
        """Measure the learner's own network, row by row."""
        from ....lessons.experiments.league import entrants

        self._found, rows = {}, entrants.ROWS

        def job(cancel):
            for k, name in enumerate(rows):
                if cancel.is_set():
                    return self._measuring.deliver(self._stopped, k, len(rows))
                self._measuring.deliver(self._begin, name, k, len(rows))
                try:
                    self._measuring.deliver(self._add, name, self._measured(name))
                except ValueError as error:
                    self._measuring.deliver(self._add, name, {}, f"{method_label(name)}: {error}")
            self._measuring.deliver(self._begin, None, len(rows), len(rows))

        self._measuring.submit(job)

    def _measured(self, name):
        from ....lessons.experiments.league import measures, tables

        found = measures.measures_of(self._own, name, self._cases)
        return {
            measure: tables.summary(values) | tables.ends(values, measures.MEASURES[measure].better)
            for measure, values in found.items()
        }

    def _begin(self, name, done, count):
        with self.hold_sync():
            self.progress = [done, count]
            if name is not None:
                self.status = f"Measuring {method_label(name)} …"
            elif self.status.startswith("Measuring"):
                self.status = ""

    def _stopped(self, done, count):
        with self.hold_sync():
            self.progress = []
            self.status = f"Stopped after {done} of {count} rows."

    def _add(self, name, cells, complaint=""):
        self._found[name] = cells
        if complaint:
            self.status = complaint
        if self.network == OWN:
            self.rows = [_row(each, found) for each, found in self._found.items()]

    # The pictures behind a cell

    def _open(self, change):
        if change["new"]:
            self.ask()
        else:
            self.opened = {}

    def to_measure(self):
        method, measure = self.wanted.get("method"), self.wanted.get("measure")
        if self.network == OWN:
            cell = self._found.get(method, {}).get(measure, {})
        else:
            cell = next(
                (
                    row
                    for row in self._table
                    if (row["network"], row["method"], row["measure"])
                    == (self.network, method, measure)
                ),
                {},
            )
        return self.network, method, measure, cell

    def measure(self, deliver, cancel, network, method, measure, cell):
        if not cell or not cell["scenes"]:
            raise ValueError("Nothing was measured there.")
        deliver(self.say, f"Drawing the maps of {method_label(method)} …")
        from ....lessons.experiments.league import entrants, measures

        known = self._ask_network(network)
        cell = {end: self._at_hand(network, cell[end]) for end in ("highest", "lowest")}
        pictured = cell["highest"] + cell["lowest"]
        if not pictured:
            raise ValueError("These pictures do not come with the package.")
        shown = [self._case(known, network, number) for number, _ in pictured]

        targets = measures.first_choices(known, np.stack([each.image for each in shown]))[:, 0]
        maps = entrants.method_of(method, shown)(
            known, np.stack([each.image for each in shown]), targets.tolist()
        )
        names = [known.class_names[int(target)] for target in targets]
        maps = np.asarray(maps, np.float32).sum(-1)
        deliver(self._show_pictures, (method, measure), cell, shown, maps, names)

    def _ask_network(self, name):
        from ....lessons.experiments import loaded
        from ....networks.zoo import registry

        if name == OWN:
            return self._own
        if not registry.on_disk(name):
            raise ValueError(
                f"{proper_name(name)} is not on this machine, so its maps cannot be drawn; choose "
                "it once on the dashboard to fetch it."
            )
        return loaded.network(name)

    def _at_hand(self, name, pairs):
        """Of (number, value) pairs those whose picture comes with the package."""
        if name == OWN or name.startswith("mini-"):
            return pairs
        return [(number, value) for number, value in pairs if number < len(PHOTOGRAPHS)]

    def _case(self, network, name, number):
        from ....lessons.experiments.league import cases

        if name == OWN:
            return self._cases[number]
        return (
            cases.scene(number) if name.startswith("mini-") else cases.photograph(number, network)
        )

    def _show_pictures(self, cell, found, shown, maps, names):
        method, measure = cell
        label = next(each["label"] for each in self.measures if each["name"] == measure)
        ends = [("highest", pair) for pair in found["highest"]]
        ends += [("lowest", pair) for pair in found["lowest"]]
        panels = [
            {
                "end": end,
                "title": case.title,
                "value": value,
                "says": name,
                "limit": find_limits(made).high,
                "outlined": case.mask is not None,
            }
            for (end, (_, value)), case, made, name in zip(ends, shown, maps, names, strict=True)
        ]
        masks = [case.mask for case in shown if case.mask is not None]
        with self.hold_sync():
            self.pictures = b"".join(case.image[..., :3].tobytes() for case in shown)
            self.maps = np.ascontiguousarray(maps).tobytes()
            self.outlines = np.uint8(masks).tobytes() if masks else b""
            self.opened = {
                "method": method,
                "measure": measure,
                "title": f"{method_label(method)}, {label}",
                "rows": maps.shape[1],
                "columns": maps.shape[2],
                "panels": panels,
            }
            self.say("")

    def say(self, sentence):
        self.status = sentence


def _row(name, cells):
    from ....lessons.experiments.league import entrants

    kind = "control" if name in entrants.CONTROLS else "LRP" if name in entrants.LRP else "other"
    found = {
        measure: [_plain(cell["mean"]), _plain(cell["error"]), int(cell["scenes"])]
        for measure, cell in cells.items()
        if cell["scenes"]
    }
    return {"name": name, "label": method_label(name), "kind": kind, "cells": found}


def _plain(value):
    """A number as it travels: None where there is none."""
    return float(value) if np.isfinite(value) else None


def _checked(network):
    """The learner's network, read from Keras where it is a model."""
    return network if isinstance(network, Network) else Network.from_keras(network)
