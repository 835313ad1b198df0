"""The page: choose on the left, step through the layers in the middle, see sums on the right."""

import os
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import traitlets
from ipywidgets import Box, VBox, jslink

from ...figures.captions import class_label
from ...lrp.judging import Judging
from ...lrp.through import settle
from ...media.images import SAMPLES, is_scene
from ...networks.zoo import registry
from ...networks.zoo.offers import OFFERS
from ...session import Request, Session
from ..classroom.classroom import Classroom
from ..compare.compare_page import ComparePage
from ..judge.judge_page import JudgePage
from ..live.live_page import LivePage
from ..microscope.unit_payload import has_unit
from ..settings.controls import Controls, proper_name
from ..settings.requests import Requests
from ..settings.url_state import (
    ASKED,
    JUDGED,
    LOOKED,
    OF_THE_PAGE,
    State,
    is_own_picture,
    own_picture,
    read,
    shortened,
    write,
)
from ..shared.measuring import Measuring
from ..shared.pinned import read_pin, unit_place, write_pin
from ..stepper.stepper import LayerStepper
from .download_prompt import DownloadPrompt
from .export_panel import ExportPanel
from .header import Header
from .remarks import contrast_remark, remarks
from .tour.driver import TourDriver
from .tour.pages import BEGINNINGS

# The picture that suits a network best: one of what it knows, or a photograph.
SUITING = {"shapes": "star", "people": "astronaut", "ten things": "coffee"}
SUITING_OTHERS = "cat"

# The class lists; every other control of a request but the picture has its value as it is.
CLASSES = ("target", "other")
PLAIN = [name for name in ASKED if name not in ("picture", *CLASSES)]

# The views in the title bar: name, label, explanation.
VIEWS = (
    ("step", "Step through", "One layer after the other, from the output to the input"),
    ("compare", "Compare", "Two explanations side by side: one experiment a click"),
    ("judge", "Judge", "Is the map right? The picture taken apart, and measures of the map"),
    ("live", "Live", "The camera's picture, explained while it moves"),
)

# Which of the stepper's traits a control sets; the browser sees to the overlay.
SHOWN_BY = {name: each.name for name, each in LOOKED.items() if each.label and name != "overlay"}

# The stepper's own settings, which a link carries too.
LOOKING = ("quantity", "step", "ranked", "channel", "limits", "percentile", "pace", "totals")

# And those of the live picture.
LIVING = ("strength", "mirrored", "quick")


