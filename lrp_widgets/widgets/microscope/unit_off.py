"""Why a unit without relevance has none, in one sentence for the microscope."""

import numpy as np

from ...lrp.channels import has_channels
from ...lrp.rules import Proportional, WinnerTakeAll

NOTHING = "nothing comes, nothing goes"
SWITCHES = {"relu": "ReLU", "relu6": "ReLU6"}


def why_nothing(unit, e):
    """Return why nothing goes through a unit of explanation `e`, "" where something does."""
    entry = e[unit.layer]
    if np.ndim(unit.activation) or unit.relevance:
        return ""
    if not unit.up:
        return f"Relevance begins at other classes: here {NOTHING}."
    off = not unit.activation
    if off and unit.function in SWITCHES:
        return f"Switched off by its {SWITCHES[unit.function]}: {NOTHING}."
    readers = [e[up.sender].rule for up in unit.up]
    if all(isinstance(rule, WinnerTakeAll) for rule in readers):
        return f"Not the largest of its pooling window, where the winner takes all: {NOTHING}."
    if off and isinstance(entry.rule, Proportional | WinnerTakeAll):
        return f"Every place of its window is 0 or below: {NOTHING}."
    if unit.activation <= 0 and all(isinstance(rule, Proportional) for rule in readers):
        return f"Not above 0, while the shares are in proportion to what is: {NOTHING}."
    if off:
        return f"Its activation is 0: {NOTHING}."
    return f"It is active, but no unit that reads it hands it relevance: {NOTHING}."


def why_channel(entry, index, asked):
    """Return which channel a click on a summed map has opened and why; "" for a chosen one."""
    several = has_channels(entry.shape) and len(index) == len(entry.shape)
    if not several or 0 <= asked < entry.shape[-1]:
        return ""
    sizes = np.abs(np.asarray(entry.relevance[index[:-1]], np.float64))
    opened = f"Opened: channel {index[-1]} of {entry.shape[-1]}"
    if not sizes.any():
        return f"{opened}, the first; none of them has relevance at this place."
    share = 100 * sizes[index[-1]] / sizes.sum()
    return f"{opened}, which has the largest |R| at this place, {share:.1f} % of Σ|R| there."
