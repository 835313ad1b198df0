"""The page: choose on the left, step through the layers in the middle, see sums on the right."""

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import traitlets
from ipywidgets import Box, VBox, jslink

from ...lrp.judging import Judging
from ...lrp.through import settle
from ...media.images import SAMPLES, is_scene
from ...networks.zoo import own, registry
from ...session import Request, Session
from ..classroom.classroom import Classroom
from ..compare.compare_page import ComparePage
from ..graph.graph_page import GraphPage
from ..judge.judge_page import JudgePage
from ..live.live_page import LivePage
from ..settings.controls import Controls, proper_name
from ..settings.requests import Requests
from ..settings.url_state import ASKED, JUDGED, is_own_picture, own_picture, read
from ..shared.measuring import Measuring
from ..stepper.stepper import LayerStepper
from .arriving import choose_channel, choose_concept, go_to_layer, look_at_unit, mark_place
from .download_prompt import DownloadPrompt
from .export_panel import ExportPanel
from .header import Header
from .link import LIVING, LOOKING, SHOWN_BY, Link
from .opening import address_query, fallback, suiting
from .remarks import contrast_remark, remarks
from .tour.driver import TourDriver
from .tour.pages import BEGINNINGS
from .views import VIEWS, Views

# The class lists; every other control of a request but the picture has its value as it is.
CLASSES = ("target", "other")
PLAIN = [name for name in ASKED if name not in ("picture", *CLASSES)]


