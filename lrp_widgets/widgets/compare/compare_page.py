"""The dashboard's "Compare": pane A shows what the page explains, pane B asks for its own."""

from dataclasses import fields, replace

import traitlets

from ...figures.captions import MEANINGLESS
from ...figures.code_snippet import compare_as_python
from ...lrp import rule_words
from ...lrp.composites import COMPOSITES
from ...lrp.judging import METHOD
from ...lrp.rule_syntax import OWN, split
from ...lrp.settings import as_text
from ...lrp.targets import explained_class, runner_up
from ...session import MapRequest, Request
from ..settings.controls import followers, proper_name
from ..settings.url_state import COMPARED, RUNNER_UP, differing
from ..shared.measure_cells import cells
from ..shared.measuring import Measuring
from .compare import Compare
from .compare_words import by_channel
from .pane_requests import PaneRequests
from .presets import EXPERIMENTS

SIGNS = ("status", "progress", "cancellable", "stale", "error")

# Each setting by the name that a link has for it.
LISTED = {each.link or each.name: each for each in COMPARED}

# What makes no difference to a method that is not LRP.
OF_LRP = ("rules", "input_rule", "pooling", "explain", "dtype")


def _rule_words(text):
    return "the network’s own" if text == OWN else rule_words.rule_words(text)


class Signs(traitlets.HasTraits):
    """What is going on in pane B, as `Requests` says it."""

    status = traitlets.Unicode("")
    progress = traitlets.Float(-1.0)
    cancellable = traitlets.Bool(False)
    stale = traitlets.Bool(False)
    error = traitlets.Unicode("")