class Dashboard(VBox):
    """The whole page: title bar, control column and LayerStepper, with an Session behind them.

        Dashboard()                                 # settings from the page's address, under Voilà
        Dashboard("network=vgg16&weights=random")   # or from a query string; see `State`

    The layout is there at once; TensorFlow and the network load behind it, and the first result
    appears without a click.
    """

    def __init__(self, query=None, session=None):
        session = self._session = session or Session()
        self._state, self._address_notes = read(
            address_query(session) if query is None else query,
            SAMPLES,
            registry.NAMES,
            BEGINNINGS,
        )
        self._request = self._explanation = None  # what is on the screen
        self._answered = None  # the same request as it was asked, perhaps with names of classes
        self._offered = None  # the request that waits for a download
        self._awaited = self._state  # what can only be set once there is a result
        self._opening = None  # the unit that the address names, until it is looked at
        self._own_picture = b""  # the visitor's own that was shown last
        self._complaint = ""  # stays on the page until another setting is chosen
        self._quiet = False
        self._moving = 0  # steps within a change that makes one address in the end
        self._place = None  # view and unit of the address

        self.header = Header(views=VIEWS)
        self.controls = Controls(registry.NAMES)
        self.prompt = DownloadPrompt()
        self.stepper = LayerStepper()
        self.stepper.add_class("lrp-stepping-view")
        self._requests = Requests(session, self.stepper, self._show, self._fail, self.stepper.seen)
        self._measuring = Measuring(session, self.stepper.show_measures, self._contrasted)
        self.stepper.measure = self._measure
        self.stepper.inspect = self._inspect
        self.stepper.compute_steps = self._compute_steps
        self.stepper.compute_channels = self._compute_channels
        self.stepper.follow = self._follow
        self.compare = ComparePage(
            session,
            registry.on_disk,
            self.stepper,
            self.controls,
            self._set_some,
            self._write_link,
            SAMPLES,
            registry.NAMES,
        )
        self.judge = JudgePage(session, self.stepper, self.controls, self._judged)
        self.export_panel = ExportPanel(self.stepper, self.compare, self.judge)
        self.export_panel.inspector = self._inspector
        self.live = LivePage(session, self.stepper, self.controls, self._open_frame)
        self.tour = TourDriver(self)
        self._body = Box([self.controls, self.tour.panel, self.prompt, self.stepper])
        self._body.add_class("lrp-body")
        bar = Box([self.header, self.tour.bar, self.export_panel])
        bar.add_class("lrp-title-bar")
        self.classroom = Classroom(self._state.ask, self._state.answer, self._state.room)
        super().__init__([bar, self.classroom, self._body])
        self.add_class("lrp-dashboard")

        with self._one_address():
            self._set_view(self._state)
            self._connect()
            if self._state.tour:
                self.tour.follow_link(self._state.tour)
            self._start()
            self.header.view = self._state.view

    def go(self, state, notes=()):
        """Put a `State` in place as its link would; what is hidden or locked stays so.

        `notes`: what there is to say of its address.
        """
        self._state = self._awaited = replace(state, **self._of_the_page)
        self._address_notes = list(notes)
        self._opening = None
        self.stepper.halt()
        with self._one_address():
            if state.view != "compare":  # pane B asks as long as it is open
                self.header.view = state.view
            self._complain("")
            self.prompt.close()
            if self._asked_for() != self._request:
                self.stepper.leave()
            self._set_view(self._state)
            self._start()
            self.header.view = self._state.view

    def wait(self, timeout=None):
        """Wait until nothing is computed any more; return whether that came within `timeout`."""
        views = (self._requests, self._measuring, self.compare, self.judge, self.live)
        return all([view.wait(timeout) for view in views])

    # Starting

    def _set_view(self, state):
        """Set everything that changes only how a result is shown."""
        for name in SHOWN_BY:
            self.controls[name].value = getattr(state, name)
        self.controls["overlay"].value = self.stepper.overlay = state.overlay
        for name in LOOKING:
            setattr(self.stepper, name, getattr(state, name))
        for name in LIVING:
            setattr(self.live.widget, name, getattr(state, name))
        self.judge.set(Judging(**{name: getattr(state, name) for name in JUDGED}))
        self.controls["rules"].opened = state.blocks
        self.controls.hide(state.hide)
        self.compare.hide(state.hide)
        self._disable(state.lock)
        self.compare.widget.scales = state.scales
        if state.b is not None:
            self.compare.differing = dict(state.b)

    def _connect(self):
        for name in ASKED:
            watched = ["selected", "uploads"] if name == "picture" else "value"
            self.controls[name].observe(self._changed, names=watched)
        for name, trait in SHOWN_BY.items():
            traitlets.link((self.controls[name], "value"), (self.stepper, trait))
            compared = "first_view" if trait == "view" else trait
            traitlets.link((self.controls[name], "value"), (self.compare.widget, compared))
            if trait != "scale":  # a moving picture's colours are always symmetric about zero
                traitlets.link((self.controls[name], "value"), (self.live.widget, trait))
        # In the browser: the picture follows the slider without asking the kernel.
        self._overlay_links = [
            jslink((self.controls["overlay"], "value"), (widget, "overlay"))
            for widget in (self.stepper, self.compare.widget)
        ]
        self.header.observe(self._turn, names="view")
        self.header.travel = self._travel
        self._class_links = [
            jslink((self.header, "class_is_open"), (self.classroom, "is_open")),
            traitlets.dlink((self.header, "query"), (self.classroom, "query")),
            traitlets.dlink((self.header, "note"), (self.classroom, "note")),
        ]
        self.classroom.follow = self._travel
        self.classroom.observe(self._join, names="room")
        self.stepper.observe(self._opened, names=["unit", "error"])
        self.controls["rules"].observe(self._write_link, names="opened")
        for name in ("current", "overlay", "pin", "unfolded", *LOOKING, *SHOWN_BY.values()):
            self.stepper.observe(self._write_link, names=name)
        self.live.widget.observe(self._write_link, names=list(LIVING))
        self.tour.panel.observe(self._write_link, names="page")
        # A quick answer writes the link once it is shown: before, it would wait for that.
        self.stepper.observe(self._write_link, names="status")
        self.stepper.observe(self._offer_to_cancel, names="progress")
        self.stepper.observe(self._cancel, names="cancelled")
        self.prompt.fetch.on_click(lambda _: self._accept(self._offered))
        self.prompt.random.on_click(
            lambda _: self._accept(replace(self._offered, weights="random"))
        )
        self.prompt.cancel.on_click(self._cancel)

    def _asked_for(self):
        """The request that the address describes."""
        state = self._state
        network = state.network or registry.default_name()
        asked = {each.name: getattr(state, link) for link, each in ASKED.items()} | {
            "picture": self._picture(state.picture) or _suiting(network),
            "network": network,
            "target": self._class_number(state.target, network),
            "other": self._class_number(state.other, network),
        }
        return Request(**asked).essential

    def _picture(self, named):
        """The picture of an address; None for a visitor's own that is not at hand any more."""
        if not is_own_picture(named):
            return named
        at_hand = self._own_picture and own_picture(self._own_picture) == named
        return self._own_picture if at_hand else None

    def _start(self):
        wanted = self._asked_for()
        if is_own_picture(self._state.picture) and isinstance(wanted.picture, str):
            self._address_notes.append(
                "This address was left at somebody’s own picture, which cannot travel in it: "
                f"here it is the {wanted.picture}."
            )
        if registry.on_disk(wanted.network, wanted.weights):
            self._begin_with(wanted)
        else:
            # A result without a click all the same, with the question beside it.
            self._begin_with(_fallback())
            self._ask_to_fetch(wanted)

    def _begin_with(self, request):
        self._set_controls(request)
        self._requests.ask(request.essential, at_once=self._explanation is None)

    # A setting was changed

    def _changed(self, change):
        if self._quiet:
            return
        if change["owner"] is self.controls["network"]:
            self._suit_network(change["old"], change["new"])
            self._awaited = None
        self._ask_for_what_is_set()

    def _ask_for_what_is_set(self):
        """Ask for what the controls stand at; return whether it is not on the screen already."""
        self.controls.show_needed()
        self._address_notes = []
        self._opening = None
        self._complain("")
        self.prompt.close()
        request = self._wanted()
        if not registry.on_disk(request.network, request.weights):
            self._requests.stop()
            self._ask_to_fetch(request)
            self.stepper.stale = True
            self._write_link()
        elif request == self._request:
            self._requests.stop()
            self._settle()
            self._write_link()
            return False
        else:
            self._requests.ask(request)
        return True

    def _set_some(self, settings):
        """Set some controls at once, as an experiment does; return whether that asks anew."""
        with self._quietly():
            for name, value in settings.items():
                if name in CLASSES:
                    self.controls.choose_class(name, value)
                elif name == "picture":
                    self.controls[name].picture = value
                else:
                    self.controls[name].value = value
        return self._ask_for_what_is_set()

    def _suit_network(self, old, new):
        """Another network has other classes, blocks and layers, and another picture suits it."""
        with self._quietly():
            self.controls["rules"].forget_blocks()
            self.controls["through"].value = ""
            for name in CLASSES:
                self.controls.choose_class(name, None)
            if self.controls["picture"].picture == _suiting(old):
                self.controls["picture"].picture = _suiting(new)

    def _wanted(self):
        """The request that the controls stand at."""
        if self._awaited is None:
            classes = {name: self.controls.chosen_class(name) for name in CLASSES}
        else:  # the class lists are still empty
            classes = {name: getattr(self._awaited, name) for name in CLASSES}
        plain = {ASKED[name].name: self.controls[name].value for name in PLAIN}
        return Request(self.controls["picture"].picture, **plain, **classes).essential

    def _set_controls(self, request):
        """Put the controls where `request` has them, without asking for anything."""
        with self._quietly():
            for name in PLAIN:
                self.controls[name].value = getattr(request, ASKED[name].name)
            self.controls["picture"].picture = request.picture
            for name in CLASSES:
                self.controls.choose_class(name, getattr(request, name))
        self.controls.show_needed()
        self._write_link()

    @contextmanager
    def _quietly(self):
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    # A network that is not on the disk

    def _ask_to_fetch(self, request):
        self._offered = request
        self.prompt.ask(proper_name(request.network), registry.download_size(request.network))

    def _accept(self, request):
        self.prompt.close()
        self._complain("")
        self._set_controls(request)
        fetching = request.weights == "pretrained"
        # A change of settings would end the download: until it is here, only Cancel does.
        self._disable(fetching or self._state.lock)
        self.stepper.cancellable = fetching
        self._requests.ask(request.essential, at_once=fetching)

    def _offer_to_cancel(self, change):
        """Only getting a network ready tells how far it is; everything else is over soon."""
        if change["new"] >= 0:
            self.stepper.cancellable = True

    def _cancel(self, _):
        self.prompt.close()
        self._requests.stop()
        self._return()

    def _return(self):
        """Go back to the last good result, or to the first one that every visitor gets."""
        self._settle()
        if self._request is None:
            self._begin_with(_fallback())
        else:
            self._awaited = None
            self._set_controls(self._request)

    def _settle(self):
        self.stepper.cancellable = False
        self._disable(self._state.lock)

    def _disable(self, disabled):
        self.controls.disable(disabled)
        self.stepper.follows = not disabled and "through" not in self._state.hide
        self.compare.widget.locked = disabled
        self.judge.lock(disabled)
        self.live.offer_frames(not disabled and "picture" not in self._state.hide)

    # An answer came

    def _show(self, request, explanation):
        with self._one_address(another=self._awaited is None):
            self._show_and_look(request, explanation)

    def _show_and_look(self, request, explanation):
        self._settle()
        again, self._explanation = explanation is self._explanation, explanation
        self._answered, self._request = request, _with_class_numbers(request, explanation)
        if isinstance(request.picture, bytes):
            self._own_picture = request.picture
        self.export_panel.picture = "" if isinstance(request.picture, bytes) else request.picture
        if not again:
            self.stepper.show(explanation)
        self.stepper.error = self._complaint
        self._list_classes()
        notes = [*self._address_notes, *self._look_where_the_address_says()]
        uploaded = isinstance(request.picture, bytes)
        scene = not uploaded and is_scene(request.picture)
        self.stepper.notes = notes + remarks(explanation, scene, uploaded)
        self.compare.widget.notes = notes
        self.compare.follow(self._request, explanation)
        self.judge.follow(self._request, explanation)
        self.live.follow(self._request)
        self.classroom.explanation = explanation
        self.tour.shown()

    def _list_classes(self):
        with self._quietly():
            self.controls.follow(self._explanation)
            if self._awaited is not None:
                for name in CLASSES:
                    self.controls.choose_class(name, getattr(self._request, name))

    def _look_where_the_address_says(self):
        """Go to the layer and channel of the address, once; return a note if there are none."""
        if self._awaited is None:
            return []
        if self.prompt.is_open:  # this is only what is shown meanwhile
            self.stepper.current = self._first_layer
            return []
        state, self._awaited = self._awaited, None
        notes = []
        if state.layer in self._explanation.totals:
            self.stepper.current = state.layer
        else:
            # The map of the picture says at once what this page is about.
            self.stepper.current = self._first_layer
        if state.layer not in (None, self.stepper.current):
            network = self._explanation.network.name
            layer = shortened(state.layer)
            notes.append(f"The address names the layer “{layer}”, which {network} has not.")
        notes += self._choose_channel(state.channel)
        self.stepper.unfolded = [n for n in state.unfolded if n in self._explanation.totals]
        return notes + self._mark_place(state.pin) + self._open_unit(state.unit)

    def _choose_channel(self, channel):
        """Show the address's channel, or the sum of all; return a note if there is none such."""
        shown = self.stepper.current
        count = next(each["channels"] for each in self.stepper.layers if each["name"] == shown)
        there = channel < count
        self.stepper.channel = channel if there else -1
        if there:
            return []
        last = f"from 0 to {count - 1}" if count > 1 else "one alone"
        return [f"The address names channel {channel}; those of {shown} are {last}."]

    def _mark_place(self, pin):
        """Mark the address's place; return a note if there is none."""
        self.stepper.pin = {} if pin is None else read_pin(pin, self._explanation)
        if pin is None or self.stepper.pin:
            return []
        network = self._explanation.network.name
        return [f"The address marks the place “{shortened(pin)}”, which {network} has not."]

    def _open_unit(self, unit):
        """Put the address's unit under the microscope; return a note if there is none."""
        if unit is None:
            self.stepper.leave()
            return []
        layer, index = unit_place(unit)
        if not has_unit(self._explanation, layer, index):
            self.stepper.leave()
            network = self._explanation.network.name
            return [f"The address names the unit “{shortened(unit)}”, which {network} has not."]
        self._opening = unit
        self.stepper.look(layer, index)
        return []

    def _inspect(self, _explanation, layer, index, show):
        self._requests.unit(self._answered, layer, index, show)

    def _compute_steps(self, _explanation, layer, show):
        self._requests.steps(self._answered, layer, show)

    def _compute_channels(self, _explanation, layer, show):
        self._requests.channels(self._answered, layer, show)

    def _follow(self, through):
        """Follow the relevance through these channels alone: one more step to go back."""
        self.controls["through"].value = settle(through)

    def _inspector(self):
        """An `Inspector` of the answer on the screen, asked through the session."""
        asked, session = self._answered, self._session
        return SimpleNamespace(
            unit=partial(session.unit, asked), steps=partial(session.steps, asked)
        )

    def _measure(self, explanation):
        self._measuring.measure(self._request, explanation)

    def _contrasted(self, explanation, correlations):
        if explanation is self._explanation and correlations:
            self.stepper.notes = [*self.stepper.notes, contrast_remark(correlations)]

    def _fail(self, request, sentence):
        if self._request is None and request.through:  # the address names what is not there
            self._begin_with(replace(request, through=""))
        elif self._request is not None or request != _fallback():
            self._awaited = None
            self._return()
        self._complain(sentence)

    def _complain(self, sentence):
        self._complaint = self.stepper.error = sentence

    # The views

    def _turn(self, change):
        stepping = change["new"] == "step"
        self.stepper.layout.display = None if stepping else "none"
        if not stepping:
            self.tour.leave()  # its pages are about the stepper
        views = {"compare": self.compare, "judge": self.judge, "live": self.live}
        opened = views.pop(change["new"], None)
        for view in views.values():
            view.close()
        if opened is not None:
            if opened.widget not in self._body.children:  # until then nothing of it is drawn
                self._body.children = [*self._body.children, opened.widget]
            opened.open()
        self.export_panel.judging = change["new"] == "judge"
        self.export_panel.comparing = change["new"] == "compare"
        self._write_link()

    def _judged(self):
        """The curves, or how they are shown, are others."""
        self.export_panel.write_code()
        self._write_link()

    def _open_frame(self, frame):
        """Take a picture file's bytes as the picture, and step through it."""
        with self._quietly():
            self.controls["picture"].picture = frame
        self.header.view = "step"
        self._ask_for_what_is_set()

    # The link

    def _write_link(self, _=None):
        """Put the page's state into its address; a new view or unit is one more step to go back."""
        if self._moving:
            return
        state, before = self.state, self._place
        self._place = (state.view, state.unit)
        with self.header.hold_sync():
            if self._place != before:
                self.header.entries += 1
            self.header.query = write(state, BEGINNINGS)
            uploaded = not self.controls["picture"].selected
            self.header.note = "Your own picture cannot travel in it." if uploaded else ""

    @contextmanager
    def _one_address(self, another=False):
        """Write the address once, after several changes; as `another` one, or in its place."""
        self._moving += 1
        try:
            yield
        finally:
            self._moving -= 1
            if not another:
                self._stay()
            self._write_link()

    def _stay(self):
        """What is written next takes the last address's place, whatever it shows."""
        state = self.state
        self._place = (state.view, state.unit)

    def _travel(self, query):
        """Come to an address: one that this page had, or the teacher's that it follows."""
        state, notes = read(query, SAMPLES, registry.NAMES, BEGINNINGS)
        if state.tour:
            self.tour.follow_link(state.tour)
        else:
            self.tour.leave()
        self.go(state, notes)

    def _join(self, change):
        """The page has come into a class's room, or left it."""
        self._state = replace(self._state, room=change["new"] or None)
        self._write_link()

    @property
    def state(self):
        """What a link to this moment carries."""
        wanted = self._offered if self.prompt.is_open else self._wanted()
        picture = wanted.picture
        asked = {link: getattr(wanted, each.name) for link, each in ASKED.items()} | {
            "picture": own_picture(picture) if isinstance(picture, bytes) else picture,
            "target": self._class_name(wanted.target),
            "other": self._class_name(wanted.other),
        }
        return State(
            **asked,
            layer=self._awaited.layer if self._awaited else self._layer(),
            unit=self._awaited.unit if self._awaited else self._unit(wanted),
            pin=self._awaited.pin if self._awaited else self._pin(wanted),
            unfolded=self._awaited.unfolded if self._awaited else self._unfolded(wanted),
            blocks=self.controls["rules"].opened,
            overlay=self.stepper.overlay,
            tour=self.tour.number,
            view=self.header.view,
            b=tuple(self.compare.differing.items()) if self._has_compared else None,
            scales=self.compare.widget.scales,
            **self._of_the_page,
            **{name: getattr(self.stepper, name) for name in LOOKING},
            **{name: getattr(self.live.widget, name) for name in LIVING},
            **{name: getattr(self.judge.settings, name) for name in JUDGED},
            **{name: getattr(self.stepper, trait) for name, trait in SHOWN_BY.items()},
        )

    @property
    def _of_the_page(self):
        return {name: getattr(self._state, name) for name in OF_THE_PAGE}

    @property
    def _has_compared(self):
        return self.compare.is_open or self._state.b is not None

    @property
    def _first_layer(self):
        """The layer that a page begins with: the input, where the backward pass ends."""
        return self._explanation.layers[0].name

    def _layer(self):
        """The layer looked at, or None for the one that a page begins with.

        A page of the tour may begin with any of them.
        """
        if self._explanation is None:
            return None
        if self.stepper.current == self._first_layer and not self.tour.number:
            return None
        return self.stepper.current

    def _unit(self, wanted):
        """The unit under the microscope, as a link names it; None for none, or the tour's own."""
        unit = self.stepper.unit
        if self._leaves(wanted):
            return None
        if self._opening:
            return self._opening
        if not unit or unit == self.tour.opened:
            return None
        return f"{unit['layer']}:{','.join(map(str, unit['index']))}"

    def _pin(self, wanted):
        """The marked place, as a link names it."""
        return None if self._leaves(wanted) else write_pin(self.stepper.pin, self._explanation)

    def _unfolded(self, wanted):
        return () if self._leaves(wanted) else tuple(self.stepper.unfolded)

    def _leaves(self, wanted):
        """Whether a request is of another network than the one on the screen."""
        return self._request is not None and wanted.network != self._request.network

    def _opened(self, _):
        if self._opening is not None:
            self._opening = None
            self._stay()
        self._write_link()

    def _class_number(self, name, network):
        """A class by its number where its name is known to be of this network alone."""
        if self._explanation is None or self._explanation.network.name != network:
            return name
        names = self._explanation.network.class_names
        return names.index(name) if names.count(name) == 1 else name

    def _class_name(self, number):
        """A class's name where it says which class is meant, else its number."""
        names = self._explanation.network.class_names if self._explanation else []
        known = isinstance(number, int) and number < len(names)
        return class_label(names, number) if known else number


def address_query(session=None):
    """Return the query string of the address that opened this page, under Voilà; else "".

    A kernel that was started before anybody asked for the page waits here for that, and has the
    first answer at hand by then, with everything that it takes.
    """
    if os.environ.get("VOILA_PREHEAT", "False") != "False":
        from voila.utils import wait_for_request

        if session is not None:
            with suppress(Exception):  # what cannot be done now is tried again, and told, later
                session.explain(_fallback().essential)
        wait_for_request()
    return os.environ.get("QUERY_STRING", "")


def _suiting(network):
    return SUITING.get(OFFERS[network].knows, SUITING_OTHERS)


def _fallback():
    """The request that works on every machine with nothing chosen."""
    network = registry.default_name()
    return Request(_suiting(network), network, start="softmax")


def _with_class_numbers(request, explanation):
    """The request with classes by number, as the lists have them, where it names them."""
    changes = {}
    if isinstance(request.target, str):
        changes["target"] = int(explanation.target_index)
    if isinstance(request.other, str):
        changes["other"] = int(explanation.other_index)
    return replace(request, **changes)