class Dashboard(VBox):
    """The whole page: title bar, control column and LayerStepper, with an Session behind them.

        Dashboard()                                 # settings from the page's address, under Voilà
        Dashboard("network=vgg16&weights=random")   # or from a query string; see `State`

    The layout is there at once; TensorFlow and the network load behind it, and the first result
    appears without a click.
    """

    def __init__(self, query=None, session=None):
        session = self._session = session or Session()
        self.opened_with, self._address_notes = read(
            address_query(session) if query is None else query,
            SAMPLES,
            (*registry.NAMES, *own.names()),
            BEGINNINGS,
        )
        self._request = self.explanation = None  # what is on the screen
        self._answered = None  # the same request as it was asked, perhaps with names of classes
        self._offered = None  # the request that waits for a download
        self.awaited = self.opened_with  # what can only be set once there is a result
        self.opening = None  # the unit that the address names, until it is looked at
        self._own_picture = b""  # the visitor's own that was shown last
        self._complaint = ""  # stays on the page until another setting is chosen
        self._quiet = False

        self.header = Header(views=VIEWS)
        self.controls = Controls((*registry.NAMES, *own.names()))
        self.controls.opener.opened = self._open_network
        self.link = Link(self)
        self.prompt = DownloadPrompt()
        self.stepper = LayerStepper()
        self.stepper.add_class("lrp-stepping-view")
        self._requests = Requests(session, self.stepper, self._show, self._fail, self.stepper.seen)
        self._measuring = Measuring(session, self.stepper.show_measures, self._contrasted)
        self.stepper.measure = self._measure
        self.stepper.inspect = self._inspect
        self.stepper.compute_steps = self._compute_steps
        self.stepper.compute_channels = self._compute_channels
        self.stepper.compute_concept = self._compute_concept
        self.stepper.compute_telling = self._compute_telling
        self.stepper.follow = self._follow
        self.compare = ComparePage(
            session,
            registry.on_disk,
            self.stepper,
            self.controls,
            self._set_some,
            self.link.write,
            SAMPLES,
            registry.NAMES,
        )
        self.judge = JudgePage(session, self.stepper, self.controls, self._judged)
        self.graph = GraphPage(session, self.stepper, self.controls, self._follow)
        self.export_panel = ExportPanel(self.stepper, self.compare, self.judge, self.graph)
        self.export_panel.inspector = self._inspector
        self.live = LivePage(session, self.stepper, self.controls, self._open_frame)
        self.tour = TourDriver(self)
        self._body = Box([self.controls, self.tour.panel, self.prompt, self.stepper])
        self._body.add_class("lrp-body")
        self.views = Views(
            self._body,
            self.stepper,
            compare=self.compare,
            judge=self.judge,
            graph=self.graph,
            live=self.live,
        )
        bar = Box([self.header, self.tour.bar, self.export_panel])
        bar.add_class("lrp-title-bar")
        self.classroom = Classroom(
            self.opened_with.ask, self.opened_with.answer, self.opened_with.room
        )
        super().__init__([bar, self.classroom, self._body])
        self.add_class("lrp-dashboard")

        with self.link.one_address():
            self._set_view(self.opened_with)
            self._connect()
            if self.opened_with.tour:
                self.tour.follow_link(self.opened_with.tour)
            self._start()
            self.header.view = self.opened_with.view

    def go(self, state, notes=()):
        """Put a `State` in place as its link would; what is hidden or locked stays so.

        `notes`: what there is to say of its address.
        """
        self.opened_with = self.awaited = replace(state, **self.link.of_the_page)
        self._address_notes = list(notes)
        self.opening = None
        self.stepper.halt()
        with self.link.one_address():
            if state.view != "compare":  # pane B asks as long as it is open
                self.header.view = state.view
            self._complain("")
            self.prompt.close()
            if self._asked_for() != self._request:
                self.stepper.leave()
            self._set_view(self.opened_with)
            self._start()
            self.header.view = self.opened_with.view

    def wait(self, timeout=None):
        """Wait until nothing is computed any more; return whether that came within `timeout`."""
        workers = (self._requests, self._measuring, self.views)
        return all([each.wait(timeout) for each in workers])

    @property
    def state(self):
        """What a link to this moment carries."""
        return self.link.state

    @property
    def wanted(self):
        """The request that the page stands at, whether or not it is on the screen yet."""
        return self._offered if self.prompt.is_open else self._as_set()

    def leaves(self, wanted):
        """Whether a request is of another network than the one on the screen."""
        return self._request is not None and wanted.network != self._request.network

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
        self.live.hide(state.hide)
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
        self.controls["rules"].observe(self.link.write, names="opened")
        for name in ("current", "overlay", "pin", "unfolded", *LOOKING, *SHOWN_BY.values()):
            self.stepper.observe(self.link.write, names=name)
        self.live.widget.observe(self.link.write, names=list(LIVING))
        self.tour.panel.observe(self.link.write, names="page")
        # A quick answer writes the link once it is shown: before, it would wait for that.
        self.stepper.observe(self.link.write, names="status")
        self.stepper.observe(self._offer_to_cancel, names="progress")
        self.stepper.observe(self._cancel, names="cancelled")
        self.prompt.fetch.on_click(lambda _: self._accept(self._offered))
        self.prompt.random.on_click(
            lambda _: self._accept(replace(self._offered, weights="random"))
        )
        self.prompt.cancel.on_click(self._cancel)

    def _asked_for(self):
        """The request that the address describes."""
        state = self.opened_with
        network = state.network or registry.default_name()
        asked = {each.name: getattr(state, link) for link, each in ASKED.items()} | {
            "picture": self._picture(state.picture) or suiting(network),
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
        if is_own_picture(self.opened_with.picture) and isinstance(wanted.picture, str):
            self._address_notes.append(
                "This address was left at somebody’s own picture, which cannot travel in it: "
                f"here it is the {wanted.picture}."
            )
        if registry.on_disk(wanted.network, wanted.weights):
            self._begin_with(wanted)
        else:
            # A result without a click all the same, with the question beside it.
            self._begin_with(fallback())
            self._ask_to_fetch(wanted)

    def _begin_with(self, request):
        self._set_controls(request)
        self._requests.ask(request.essential, at_once=self.explanation is None)

    # A setting was changed

    def _changed(self, change):
        if self._quiet:
            return
        if change["owner"] is self.controls["network"]:
            self._suit_network(change["old"], change["new"])
            self.awaited = None
        self._ask_for_what_is_set()

    def _ask_for_what_is_set(self):
        """Ask for what the controls stand at; return whether it is not on the screen already."""
        self.controls.show_needed()
        self._address_notes = []
        self.opening = None
        self._complain("")
        self.prompt.close()
        request = self._as_set()
        if not registry.on_disk(request.network, request.weights):
            self._requests.stop()
            self._ask_to_fetch(request)
            self.stepper.stale = True
            self.link.write()
        elif request == self._request:
            self._requests.stop()
            self._settle()
            self.link.write()
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
            if self.controls["picture"].picture == suiting(old):
                self.controls["picture"].picture = suiting(new)
            # Those on offer end with a softmax; a visitor's own may not, and has no probabilities.
            logits = own.is_own(new) and not own.find(new).ends_with_softmax
            if logits and self.controls["explain"].value in ("softmax", "probability"):
                self.controls["explain"].value = "logit"

    def _as_set(self):
        """The request that the controls stand at."""
        if self.awaited is None:
            classes = {name: self.controls.chosen_class(name) for name in CLASSES}
        else:  # the class lists are still empty
            classes = {name: getattr(self.awaited, name) for name in CLASSES}
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
        self.link.write()

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
        self._disable(fetching or self.opened_with.lock)
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
            self._begin_with(fallback())
        else:
            self.awaited = None
            self._set_controls(self._request)

    def _settle(self):
        self.stepper.cancellable = False
        self._disable(self.opened_with.lock)

    def _disable(self, disabled):
        self.controls.disable(disabled)
        self.stepper.follows = not disabled and "through" not in self.opened_with.hide
        self.views.lock(disabled)

    # An answer came

    def _show(self, request, explanation):
        with self.link.one_address(another=self.awaited is None):
            self._show_and_look(request, explanation)

    def _show_and_look(self, request, explanation):
        self._settle()
        again, self.explanation = explanation is self.explanation, explanation
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
        self.views.follow(self._request, explanation)
        self.classroom.explanation = explanation
        self.tour.shown()

    def _list_classes(self):
        with self._quietly():
            self.controls.follow(self.explanation)
            if self.awaited is not None:
                for name in CLASSES:
                    self.controls.choose_class(name, getattr(self._request, name))

    def _look_where_the_address_says(self):
        """Go to the layer and channel of the address, once; return a note if there are none."""
        if self.awaited is None:
            return []
        if self.prompt.is_open:  # this is only what is shown meanwhile
            return go_to_layer(self.stepper, self.explanation, None)
        state, self.awaited = self.awaited, None
        notes = go_to_layer(self.stepper, self.explanation, state.layer)
        notes += choose_channel(self.stepper, state.channel)
        notes += choose_concept(self.stepper, state.concept)
        self.stepper.unfolded = [n for n in state.unfolded if n in self.explanation.totals]
        notes += mark_place(self.stepper, self.explanation, state.pin)
        self.opening = state.unit
        missing = look_at_unit(self.stepper, self.explanation, state.unit)
        if missing:
            self.opening = None
        return notes + missing

    def _inspect(self, _explanation, layer, index, show):
        self._requests.unit(self._answered, layer, index, show)

    def _compute_steps(self, _explanation, layer, show):
        self._requests.steps(self._answered, layer, show)

    def _compute_channels(self, _explanation, layer, show):
        self._requests.channels(self._answered, layer, show)

    def _compute_concept(self, _explanation, layer, channel, show):
        self._requests.concept(self._answered, layer, channel, show)

    def _compute_telling(self, _explanation, layer, difference, show):
        self._requests.telling(self._answered, layer, difference, show)

    def _follow(self, through):
        """Follow the relevance through these channels alone: one more step to go back."""
        self.controls["through"].value = settle(through)

    def _inspector(self):
        """An `Inspector` of the answer on the screen, asked through the session."""
        asked, session = self._answered, self._session
        verbs = ("unit", "steps", "channels", "concept", "telling")
        return SimpleNamespace(**{name: partial(getattr(session, name), asked) for name in verbs})

    def _measure(self, explanation):
        self._measuring.measure(self._request, explanation)

    def _contrasted(self, explanation, correlations):
        if explanation is self.explanation and correlations:
            self.stepper.notes = [*self.stepper.notes, contrast_remark(correlations)]

    def _fail(self, request, sentence):
        if self._request is None and request.through:  # the address names what is not there
            self._begin_with(replace(request, through=""))
        elif self._request is not None or request != fallback():
            self.awaited = None
            self._return()
        self._complain(sentence)

    def _complain(self, sentence):
        self._complaint = self.stepper.error = sentence

    # The views

    def _turn(self, change):
        if not self.tour.is_about(change["new"]):
            self.tour.leave()
        self.views.turn_to(change["new"])
        self.export_panel.showing = change["new"]
        self.link.write()

    def _judged(self):
        """The curves, or how they are shown, are others."""
        self.export_panel.write_code()
        self.tour.judged()
        self.link.write()

    def _open_frame(self, frame):
        """Take a picture file's bytes as the picture, and step through it."""
        with self._quietly():
            self.controls["picture"].picture = frame
        self.header.view = "step"
        self._ask_for_what_is_set()

    def _open_network(self, network):
        """Take a network that the visitor has opened, and explain the picture by it."""
        with self._quietly():
            self.controls.offer(network.name)
        self.controls["network"].value = network.name

    # The address

    def _travel(self, query):
        """Come to an address: one that this page had, or the teacher's that it follows."""
        state, notes = read(query, SAMPLES, (*registry.NAMES, *own.names()), BEGINNINGS)
        if state.tour:
            self.tour.follow_link(state.tour)
        else:
            self.tour.leave()
        self.go(state, notes)

    def _join(self, change):
        """The page has come into a class's room, or left it."""
        self.opened_with = replace(self.opened_with, room=change["new"] or None)
        self.link.write()

    def _opened(self, _):
        if self.opening is not None:
            self.opening = None
            self.link.stay()
        self.link.write()

    def _class_number(self, name, network):
        """A class by its number where its name is known to be of this network alone."""
        if self.explanation is None or self.explanation.network.name != network:
            return name
        names = self.explanation.network.class_names
        return names.index(name) if names.count(name) == 1 else name


def _with_class_numbers(request, explanation):
    """The request with classes by number, as the lists have them, where it names them."""
    changes = {}
    if isinstance(request.target, str):
        changes["target"] = int(explanation.target_index)
    if isinstance(request.other, str):
        changes["other"] = int(explanation.other_index)
    return replace(request, **changes)
