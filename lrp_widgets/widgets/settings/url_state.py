"""The page's settings as an address carries them: ``?network=vgg16&pooling=max&layer=conv4``."""

import hashlib
import re
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from ..._support.colors import COLORMAPS, SCALES
from ...lrp import conservation_warning
from ...lrp.composites import COMPOSITES
from ...lrp.live_frame import STRENGTH
from ...lrp.rule_syntax import OWN, read_number, split

# The controls that `hide` may name. "explain" takes its class lists along, "weights" the seed.
HIDEABLE = (
    "picture",
    "network",
    "weights",
    "pooling",
    "rules",
    "explain",
    "channels",
    "colours",
    "scale",
    "overlay",
)

# The views that the title bar offers.
VIEWS = ("step", "compare", "live")

# What servers add to addresses themselves.
NOT_OURS = ("token", "_xsrf")

LARGEST_SEED = 2**31 - 1

# Pane B's class: the strongest one that pane A does not explain.
RUNNER_UP = "runner-up"

# What stands for a visitor's own picture, which is never sent: "yours-3f9a01c2".
_OWN_PICTURE = re.compile(r"yours-[0-9a-f]{8}", re.ASCII)


@dataclass(frozen=True)
class State:
    """Everything that a link sets; None leaves the choice to the page.

    `target` and `other` are a class's number or name, `rules` a composite with its changes
    (`rule_text`), `layer` a layer's name, `step` one of its four steps ("" for none), `channel` −1
    for the sum. `tour` is the open page of the guided tour, 0 for none. `hide` names the controls
    that are not shown, and `lock` disables every setting, so that only stepping, looking and
    copying the link remain. `unit` is the one under the microscope: "fc1:12",
    "block2_conv1:3,4,7", or a pixel, "input:3,4"; `pin` is the place that a click has marked, as
    `pinned` writes it. `totals` is "layers", or "causes" for the waterfall, or the cause whose
    layers it lists. `view` is the tab, and `b` what pane B of "Compare" has otherwise, as pairs
    of name and value; None leaves it to the page. `unfolded` are the blocks of a network that
    branches that are unfolded, by their first layers; `blocks` whether the rules of blocks are
    shown. `pace` is that of the four steps in milliseconds; `strength`, `mirrored` and `quick` are
    those of "Live".
    """

    picture: str | None = None
    network: str | None = None
    weights: str = "pretrained"
    seed: int = 0
    pooling: str = "avg"
    rules: str = OWN
    explain: str = "softmax"
    target: int | str | None = None
    other: int | str | None = None
    layer: str | None = None
    quantity: str = "relevance"
    step: str = ""
    channel: int = -1
    channels: str = "gray"
    colours: str = "RdBu_r"
    scale: str = "symmetric"
    limits: str = "layer"
    totals: str = "layers"
    percentile: float = 99.5
    overlay: float = 1.0
    tour: int = 0
    hide: tuple[str, ...] = ()
    lock: bool = False
    unit: str | None = None
    pin: str | None = None
    view: str = "step"
    b: tuple[tuple[str, int | str], ...] | None = None
    scales: str = "own"
    unfolded: tuple[str, ...] = ()
    blocks: bool = False
    pace: int = 1000
    strength: float = STRENGTH
    mirrored: bool = True
    quick: bool = False


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
    for field in fields(state):
        value = getattr(state, field.name)
        if value is None or value == getattr(beginning, field.name):
            continue
        if isinstance(value, tuple):
            value = ",".join(item if isinstance(item, str) else _pair(*item) for item in value)
        elif isinstance(value, bool):
            value = int(value)
        pairs.append((field.name, value))
    return urlencode(pairs, safe=",:")


def differing(pictures, networks):
    """What pane B can have otherwise: setting name → function from text to value, as for `read`."""
    return {
        "picture": _one_of(pictures),
        "network": _one_of(networks),
        "weights": _one_of(("pretrained", "random")),
        "seed": _whole_number(0, LARGEST_SEED),
        "pooling": _one_of(("avg", "max")),
        "rules": _rules_of_b,
        "input_rule": _one_of(("ones", "none")),
        "explain": _one_of(("softmax", "probability", "logit", "contrast")),
        "target": _class_of_b,
        "channels": _one_of(("gray", "rgb")),
    }


