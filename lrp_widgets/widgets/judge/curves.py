"""Perturbation curves of the map on the screen, of a second map, and of a random order."""

import time
from dataclasses import dataclass, replace
from functools import cached_property

from cachetools import LRUCache

from ..._support.downloads import Cancelled
from ...lrp import attribution, metrics
from ...lrp.channels import summed
from ...lrp.explanation import Explanation
from ...lrp.judging import NONE, Judging
from ...lrp.targets import explained_class
from ...session import MapRequest, Request

# Curves and second maps that are kept for when they are asked for again.
KEPT = 64

# What takes longer than this (seconds) is handed out piece by piece.
PIECE = 0.5

# What is going on meanwhile.
APART = "Taking the picture apart"

# Which curves there are, in the order of what a person asks first: (map, order).
ALL = (("a", "morf"), ("random", "random"), ("a", "lerf"), ("b", "morf"), ("b", "lerf"))


@dataclass(frozen=True, eq=False)
class Case:
    """What is judged: an explanation, the request that it answers, and the settings."""

    request: Request
    explanation: Explanation
    settings: Judging

    @cached_property
    def target(self):
        """The number of the class whose score is followed: the explained one, or the top class."""
        return explained_class(self.explanation)

    @property
    def class_name(self):
        """Its name."""
        return self.explanation.network.class_names[self.target]

    @property
    def map(self):
        """The map on the screen, (H, W)."""
        return summed(self.explanation.layers[0].relevance)

    @property
    def second(self):
        """What is asked for the second map: a `MapRequest` of a method, else a `Request`."""
        versus = self.settings.versus
        if versus in attribution.METHODS:
            return MapRequest.of(self.request, versus, self.target)
        return replace(self.request, rules=versus).essential

    def wanted(self):
        """The curves that there are to be: (map, order)."""
        return [one for one in ALL if one[0] != "b" or self.settings.versus != NONE]


class Curves:
    """Computes a case's curves through a session, and keeps the last ones.

    The random order is the same under all rules: another rule costs two curves.
    """

    def __init__(self, session):
        self._session = session
        self._kept = LRUCache(KEPT)

    def compute(self, case, tell, report, cancel):
        """Return {(map, order): `metrics.Perturbation`} of a case.

        `tell(found)` is told of what there is so far where it takes a while, and
        `report(text, fraction)` how far it is. Raises Cancelled once `cancel` is set, ValueError
        for what cannot be answered.
        """
        found, wanted, last = {}, case.wanted(), time.monotonic()
        for number, (which, order) in enumerate(wanted):

            def progress(done, count, number=number):
                _end_if(cancel)
                report(APART, (number + done / count) / len(wanted))

            found[which, order] = self._curve(case, which, order, progress, report, cancel)
            if time.monotonic() - last > PIECE and number + 1 < len(wanted):
                last = time.monotonic()
                tell(dict(found))
        return found

    def _curve(self, case, which, order, progress, report, cancel):
        key = (_question(case, which), order, case.settings.patch)
        key += (case.settings.baseline, case.settings.score, case.target)
        if key not in self._kept:
            relevance = self._map(case, which, report, cancel)

            def run(network, image):
                score = case.settings.score if network.ends_with_softmax else "logit"
                height, width = image.shape[:2]
                return metrics.perturb(
                    network,
                    image,
                    relevance,
                    order,
                    patch=case.settings.patch_width(height, width),
                    baseline=case.settings.baseline,
                    score=score,
                    target=case.target,
                    report=progress,
                )

            self._kept[key] = self._session.measure(case.request, run, report, cancel)
        return self._kept[key]

    def _map(self, case, which, report, cancel):
        """A map (H, W); every order of patches but by relevance needs only its size."""
        if which != "b":
            return case.map
        _end_if(cancel)
        report("Computing the second map", -1)
        if isinstance(case.second, MapRequest):
            return summed(self._session.map(case.second, report, cancel).pixels)
        return self._session.class_map(case.second).map


def _end_if(cancel):
    if cancel.is_set():
        raise Cancelled(f"{APART} was cancelled.")


def _question(case, which):
    """What decides a curve besides the settings: all of a request, or its picture and network."""
    request = case.request
    bare = (request.picture, request.network, request.weights, request.seed)
    if which == "random":
        return bare
    return request.essential if which == "a" else case.second


def area(found, which):
    """Return the area between a map's curves, `metrics.abpc`; None where there are not both."""
    most, least = (found.get((which, order)) for order in ("morf", "lerf"))
    return None if most is None or least is None else metrics.area_between(most, least)
