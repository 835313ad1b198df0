"""The page's settings as an address carries them: ``?network=vgg16&pooling=max&layer=conv4``."""

import hashlib
import re
from dataclasses import dataclass, fields, make_dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ..._support.class_question import MOST_CHOICES, read_ask
from ...figures.view_settings import View
from ...lrp import conservation_warning
from ...lrp.judging import METHOD, Judging
from ...lrp.live_frame import STRENGTH
from ...lrp.settings import (
    a_name,
    flag,
    like,
    number,
    one_of,
    setting,
    settings,
    whole_number,
)
from ...networks.zoo.own import is_own
from ...session import LARGEST_SEED, REQUEST
from .difference_text import a_difference

__all__ = ["LARGEST_SEED", "State", "own_picture", "read", "write"]

# The views that the title bar offers.
VIEWS = ("step", "compare", "judge", "graph", "live")

# What the totals are seen as: a bar each layer, by cause, or the layers of one cause.
SIGHTS = ("layers", "causes", *conservation_warning.NAMES)

# What servers add to addresses themselves.
NOT_OURS = ("token", "_xsrf")

# Pane B's class: the strongest one that pane A does not explain.
RUNNER_UP = "runner-up"

# What stands for a visitor's own picture, which is never sent: "yours-3f9a01c2".
_OWN_PICTURE = re.compile(r"yours-[0-9a-f]{8}", re.ASCII)


def _names(text):
    return tuple(map(a_name, text.split(",")))


def _unit(text):
    if not re.fullmatch(r".+:\d{1,9}(,\d{1,9})*", text, re.ASCII | re.DOTALL):
        raise ValueError("it is a layer and numbers, such as fc1:12")
    return text


def _pin(text):
    if not re.fullmatch(r".+:\d{1,9}(,\d{1,9})?", text, re.ASCII | re.DOTALL):
        raise ValueError("it is a layer and a place, such as input:3,4")
    return text


def _room(text):
    if not re.fullmatch(r"[A-Za-z]{5}", text, re.ASCII):
        raise ValueError("a room's code has five letters")
    return text.upper()


def _some_of(names):
    def read_names(text):
        found = tuple(dict.fromkeys(text.split(",")))
        if not set(found) <= set(names):
            raise ValueError(f"it can list {', '.join(names)}")
        return found

    return read_names


# What a page asks, and how it shows the answer, by the names of a link.
ASKED = {each.link: each for each in REQUEST.values() if each.link}
LOOKED = {each.link: each for each in settings(View).values()}

# How "Judge" takes a picture apart.
JUDGED = settings(Judging)

# What pane B of "Compare" can have otherwise.
COMPARED = [METHOD]
COMPARED += [each for each in REQUEST.values() if each.name not in ("other", "epsilon", "through")]
COMPARED += [LOOKED["channels"]]

# The controls that `hide` may name; others follow one of them.
HIDEABLE = tuple(each.link for each in (ASKED | LOOKED).values() if each.label and not each.follows)
HIDEABLE += (METHOD.link,)

# A page explains all classes until it is told otherwise.
_DEFAULTS = {"explain": "softmax"}

_Linked = make_dataclass(
    "_Linked",
    [
        (link, Any, like(each, _DEFAULTS.get(link, each.default)))
        for link, each in (ASKED | LOOKED | JUDGED).items()
    ],
    frozen=True,
)


@dataclass(frozen=True)
class State(_Linked):
    """Everything that a link sets; None leaves the choice to the page.

    First the settings of a `Request`, a `View` and `Judging`, by their links' names: `target` and
    `other` are a class's number or name, `rules` a composite with its changes (`rule_syntax`),
    `layer` a layer's name, `channel` −1 for the sum. Then those of the page: `step` is one of the
    layer's four steps ("" for none), `ranked` whether its channels are listed, `telling` by what
    ("star,cross,activation"; "" for their share), and `concept` the channel whose pictures are
    shown, −1 for none. `totals` is "layers", or "causes" for the waterfall, or the cause whose
    layers it lists. `tour` is the open page of the guided tour, 0 for none. `hide` names the
    controls that are not shown, and `lock` disables every setting, so that only stepping, looking
    and copying the link remain. `unit` is the one under the microscope: "fc1:12",
    "block2_conv1:3,4,7", or a pixel, "input:3,4"; `pin` is the place that a click has marked, as
    `pinned` writes it. `view` is the tab, and `b` what pane B of "Compare" has otherwise, as pairs
    of name and value; None leaves it to the page. `unfolded` are the blocks of a network that
    branches that are unfolded, by their first layers; `blocks` whether the rules of blocks are
    shown. `pace` is that of the four steps in milliseconds; `strength`, `mirrored` and `quick` are
    those of "Live". `ask` is a question to predict first, and its choices, with "|" between them;
    `answer` is the right choice, from 1, or 0 for none. `room` is the code of the class's room.
    """

    step: str = setting("", read=one_of(("z", "s", "c", "R")))
    ranked: bool = setting(False, read=flag)
    concept: int = setting(-1, read=whole_number(0, 2**31 - 1))
    telling: str = setting("", read=a_difference)
    totals: str = setting("layers", read=one_of(("layers", "causes", *conservation_warning.NAMES)))
    tour: int = setting(0)
    hide: tuple[str, ...] = setting((), read=_some_of(HIDEABLE))
    lock: bool = setting(False, read=flag)
    unit: str | None = setting(None, read=_unit)
    pin: str | None = setting(None, read=_pin)
    view: str = setting("step", read=one_of(VIEWS))
    b: tuple[tuple[str, int | str], ...] | None = setting(None)
    scales: str = setting("own", read=one_of(("own", "common")))
    unfolded: tuple[str, ...] = setting((), read=_names)
    blocks: bool = setting(False, read=flag)
    pace: int = setting(1000, read=whole_number(250, 2000))
    strength: float = setting(STRENGTH, read=number(0, 1))
    mirrored: bool = setting(True, read=flag)
    quick: bool = setting(False, read=flag)
    ask: str | None = setting(None, read=read_ask)
    answer: int = setting(0, read=whole_number(0, MOST_CHOICES))
    room: str | None = setting(None, read=_room)


