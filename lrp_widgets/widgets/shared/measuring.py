"""Measure the map on the screen in the background, once it is there."""

import logging
from dataclasses import replace

from ...lrp.attribution import MethodMap
from ...lrp.map_measures import LOGIT, RUNNER_UP, TOP, Compared, class_map, compare, measure
from ...media.images import object_mask
from .background import Worker

# Another class's map is computed once nothing else was asked for so long (seconds): a slider that
# is dragged, or the next picture, does not wait for it.
REST = 0.4

# Composites under which a contrast is measured beside the one on the screen.
CONTRASTED = ("z-plus", "epsilon-plus", "epsilon-gamma-box")

log = logging.getLogger(__name__)


class Measuring:
    """Measures explanations of an session; the newest takes the place of those before it.

    `measured(explanation, measures, pending)` is called on the widgets' own thread: first with what
    the explanation alone tells, then with the comparison, which `pending` says is still to come (a
    `Compared` without a number; None: nothing is). `contrasted(explanation, compared)`, if given,
    is called with a contrast's `Compared` under several composites.
    """

    def __init__(self, session, measured, contrasted=None):
        self._session = session
        self._measured = measured
        self._contrasted = contrasted
        self._worker = Worker()

    def measure(self, request, explanation):
        """Measure the explanation that answers `request`."""
        self._worker.submit(lambda cancel: self._measure(request, explanation, cancel))

    def stop(self):
        """Measure nothing more."""
        self._worker.cancel()

    def wait(self, timeout=None):
        """Wait until all is measured; return whether it came within `timeout` seconds."""
        return self._worker.wait(timeout)

    # In the background

    def _measure(self, request, explanation, cancel):
        def deliver(function, *arguments):
            self._worker.deliver(_unless, cancel, function, explanation, *arguments)

        try:
            found = measure(explanation, _mask(request, explanation))
            pending = comparison(explanation)
            deliver(self._measured, found, pending)
            if pending is None or cancel.wait(REST):
                return
            compared = self._compare(request, explanation, pending)
            deliver(self._measured, replace(found, compared=compared), None)
            if pending.what == LOGIT and self._contrasted is not None:
                contrasts = self._contrasts(request, explanation, cancel)
                deliver(self._contrasted, contrasts)
        except Exception:
            if not cancel.is_set():
                log.exception("A map could not be measured")

    def _compare(self, request, explanation, pending):
        other = self._session.class_map(_logit_of(request, pending.target))
        if other is None:
            return None
        return replace(pending, correlation=compare(class_map(explanation), other))

    def _contrasts(self, request, explanation, cancel):
        """{composite: rank correlation of the contrast's map and the logit's}, as far as it got."""
        target, other = int(explanation.target_index), int(explanation.other_index)
        found = {}
        for name in CONTRASTED:
            asked = replace(request, rules=name, target=target, other=other)
            maps = []
            for each in (asked, _logit_of(asked, target)):
                if cancel.is_set():
                    return {}
                maps.append(self._session.class_map(each))
            if None not in maps:
                found[name] = compare(*maps)
        return found


def comparison(e):
    """Return what a map is compared with, a `Compared` without a number; None: there is nothing.

    A contrast with its logit's map, the top class with the runner-up, all else with the top class.
    A map by another method stands beside an explanation already.
    """
    if isinstance(e, MethodMap):
        return None
    order = (-e.layers[-1].activation).argsort(kind="stable")
    if len(e.layers[0].shape) != 3 or len(order) < 2:
        return None
    names, nan = e.network.class_names, float("nan")
    explained = None if e.start == "softmax" else int(e.target_index)
    if e.start == "contrast":
        what, target = LOGIT, explained
    elif explained == order[0]:
        what, target = RUNNER_UP, int(order[1])
    else:
        what, target = TOP, int(order[0])
    return Compared(what, names[target], nan, target)


def _logit_of(request, target):
    return replace(request, start="logit", target=target, other=None).essential


def _mask(request, e):
    """The object's pixels of a drawn scene; None for any other picture."""
    shape = e.layers[0].shape
    return object_mask(request.picture, *shape[:2]) if len(shape) == 3 else None


def _unless(cancel, function, *arguments):
    if not cancel.is_set():
        function(*arguments)
