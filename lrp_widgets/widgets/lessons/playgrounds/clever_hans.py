"""A laboratory: judge a network, group its heatmaps, find what it reads, prove it, repair it."""

from dataclasses import asdict

import anywidget
import numpy as np
import traitlets

from ...._support.colors import find_limits, lookup_table
from ...shared.background import Worker
from ...shared.built import built
from .in_background import InBackground

# Which network the picture below "Prove it" is asked of, and the words for it.
REPAIRS = ("as it is", "retrained", "pruned")
# A click this many pixels beside the mark still means it.
MARGIN = 2
MEMBERS = 6  # shown of each group
MOST_PRUNED = 32


class CleverHans(InBackground, anywidget.AnyWidget):
    """Five steps from a good accuracy to a network that is right for the right reason.

        CleverHans()

    Accuracy; heatmaps of one class in groups (`metrics.spray`); the place that a group looks at,
    which the learner must find; pictures with and without what is there; and two repairs, measured
    before and after. What comes after the third step is sent once the place is found, or shown.
    The numbers are those of `lessons.experiments.clever_hans`.
    """

    _esm = built("lessons/playgrounds/clever_hans.js")
    _css = built("lessons/playgrounds/clever_hans.css")

    clusters = traitlets.Int(0, help="how many groups; 0: the eigengap's choice").tag(sync=True)
    twin = traitlets.Bool(False, help="whether the groups are the clean twin's").tag(sync=True)
    chosen = traitlets.Int(0, help="the group that is looked at").tag(sync=True)
    scene = traitlets.Int(0).tag(sync=True)
    marked = traitlets.Bool(False).tag(sync=True)
    repair = traitlets.Enum(REPAIRS, REPAIRS[0]).tag(sync=True)
    layer = traitlets.Unicode("fc1").tag(sync=True)
    pruned = traitlets.Int(8, min=0, max=MOST_PRUNED).tag(sync=True)

    judged = traitlets.Dict(help="accuracy, pictures, classes, kind").tag(sync=True)
    groups = traitlets.Dict(help="labels, positions, gaps, members").tag(sync=True)
    pictures = traitlets.Bytes(b"").tag(sync=True)
    maps = traitlets.Bytes(b"", help="each map, then the mean of each group").tag(sync=True)
    limits = traitlets.List(traitlets.Float()).tag(sync=True)
    table = traitlets.Bytes(b"").tag(sync=True)
    guess = traitlets.Dict(help="row, column, share, right").tag(sync=True)
    found = traitlets.Dict(help="the mark's box, once it is found").tag(sync=True)
    proof = traitlets.Dict(help="probabilities with the mark and without").tag(sync=True)
    proof_pictures = traitlets.Bytes(b"").tag(sync=True)
    proof_maps = traitlets.Bytes(b"").tag(sync=True)
    layers = traitlets.Dict(help="layer -> its channels").tag(sync=True)
    outcomes = traitlets.Dict(help="network -> Outcome").tag(sync=True)
    progress = traitlets.Float(0.0).tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    repair_status = traitlets.Unicode("").tag(sync=True)

    def __init__(self, clusters=0):
        super().__init__(clusters=clusters, table=lookup_table("RdBu_r").tobytes())
        # Of their own, so that no step stops what another one computes.
        self._proving, self._repairing = Worker(), Worker()
        self._networks = {}
        self.observe(self.ask, names=("clusters", "twin"))
        self.observe(self._prove, names=("scene", "repair", "layer", "pruned", "found"))
        self.observe(self._prune, names=("layer", "pruned", "repair"))
        self.on_msg(self._pressed)
        self.ask()

    def wait(self, timeout=None):
        """Wait until nothing is computed any more; return whether that came within `timeout`."""
        workers = (self._worker, self._repairing, self._proving)
        return all([worker.wait(timeout) for worker in workers])

    def say(self, sentence):
        self.status = sentence

    # Steps 1 and 2: accuracy, and groups

    def to_measure(self):
        return self.twin, self.clusters

    def measure(self, deliver, cancel, twin, clusters):
        from ....lessons.experiments import clever_hans as hans

        if not self.judged:
            deliver(self.say, "Loading the network, and asking it about fresh pictures …")
            deliver(self._show_judged, hans.judged(), hans.by_class())
        deliver(self.say, "Explaining pictures of one class, and grouping their maps …")
        name = hans.TWIN if twin else hans.NAME
        maps = hans.maps(name)
        found = hans.groups(name, clusters or None)
        deliver(self._show_groups, maps, found)

    def _show_judged(self, outcome, classes):
        from ....lessons.experiments import clever_hans as hans

        self.judged = {
            "accuracy": outcome.as_trained,
            "pictures": hans.TESTED,
            "classes": classes,
            "kind": hans.KIND,
        }

    def _show_groups(self, maps, found):
        from ....lessons.experiments import clever_hans as hans

        means = [maps[found.labels == k].mean(0) for k in range(found.clusters)]
        shown = np.concatenate([maps, means])
        with self.hold_sync():
            self.pictures = hans.collection()[0].tobytes()
            self.maps = np.float32(shown).tobytes()
            self.limits = [find_limits(each).high for each in shown]
            self.chosen = min(self.chosen, found.clusters - 1)
            self.groups = {
                "labels": found.labels.tolist(),
                "positions": found.positions.astype(float).tolist(),
                "gaps": found.gaps.tolist(),
                "members": [found.members(k)[:MEMBERS].tolist() for k in range(found.clusters)],
                "count": len(maps),
                "side": maps.shape[1],
            }
            self.status = ""

    # Step 3: the place

    def _pressed(self, _widget, message, _buffers):
        match message:
            case {"type": "guess", "row": int(row), "column": int(column)}:
                self._judge(row, column)
            case {"type": "show"}:
                self._reveal()
            case {"type": "retrain"}:
                self._repairing.submit(self._retrain)
            case {"type": "stop"}:
                self._repairing.cancel()

    def _judge(self, row, column):
        from ....media.mark import HEIGHT, LEFT, TOP, WIDTH

        inside = (
            TOP - MARGIN <= row < TOP + HEIGHT + MARGIN
            and LEFT - MARGIN <= column < LEFT + WIDTH + MARGIN
        )
        self.guess = {"row": row, "column": column, "right": inside}
        if inside:
            self._reveal()

    def _reveal(self):
        from ....media.mark import HEIGHT, LEFT, TOP, WIDTH

        if not self.found:
            self.found = {"row": TOP, "column": LEFT, "rows": HEIGHT, "columns": WIDTH}
            self._repairing.submit(self._begin_repairs)

    # Step 4: proof

    def _network(self):
        """The network that is asked: (its name among REPAIRS, a function that makes it)."""
        from ....lessons.experiments import clever_hans as hans
        from ....lessons.experiments.loaded import network

        if self.repair == "retrained" and "retrained" in self._networks:
            return self._networks["retrained"]
        if self.repair == "pruned" and self.pruned:
            return hans.pruned(self.layer, self.pruned)
        return network(hans.NAME)

    def _prove(self, _=None):
        if self.found:
            self._proving.submit(self._measure_proof)

    def _measure_proof(self, cancel):
        from ....lessons.experiments import clever_hans as hans
        from ....lrp.metrics import heatmaps, mass
        from ....media.mark import mark_mask, put_mark

        network, number = self._network(), self.scene
        image = hans.tested()[0][number]
        pair = np.stack([image, put_mark(image)])
        probabilities = hans.answers(network, pair)
        maps = heatmaps(network, pair, hans.KIND, hans.RULES)
        if cancel.is_set():
            return
        proof = {
            "scene": number,
            "kind": network.class_names[int(hans.tested()[1][number])],
            "kinds": list(network.class_names),
            "target": hans.TARGET,
            "probabilities": probabilities.astype(float).tolist(),
            "limit": max(find_limits(each).high for each in maps),
            "on_mark": [mass(each, mark_mask()) for each in maps],
        }
        self._proving.deliver(self._show_proof, proof, pair, maps)

    def _show_proof(self, proof, pair, maps):
        with self.hold_sync():
            self.proof_pictures, self.proof_maps = pair.tobytes(), np.float32(maps).tobytes()
            self.proof = proof

    # Step 5: repairs

    def _begin_repairs(self, cancel):
        from ....lessons.experiments import clever_hans as hans

        layers = {name: len(each) for name, each in hans.carried().items()}
        self._repairing.deliver(setattr, self, "layers", layers)
        self._told("as it is", hans.judged())

    def _retrain(self, cancel):
        from ....lessons.experiments import clever_hans as hans

        def report(text, fraction):
            self._repairing.deliver(self._show_repair, f"Retraining: {text} …", fraction)

        network = hans.retrained(report, cancel.is_set)
        if network is None:
            self._repairing.deliver(self._show_repair, "Stopped.", 0.0)
            return
        report("measuring", 1.0)
        self._networks["retrained"] = network
        self._told("retrained", hans.outcome(network))
        self._repairing.deliver(self._prove)

    def _prune(self, _=None):
        if self.found and self.repair == "pruned" and self.layer in self.layers:
            self._repairing.submit(self._measure_pruned)

    def _measure_pruned(self, cancel):
        from ....lessons.experiments import clever_hans as hans

        layer, count = self.layer, self.pruned
        self._repairing.deliver(self._show_repair, f"Measuring without {count} channels …", 0.0)
        found = hans.outcome(hans.pruned(layer, count))
        if not cancel.is_set():
            self._told("pruned", found, layer=layer, count=count)

    def _told(self, name, outcome, **more):
        self._repairing.deliver(self._show_outcome, name, asdict(outcome) | more)

    def _show_outcome(self, name, outcome):
        with self.hold_sync():
            self.outcomes = self.outcomes | {name: outcome}
            self._show_repair("", 0.0)

    def _show_repair(self, sentence, fraction):
        self.repair_status, self.progress = sentence, fraction