# What stays as the page was opened, wherever else it goes.
OF_THE_PAGE = ("hide", "lock", "ask", "answer", "room")


def read(query, pictures, networks, tour=()):
    """Return the State that a query string describes, and a note for whatever it ignores.

    `pictures`, `networks`: the names that exist; `tour`: the states that the pages of the guided
    tour begin with. Unknown names and values leave the default.
    """
    readers = _readers(tuple(pictures), tuple(networks), len(tour))
    found, notes = {}, []
    for name, text in parse_qsl(_utf8(query).removeprefix("?"), keep_blank_values=True):
        if name in NOT_OURS or name.startswith("voila-"):
            continue
        if name not in readers:
            notes.append(
                f"The address has a setting “{shortened(name)}” that this page does not know."
            )
            continue
        try:
            found[name] = readers[name](text)
        except ValueError as error:
            notes.append(
                f"The address sets {name} to “{shortened(text)}”, which is ignored: {error}."
            )
    return replace(_beginning(found.get("tour", 0), tour), **found), notes


@lru_cache(maxsize=1)
def own_picture(file):
    """What stands in an address for the bytes of a visitor's own picture, which cannot travel."""
    return f"yours-{hashlib.sha256(file).hexdigest()[:8]}"


def is_own_picture(name):
    """Whether a state's picture stands for a visitor's own."""
    return isinstance(name, str) and _OWN_PICTURE.fullmatch(name) is not None


def write(state, tour=()):
    """Return the query string of a state: what differs from the defaults, always in one order.

    Of a page of the `tour` that is what differs from the state it begins with.
    """
    beginning = _beginning(state.tour, tour)
    pairs = []
    for each in fields(state):
        value = getattr(state, each.name)
        if value is None or value == getattr(beginning, each.name):
            continue
        if isinstance(value, tuple):
            value = ",".join(item if isinstance(item, str) else _pair(*item) for item in value)
        elif isinstance(value, bool):
            value = int(value)
        pairs.append((each.name, value))
    return urlencode(pairs, safe=",:")


def differing(pictures, networks):
    """What pane B can have otherwise: setting name → function from text to value, as for `read`."""
    readers = {each.link or each.name: each.read for each in COMPARED}
    return readers | {
        "picture": one_of(pictures),
        "network": _network_of(networks),
        "rules": lambda text: readers["rules"](text.replace(";", ",")),
        "input_rule": lambda text: readers["input_rule"](text) or "none",
        "target": _class_of_b,
    }


def _beginning(page, tour):
    """The state that a page of the tour begins with; page 0 is no page of it."""
    return tour[page - 1] if 0 < page <= len(tour) else State()


def _readers(pictures, networks, pages):
    """Setting name → function from text to value, which raises ValueError saying what is right."""
    return {each.name: each.read for each in settings(State).values()} | {
        "picture": _picture_of(pictures),
        "network": _network_of(networks),
        "tour": whole_number(0, pages),
        "b": _pairs_of(differing(pictures, networks)),
    }


def _picture_of(names):
    read_name = one_of(names)
    return lambda text: text if is_own_picture(text) else read_name(text)


def _network_of(names):
    read_name = one_of(names)

    def read_network(text):
        if is_own(text) and text not in names:
            raise ValueError("it is somebody’s own network, which cannot travel in an address")
        return read_name(text)

    return read_network


def _pairs_of(readers):
    def read_pairs(text):
        found = {}
        for part in filter(None, text.split(",")):
            name, _, value = part.partition(":")
            if name not in readers:
                raise ValueError(f"it can set {', '.join(readers)}")
            try:
                found[name] = readers[name](value)
            except ValueError as error:
                raise ValueError(f"for {name}, {error}") from None
        return tuple(found.items())

    return read_pairs


def _pair(name, value):
    # Commas are between pane B's settings: within its rules semicolons stand for them.
    return f"{name}:{value.replace(',', ';') if name == 'rules' else value}"


def _class_of_b(text):
    if text == RUNNER_UP:
        return text
    try:
        return whole_number(0, 2**31 - 1)(text)
    except ValueError as error:
        raise ValueError(f"{error}, or {RUNNER_UP}") from None


def _utf8(text):
    """The text without halves of characters, which no message to a browser can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def shortened(text):
    """A text of an address in one line that is not too long, for a note about it."""
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return text if len(text) <= 40 else text[:39] + "…"
