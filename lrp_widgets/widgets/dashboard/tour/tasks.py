"""What the tour asks, and how an answer is judged: always by the numbers on the screen.

A check gets a `Moment` and the choice made (None where something is to be done, or to be shown)
and returns a Verdict, or None while there is nothing to say.
"""

from dataclasses import dataclass

import numpy as np

from ...._support.number_words import number, percent, probability, total
from ....lrp.channels import is_vector, summed
from ....lrp.metrics import fewest_places, rank_correlation
from .measures import (
    colour_shares,
    first_map,
    losses,
    object_shares,
    strongest_cell,
)
from .text import place

TRIFLE = 1e-6  # a millionth of the initial relevance

LIKENESS = (("below 0.5", -1.0), ("0.5 to 0.9", 0.5), ("above 0.9", 0.9))
OUTCOMES = ("more", "about as much", "less")
NOTICEABLE = 0.02  # "about as much" is within two percent of all relevance


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and the sentence that says why."""

    right: bool
    says: str


def _guess(right, choice, says):
    """The verdict on a prediction: the measured numbers, and how the guess compares."""
    if choice is None:
        return Verdict(True, says[0].upper() + says[1:])
    return Verdict(choice == right, f"{'As you guessed' if choice == right else 'Not so'}: {says}")


# What the network says


def likely_classes(m):
    """The four most probable classes in alphabetical order: not to tell the answer."""
    return tuple(sorted(name for name, _ in m.explanation.prediction[:4]))


def top_class(m, choice):
    top, p = m.explanation.prediction[0]
    if choice == top:
        return Verdict(True, f"Yes: {top}, with a probability of {probability(p)}.")
    found = dict(m.explanation.prediction)[choice]
    return Verdict(False, f"{choice} has only {number(found)}. Look for the longest bar.")


# Is it right?


def taken_apart(m, choice=None):
    """How far the picture must be taken apart for the network to say something else."""
    if not m.judged or m.judged["replaced"] < (m.judged["lost_after"] or m.judged["count"]):
        return None
    count, after, by_chance = (m.judged[name] for name in ("count", "lost_after", "by_chance"))
    if after is None:
        return Verdict(True, f"It says the same to the end, when all {count} patches are gone.")
    random = "never does" if by_chance is None else f"needs {by_chance}"
    return Verdict(True, f"Lost after {after} of {count} patches; a random order {random}.")


def enough_replaced(m):
    """The settings that show this."""
    if not m.judged:
        return {}
    return {"replaced": m.judged["lost_after"] or m.judged["count"]}


# Totals, and the way down


def at_the_input(m, choice=None):
    first = m.names[0]
    held, start = m.explanation[first].total, m.explanation.start_total
    if m.layer == first:
        share = percent(held / start)
        return Verdict(
            True, f"{total(held)} arrived at the {first}: {share} of the initial relevance."
        )
    if m.layer == m.names[-1]:
        return None
    return Verdict(
        False, f"{m.layer} holds {total(m.entry.total)} as well. Go on to the lowest bar: {first}."
    )


def at_the_first_map(m, choice=None):
    wanted = first_map(m.explanation)
    if m.layer == wanted:
        rows, columns = m.entry.shape[:2]
        steps = len(m.names) - 1 - m.names.index(wanted)
        return Verdict(
            True, f"{wanted} has {rows}×{columns} places; it is {steps} steps below the output."
        )
    if m.layer == m.names[-1]:
        return None
    if is_vector(m.entry.shape):
        size = m.entry.shape[-1]
        return Verdict(False, f"{m.layer} is a list of {size} units without places. Step on.")
    return Verdict(False, f"{m.layer} has places, but a layer nearer to the output has too.")


def any_blue(m, choice):
    least = float(summed(m.entry.relevance).min())
    right = "yes" if least < 0 else "no"
    says = f"the smallest value on this map is {number(least)}."
    if choice == right:
        return Verdict(True, f"Right: {says}")
    return Verdict(False, f"Look again at the map: {says}")


# The rule

CLOSED = Verdict(False, "The microscope was closed: click a cell of the map to open it again.")
COLOURS = ("red", "green", "blue")
FROM_NOTHING = ("nothing", "as much as the others", "what its weight says")


def share_of_nothing(m, choice):
    below = m.below
    silent = below.activation == 0
    held = float(np.abs(below.relevance[silent]).sum())
    if choice != FROM_NOTHING[0]:
        return Verdict(False, "In the fraction, x stands above the line: put 0 there.")
    return Verdict(
        held == 0,
        f"Yes. In {below.name}, {int(silent.sum()):,} of {silent.size:,} units have x = 0; "
        f"together they received {number(held)}.",
    )


def strongest_opened(m, choice=None):
    if not m.unit:
        return None
    index, entry = m.unit["index"], m.explanation[m.unit["layer"]]
    cell, most = strongest_cell(entry)
    here = tuple(index[: len(cell)])
    if here != cell:
        held = float(summed(entry.relevance)[here])
        return Verdict(
            False, f"{place(here).capitalize()} holds {number(held)}; another cell is darker."
        )
    says = f"{place(here).capitalize()} holds {number(most)}. "
    if len(index) > len(cell):
        says += f"Of it, channel {index[-1]} holds {number(m.unit['relevance'])}: "
        says += "that unit is now under the microscope."
    return Verdict(True, says)


def at_the_class(m, choice=None):
    if m.unit == m.opened:
        return None
    if not m.unit:
        return CLOSED
    layer, last = m.unit["layer"], m.names[-1]
    if layer == last:
        return Verdict(
            True,
            f"Here the backward pass began: R = {number(m.unit['relevance'])} of "
            f"“{m.unit['name']}”, which is what the network says.",
        )
    if m.last and m.names.index(layer) < m.names.index(m.last["layer"]):
        return Verdict(False, f"That went down, to {layer}. The senders, with ↑, are at the left.")
    return Verdict(False, f"You are in {layer}. Go on up to {last}.")


def strongest_receiver(m, choice=None):
    if m.unit == m.opened:
        return None
    if not m.unit:
        return CLOSED
    best = m.opened["down"]["terms"][0]
    if m.unit["layer"] == best["source"] and m.unit["index"] == best["index"]:
        sent = best["relevance"]
        share = percent(sent / m.opened["relevance"])
        channels, channel = m.explanation[best["source"]].shape[-1], best["index"][-1]
        what = COLOURS[channel] if channels == len(COLOURS) else f"channel {channel}"
        return Verdict(
            True,
            f"The {what} of {place(best['index'])} received {number(sent)}: {share} of what "
            "the unit had to share.",
        )
    return Verdict(False, "Another cell of the grid R, at the right, is darker than this one.")


# Ways to look


def colours_apart(m, choice=None):
    if m.view != "rgb":
        return None
    red, green, blue = map(percent, colour_shares(m.explanation))
    return Verdict(True, f"Of all relevance, red carries {red}, green {green}, blue {blue}.")


def activation_shown(m, choice=None):
    if m.quantity != "activation":
        return None
    r = rank_correlation(summed(m.entry.relevance), summed(m.entry.activation))
    return Verdict(
        True,
        f"The two maps’ rank correlation is {number(r)}: 1 would mean the same order of places, "
        "0 none in common.",
    )


# Predictions

POOLINGS = ("proportional", "winner-take-all", "no difference")


def crisper_pooling(m, choice):
    shared, won = (fewest_places(e.heatmap()) for e in (m.before, m.explanation))
    right = POOLINGS[0 if shared < won else 1 if won < shared else 2]
    return _guess(
        right,
        choice,
        f"half of the relevance lies on {shared} pixels when shared in proportion, on {won} when "
        "the winner takes all.",
    )


def object_without_training(m, choice):
    before, after = (object_shares(e, m.picture) for e in (m.before, m.explanation))
    if after is None:
        return Verdict(True, "In this picture nobody knows which pixels are the object.")
    change = after[1] - before[1]
    right = OUTCOMES[1] if abs(change) < NOTICEABLE else OUTCOMES[0 if change > 0 else 2]
    return _guess(
        right,
        choice,
        f"{percent(before[1])} of the relevance lay on the object, {percent(after[1])} do with "
        f"random weights. The object covers {percent(after[0])} of the pixels.",
    )


def runner_up_alike(m, choice):
    r = rank_correlation(m.before.heatmap(), m.explanation.heatmap())
    right = [words for words, least in LIKENESS if r >= least][-1]
    top, second = m.before.target, m.explanation.target
    return _guess(
        right,
        choice,
        f"the maps of {top} and {second} have a rank correlation of {r:.3f}. Under z⁺ a map tells "
        "little about which class it is for.",
    )


# The ledger

BOOKS = {
    "the bias": "bias",
    "the stabilizer ε": "stabilizer",
    "dead units": "dead",
    "the padding": "padding",
}
NONE_OF_THEM = "none of them"


def absorbed(m, choice):
    lost = losses(m.explanation)
    listed = ", ".join(f"{name} {number(lost[name])}" for name in lost)
    most = max(lost, key=lost.get)
    right = most if lost[most] > TRIFLE else None
    says = f"all layers together absorbed {listed} of the initial relevance."
    if BOOKS.get(choice) == right:
        return Verdict(True, f"Right: {says}")
    return Verdict(False, f"No: {says}")