def _beginning(page, tour):
    """The state that a page of the tour begins with; page 0 is no page of it."""
    return tour[page - 1] if 0 < page <= len(tour) else State()


def _readers(pictures, networks, pages):
    """Setting name → function from text to value, which raises ValueError saying what is right."""
    return {
        "picture": _picture_of(pictures),
        "network": _one_of(networks),
        "weights": _one_of(("pretrained", "random")),
        "seed": _whole_number(0, LARGEST_SEED),
        "pooling": _one_of(("avg", "max")),
        "rules": _rules,
        "explain": _one_of(("softmax", "probability", "logit", "contrast")),
        "target": _class,
        "other": _class,
        "layer": _name,
        "quantity": _one_of(("relevance", "activation")),
        "step": _one_of(("z", "s", "c", "R")),
        "channel": _whole_number(-1, 2**31 - 1),
        "channels": _one_of(("gray", "rgb")),
        "colours": _one_of(COLORMAPS),
        "scale": _one_of(SCALES),
        "limits": _one_of(("layer", "common")),
        "totals": _one_of(("layers", "causes", *conservation_warning.NAMES)),
        "percentile": _number(50, 100),
        "overlay": _number(0, 1),
        "tour": _whole_number(0, pages),
        "hide": _some_of(HIDEABLE),
        "lock": _flag,
        "unit": _unit,
        "pin": _pin,
        "view": _one_of(VIEWS),
        "b": _pairs_of(differing(pictures, networks)),
        "scales": _one_of(("own", "common")),
        "unfolded": _names,
        "blocks": _flag,
        "pace": _whole_number(250, 2000),
        "strength": _number(0, 1),
        "mirrored": _flag,
        "quick": _flag,
    }


def _one_of(names):
    def read_name(text):
        if text not in names:
            raise ValueError(f"it can be {', '.join(names)}")
        return text

    return read_name


def _picture_of(names):
    read_name = _one_of(names)
    return lambda text: text if is_own_picture(text) else read_name(text)


def _some_of(names):
    def read_names(text):
        found = tuple(dict.fromkeys(text.split(",")))
        if not set(found) <= set(names):
            raise ValueError(f"it can list {', '.join(names)}")
        return found

    return read_names


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


def _number(least, most):
    def read_in_range(text):
        try:
            value = read_number(text)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise ValueError(f"it is a number from {least} to {most}")
        return value

    return read_in_range


def _whole_number(least, most):
    def read_whole_number(text):
        # No number of ours has so many digits, and Python refuses to read thousands.
        short = re.fullmatch(r"-?\d{1,19}", text, re.ASCII)
        if not (short and least <= int(text) <= most):
            raise ValueError(f"it is a whole number from {least} to {most}")
        return int(text)

    return read_whole_number


def _name(text):
    if not text:
        raise ValueError("a name is needed")
    return text


def _names(text):
    return tuple(map(_name, text.split(",")))


def _class(text):
    name = _name(text)
    return int(name) if re.fullmatch(r"\d{1,19}", name, re.ASCII) else name


def _class_of_b(text):
    if text == RUNNER_UP:
        return text
    try:
        return _whole_number(0, 2**31 - 1)(text)
    except ValueError as error:
        raise ValueError(f"{error}, or {RUNNER_UP}") from None


def _rules(text):
    base, _ = split(text)
    _one_of((OWN, *COMPOSITES))(base)
    return text


def _rules_of_b(text):
    return _rules(text.replace(";", ","))


def _flag(text):
    if text not in ("0", "1"):
        raise ValueError("it can be 0 or 1")
    return text == "1"


def _unit(text):
    if not re.fullmatch(r".+:\d{1,9}(,\d{1,9})*", text, re.ASCII | re.DOTALL):
        raise ValueError("it is a layer and numbers, such as fc1:12")
    return text


def _pin(text):
    if not re.fullmatch(r".+:\d{1,9}(,\d{1,9})?", text, re.ASCII | re.DOTALL):
        raise ValueError("it is a layer and a place, such as input:3,4")
    return text


def _utf8(text):
    """The text without halves of characters, which no message to a browser can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def shortened(text):
    """A text of an address in one line that is not too long, for a note about it."""
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return text if len(text) <= 40 else text[:39] + "…"
