"""From the output to the pixels, cause by cause: the steps of a waterfall chart."""

from typing import NamedTuple

from .._support import number_words
from ..lrp.conservation_warning import NAMES, SEEN, causes

# So many layers of a cause are listed at most; the others are summed.
MOST = 12


class Step(NamedTuple):
    """One bar: the running total goes from `before` to `after`.

    `entry`: "start", an entry of the ledger, or "pixels"; `change` = after − before, for the two
    ends their total. `layers`: ((name, change), …) that contribute to it, the largest first;
    `name`: what the bar is called, such as "lost to the padding".
    """

    entry: str
    name: str
    before: float
    after: float
    layers: tuple[tuple[str, float], ...] = ()

    @property
    def change(self):
        return self.after - self.before

    @property
    def is_end(self):
        return self.entry in ("start", "pixels")


def waterfall(e):
    """Return the steps from an explanation's output to its pixels, a list of `Step`.

    initial relevance − bias − stabilizer − dead − padding (− set aside, where channels are
    followed; − rounding, where it can be seen) = pixels, each the sum over all layers. Raises
    ValueError for an explanation of several pictures.
    """
    found, start = causes(e), float(e.start_total)
    level, steps = start, [Step("start", "initial relevance", 0.0, start)]
    for cause in found:
        if cause.entry == "rounding" and abs(cause.value) < SEEN * abs(start):
            continue
        if cause.entry == "set aside" and not cause.layers:  # everything is followed
            continue
        changes = tuple((name, -value) for name, value in cause.layers)
        after = level - cause.value
        steps.append(Step(cause.entry, _name(cause, start), level, after, changes))
        level = after
    whole = "pixels" if len(e.layers[0].shape) == 3 else "input"
    return [*steps, Step("pixels", whole, 0.0, float(e.layers[0].total))]


def rows(e):
    """Return the same for the page: dicts of numbers and of the words that it shows."""
    start = float(e.start_total)
    return [
        {
            "entry": step.entry,
            "name": step.name,
            "before": step.before,
            "after": step.after,
            "gained": not step.is_end and step.change * start > 0,
            **_written(step.change, start, step.is_end),
            **_listed(step.layers, start),
        }
        for step in waterfall(e)
    ]


def _name(cause, start):
    if not cause.value:
        return f"to {NAMES[cause.entry]}"
    lost = cause.value * (start or 1) > 0
    return f"{'lost to' if lost else 'gained from'} {NAMES[cause.entry]}"


def _listed(layers, start):
    """The layers that can be seen, and all others as one: "more", None where there are none."""
    large = [each for each in layers if abs(each[1]) >= SEEN * abs(start)][:MOST]
    rest, change = len(layers) - len(large), sum(value for _, value in layers[len(large) :])
    return {
        "layers": [{"name": name, **_written(value, start)} for name, value in large],
        "more": {"name": f"{rest} {'more' if large else 'layers'}", **_written(change, start)}
        if rest
        else None,
    }


def _written(change, start, is_end=False):
    sign = "+" if change > 0 and not is_end else ""
    share = number_words.share(change, start)
    return {
        "number": sign + number_words.total(change),
        "share": share if is_end or share.startswith(("−", "–", "0.0")) else f"+{share}",
    }