class ComparePage:
    """A `Compare` whose first pane follows the dashboard, and whose second has settings otherwise.

    `stepper` says what is going on in pane A, whose settings are the dashboard's `controls`;
    `set_first(settings)` sets some of them and returns whether that asks for another explanation;
    `changed()` is called when a link would carry something else.
    `on_disk(network, weights)` tells what needs no download.
    """

    def __init__(self, session, on_disk, stepper, controls, set_first, changed, pictures, networks):
        self.widget = Compare()
        self.widget.layout.display = "none"
        self.differing = dict(EXPERIMENTS[0].second)
        self._on_disk = on_disk
        self._stepper = stepper
        self._controls = controls
        self._set_first = set_first
        self._changed = changed
        self._readers = differing(pictures, networks)
        # {name: {value: words}} of what there is to choose from
        self._offered_values = {name: each.words for name, each in LISTED.items()} | {
            "picture": {name: name for name in pictures},
            "network": {name: proper_name(name) for name in networks},
            "rules": {text: _rule_words(text) for text in (OWN, *COMPOSITES)},
        }
        self._first = None  # the request and explanation of pane A
        self._second = None  # those of pane B, and its settings then
        self._hidden = set()
        self._links = []
        self._signs = Signs()
        self._interrupted = False  # whether pane B waits for pane A's next answer
        self._requests = PaneRequests(session, self._signs, self._show, self._fail)
        self._measuring = Measuring(session, self._measured)
        self.widget.measure = self._measure
        stepper.observe(self._follow_measures, names="measures")
        stepper.observe(self._tell_signs, names=list(SIGNS))
        stepper.observe(self._make_way, names="stale")
        self._signs.observe(self._tell_signs, names=list(SIGNS))
        self.widget.on_msg(self._answer)
        self.widget.observe(self._look_changed, names=["first_view"])
        self.widget.observe(lambda _: changed(), names=["current", "scales", "quantity"])
        self._tell()

    def hide(self, names):
        """Offer nothing that touches the named controls."""
        self._hidden = set(names).union(*map(followers, names))
        self._tell()

    def lock(self, locked):
        """Let nothing be chosen, or let it be."""
        self.widget.locked = locked

    def wait(self, timeout=None):
        """Wait for pane B's answer; return whether it came within `timeout` seconds."""
        return self._requests.wait(timeout) and self._measuring.wait(timeout)

    @property
    def is_open(self):
        """Whether the page shows it."""
        return self.widget.layout.display != "none"

    def open(self):
        """Put it on the page, at the stepper's layer."""
        self.widget.layout.display = None
        if not self._links:
            self._links = [
                traitlets.link((self._stepper, name), (self.widget, name))
                for name in ("current", "quantity", "pin")
            ]
        self._tell_signs()
        self._ask()

    def close(self):
        """Take it off the page."""
        self.widget.layout.display = "none"
        for link in self._links:
            link.unlink()
        self._links = []
        self._requests.stop()
        self._measuring.stop()

    def follow(self, request, explanation):
        """Take another explanation for pane A."""
        self._first = (request, explanation)
        if self.is_open:
            self._ask()

    # What pane B shows

    def _ask(self):
        self._tell()
        if self._first is None:
            return
        self._signs.error = ""
        self._interrupted = False
        _, explanation = self._first
        request = self._wanted()
        if self._on_disk(request.network, request.weights):
            self._requests.ask(request)
            self._signs.cancellable = isinstance(request, MapRequest)
        else:
            self._fail(
                request,
                f"{proper_name(request.network)}’s pretrained weights are not on this machine: "
                "choose them for A, on the left, to fetch them.",
            )
        if self.widget.explanations[0] is not explanation:
            self.widget.show(explanation, self._second and self._second[1])

    def _wanted(self):
        """Pane A's request with what pane B has otherwise, or that of another method's map."""
        request, explanation = self._first
        own = {LISTED[name].name: value for name, value in self.differing.items()}
        if own.get("network", request.network) != request.network:
            # Its classes, blocks and layers are others.
            own = {
                "target": None,
                "other": None,
                "rules": split(request.rules)[0],
                "through": "",
            } | own
        elif own:
            # The class that A explains, which need not be the strongest one here.
            own = _classes_of(explanation) | own
        if own.get("target") == RUNNER_UP:
            own["target"] = runner_up(explanation)
        if own.get("input_rule") == "none":
            own["input_rule"] = None
        known = {each.name for each in fields(Request)}
        asked = replace(request, **{k: v for k, v in own.items() if k in known})
        if METHOD.link in self.differing:
            return MapRequest.of(asked, self.differing[METHOD.link], asked.target)
        return asked.essential

    def _make_way(self, change):
        """Another answer for pane A is on its way: a method that takes long would hold it up."""
        if change["new"]:
            if self._signs.stale and METHOD.link in self.differing:
                self._requests.stop()
                self._signs.stale = self._interrupted = True
        elif self._interrupted:
            self._ask()

    def _cancel(self):
        """Go back to what pane B showed, or else to LRP."""
        before = self._second and dict(self._second[2])
        if before in (None, self.differing):
            before = {k: v for k, v in self.differing.items() if k != METHOD.link}
        self.differing = before
        self._changed()
        self._ask()

    def _show(self, request, explanation):
        self._second = (request, explanation, dict(self.differing))
        self.widget.show(self._first[1], explanation)
        self._tell()

    def _measure(self, side, explanation):
        if side == "first":  # the dashboard measures it
            self._follow_measures()
        else:
            self._measuring.measure(self._second[0], explanation)

    def _follow_measures(self, _=None):
        if self.widget.explanations[0] is self._stepper.explanation:
            self.widget.first_measures = self._stepper.measures

    def _measured(self, explanation, measures, pending):
        if explanation is self.widget.explanations[1]:
            self.widget.second_measures = cells(measures, pending)

    def _fail(self, _request, sentence):
        if self._second is not None:
            self.differing = dict(self._second[2])
        self._tell()
        self._changed()
        self._signs.error = sentence

    # What can be taken home

    def code(self):
        """Return the Python that puts both panes side by side; "" while there is one alone.

        Raises ValueError for a network of one's own.
        """
        first, second = self.widget.explanations
        if second is None:
            return ""
        asked = (self._first[0], self._second[0])
        pictures = [each.picture if isinstance(each.picture, str) else None for each in asked]
        return compare_as_python(first, second, pictures, self.widget.looks)

    # What is chosen on the page

    def _answer(self, _widget, message, _buffers):
        match message:
            case {"type": "preset", "name": name} if not self.widget.locked:
                for experiment in self._offered():
                    if experiment.name == name:
                        self._set_up(experiment)
            case {"type": "choose", "name": name, "value": text} if not self.widget.locked:
                self._choose(name, text)
            case {"type": "cancel", "side": "first"}:
                self._stepper.cancelled += 1
            case {"type": "cancel", "side": "second"} if self._signs.cancellable:
                self._cancel()
            case {"type": "dismiss", "side": side}:
                (self._stepper if side == "first" else self._signs).error = ""

    def _set_up(self, experiment):
        self.differing = dict(experiment.second)
        self.widget.notes = []
        if experiment.at_input and self._first is not None:
            self.widget.current = self._first[1].layers[0].name
        asked = self._set_first(experiment.first_for(self._of_first("network")))
        self._tell()
        self._changed()
        if not asked:
            self._ask()

    def _choose(self, name, text):
        if name not in self._readers or name in self._hidden:
            return
        own = {key: value for key, value in self.differing.items() if key != name}
        if text:
            if name == METHOD.link:
                own = {key: value for key, value in own.items() if key not in OF_LRP}
            try:
                own[name] = self._readers[name](text)
            except ValueError as error:
                self._signs.error = f"{LISTED[name].label} is ignored: {error}."
                return
        self.differing = own
        self.widget.notes = []
        if name == METHOD.link and self._first is not None:
            self.widget.current = self._first[1].layers[0].name
        self._changed()
        self._ask()

    # What the page is told

    def _look_changed(self, _):
        self.widget.second_view = self.differing.get("channels", self.widget.first_view)
        self._tell()

    def _tell_signs(self, _=None):
        if not self.is_open:  # every answer of a slider would wait for it
            return
        for side, source in (("first", self._stepper), ("second", self._signs)):
            setattr(self.widget, f"{side}_signs", {name: getattr(source, name) for name in SIGNS})

    def _tell(self):
        widget = self.widget
        offered = self._offered()
        with widget.hold_sync():
            widget.second_view = self.differing.get("channels", widget.first_view)
            widget.presets = [
                {"name": each.name, "label": each.label, "words": self._words(each)}
                for each in offered
            ]
            widget.preset = next((each.name for each in offered if self._stands_at(each)), "")
            widget.choices = [
                {"name": name, "label": each.label, **self._offer(name)}
                for name, each in LISTED.items()
                if name not in self._hidden
            ]
            widget.chosen = {name: str(value) for name, value in self.differing.items()}

    def _offered(self):
        return [each for each in EXPERIMENTS if not each.names & self._hidden]

    def _words(self, experiment):
        """What an experiment shows, with the numbers of what is on the screen where it has some."""
        if experiment.name != "input" or not self._stands_at(experiment):
            return experiment.words
        first, second = self.widget.explanations
        return f"{experiment.words} {by_channel(first, second)}".rstrip()

    def _stands_at(self, experiment):
        return self.differing == experiment.second and all(
            self._of_first(name) == value
            for name, value in experiment.first_for(self._of_first("network")).items()
        )

    def _of_first(self, name):
        if name == "target":
            return self._controls.chosen_class(name)
        if name == "picture":
            return self._controls[name].selected
        return self._controls[name].value

    def _offer(self, name):
        """The values of a setting, each with its words, and whether it matters now."""
        effective = self.differing.get
        other_method = METHOD.link in self.differing
        if name == "seed":
            return {"unneeded": effective("weights", self._of_first("weights")) != "random"}
        if name == "target":
            softmax = effective("explain", self._of_first("explain")) == "softmax"
            unneeded = softmax and not other_method
            random = effective("weights", self._of_first("weights")) == "random"
            remark = MEANINGLESS if random else ""
            return {"options": self._classes(), "unneeded": unneeded, "remark": remark}
        offered = self._offered_values[name]
        if name == "rules" and name in self.differing:  # by block, as a link may carry them
            chosen = self.differing[name]
            offered = offered | {chosen: _rule_words(chosen)}
        return {
            "options": [[as_text(value), words] for value, words in offered.items()],
            "unneeded": other_method and name in OF_LRP,
        }

    def _classes(self):
        options = [[RUNNER_UP, "the runner-up"]]
        if self._first is not None:
            explanation = self._first[1]
            names = explanation.network.class_names
            order = (-explanation.layers[-1].activation).argsort(kind="stable")
            options += [[str(k), names[k]] for k in map(int, order)]
        return options


def _classes_of(explanation):
    """The classes that an explanation is of, by number; those of its start alone."""
    other = explanation.other_index
    found = {"target": explained_class(explanation)}
    return found if other is None else found | {"other": int(other)}
