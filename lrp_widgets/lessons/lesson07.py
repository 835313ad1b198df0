"""Questions of lesson 7, all the way through a large network; computed on the one that is here."""

from functools import cache

import numpy as np

from .._support import memory
from ..networks.zoo import registry
from ..networks.zoo.architectures import VGG16, vgg
from ..session import Request, Session
from .code_questions import code_question
from .experiments.layer_statistics import (
    becomes_finer_at,
    cells_for_half,
    largest,
    layer_statistics,
)
from .questions import Choice, Code, Number

# From the one that the lesson is about to those that stand in for it.
NETWORKS = ("vgg16", "tiny-darknet", "mini-vgg")
PICTURES = {"vgg16": "cat", "tiny-darknet": "cat", "mini-vgg": "star"}

# "About as many" is between 1/2 and 2 times.
ABOUT = 2

session = cache(Session)  # one for the whole lesson


@cache
def network():
    """The lesson's network: the first of `NETWORKS` whose trained weights can be loaded."""
    return next(name for name in NETWORKS if registry.on_disk(name) and _fits(name))


def picture():
    """The lesson's picture: a photograph, or a scene where the network knows only scenes."""
    return PICTURES[network()]


def explained(start="softmax"):
    """The Explanation that the lesson is about; the dashboard's own where it is at hand."""
    return session().explain(Request(picture(), network(), start=start))


def output_layer():
    """The name of the network's last layer, where the backward pass begins; loads nothing."""
    return "softmax" if network() == "tiny-darknet" else "predictions"


def which_network():
    """Say in Markdown which network the lesson is about, and why."""
    here = network()
    size = memory.size(registry.download_size("vgg16"))
    if here == "vgg16":
        return "VGG16's trained weights are on this machine, so this lesson uses **VGG16**."
    if registry.on_disk("vgg16"):
        said = "VGG16's trained weights are on this machine, but too little memory is free for it. "
    else:
        said = f"VGG16's trained weights, {size}, are not on this machine. "
    if here == "tiny-darknet":
        return said + (
            "So this lesson uses **tiny-darknet**: smaller, but trained on the same thousand "
            "classes of photographs."
        )
    if not registry.on_disk("tiny-darknet"):
        small = memory.size(registry.download_size("tiny-darknet"))
        said += f"Neither are tiny-darknet's, {small}. "
    return said + (
        "So this lesson uses **mini-vgg**, built like VGG16 but small. It knows drawn shapes only, "
        "so its picture is a drawn scene instead of a photograph."
    )


def about_vgg16():
    """Say in Markdown how large VGG16 is, counted in its architecture."""
    blocks = [name for name in VGG16 if name.startswith("block")]
    weights = sum(
        layer.kernel.size + layer.bias.size for layer in vgg(VGG16) if hasattr(layer, "kernel")
    )
    return (
        f"VGG16 has {len(blocks)} convolutions, in {len({name[:6] for name in blocks})} blocks "
        f"that each end with a pooling layer, followed by {len(VGG16) - len(blocks)} dense layers: "
        f"{weights / 1e6:.0f} million weights and biases in all."
    )


def _fits(name):
    return registry.memory_needed(name) <= memory.available() or name == NETWORKS[-1]


@cache
def _facts():
    return layer_statistics(explained())


def _finer():
    """Where the map becomes finer from layer to layer: the option's number."""
    layers = becomes_finer_at(_facts())
    if not layers:
        return 2
    return 1 if all("pooling" in each.kind for each in layers) else 0


def _largest():
    """Where the layer with the most units is: the option's number."""
    names = [each.name for each in reversed(_facts())]
    at = names.index(largest(_facts()).name) / (len(names) - 1)
    return 0 if at == 0 else 1 + int(np.searchsorted((1 / 3, 2 / 3), at))


def _coarsest():
    """The topmost layer that has places."""
    return next(each for each in _facts() if each.cells)


def _focus():
    """Whether half of the relevance lies in fewer equal squares at the end: the option's number."""
    ratio = _facts()[-1].squares / _coarsest().squares
    return 0 if ratio < 1 / ABOUT else 2 if ratio > ABOUT else 1


@cache
def _logit_total():
    return explained("logit").layers[0].total


def _cases():
    random = np.random.default_rng(7)
    cases = [(np.array([[0.1, 0.4], [0.2, 0.05]]),)]
    cases += [(random.random(shape) ** 3,) for shape in ((3, 4), (5, 5), (7, 2))]
    return [*cases, (explained().heatmap().astype(np.float64),)]


def _weakest_first(R):
    held = np.cumsum(np.sort(R.ravel()))
    return int(np.searchsorted(held, held[-1] / 2)) + 1


def _one_too_few(R):
    return cells_for_half(R) - 1


def _as_part(R):
    return cells_for_half(R) / R.size


def _here():
    return f"the picture *{picture()}* in {network()}"


QUESTIONS = {
    "07-finer": Choice(
        text="The backward pass begins at the classes, which have no place in the picture, and "
        "ends at the pixels. Where on the way does the map get more cells?",
        options=(
            "A little at every layer",
            "Only on the way through a pooling layer",
            "Nowhere: the topmost map is as fine as the picture",
        ),
        expected=_finer,
        why=(
            "Look at the shapes: does a convolution change the number of rows and columns here?",
            "In the forward pass, pooling made one cell out of each window; in the backward pass "
            "that cell shares its relevance among the cells of the window.",
            "Compare the shape of the topmost layer that has rows and columns with the picture's.",
        ),
        hint="Which layers have fewer rows and columns than their input?",
        solution=lambda: (
            "The map gets finer below "
            + _and([each.name for each in becomes_finer_at(_facts())])
            + f": from {_coarsest().cells:,} cells at {_coarsest().name} to "
            f"{_facts()[-1].cells:,} pixels."
        ),
    ),
    "07-largest": Choice(
        text="Which layer has the most units, and so the most numbers of relevance?",
        options=(
            "The picture itself",
            "A layer in the third nearest the picture",
            "A layer in the middle third",
            "A layer in the third nearest the output",
        ),
        expected=_largest,
        why=(
            "The picture has many cells, but only three channels.",
            "Many cells and many channels: that is where the memory goes, and the time.",
            "Multiply rows, columns and channels; then compare with the layers further down.",
            "Many channels, but few cells, or none. Multiply them.",
        ),
        hint="Units are rows × columns × channels. The first convolution keeps the picture's rows "
        "and columns.",
        solution=lambda: (
            f"{largest(_facts()).name} has {'×'.join(map(str, largest(_facts()).shape))} = "
            f"{largest(_facts()).units:,} units, the picture {_facts()[-1].units:,}."
        ),
    ),
    "07-focus": Choice(
        text="Cut the picture into equal squares, one for each cell of the topmost map. In that "
        "map, a number of squares, strongest first, hold half of the relevance. At the end, add up "
        "the relevance of the pixels in each square: how many squares hold half of it *now*?",
        options=(
            "Less than half as many: the backward pass focuses",
            "About as many, between half and twice: the map gets finer, but relevance stays where "
            "it was",
            "More than twice as many: the backward pass spreads",
        ),
        expected=_focus,
        # Which one is right depends on the network: each is said of a right and of a wrong answer.
        why=(
            "It focuses if the last column of the table falls to less than half, from the topmost "
            "map's row down to the pixels.",
            "It only refines if the last column of the table stays about the same, from the "
            "topmost map's row down to the pixels, while the cells become many.",
            "It spreads if the last column of the table grows to more than twice, from the topmost "
            "map's row down to the pixels.",
        ),
        hint="How far can one layer move relevance? A convolution spreads it by a pixel or two of "
        "its own map.",
        solution=lambda: (
            f"In {_coarsest().of_squares} equal squares: {_coarsest().squares} hold half at "
            f"{_coarsest().name}, and {_facts()[-1].squares} at the pixels. Counted in cells of "
            f"their own size it would be {100 * _coarsest().half:.0f} % and "
            f"{100 * _facts()[-1].half:.0f} %, which cannot be compared: smaller cells make that "
            "part smaller, wherever the relevance lies."
        ),
    ),
    "07-logit": Number(
        text="Explain the *logit* of the most probable class instead of all classes, for "
        f"{_here()}. What is the total at the **input**?",
        hint="Under *Explain*, choose one class: logit. Every layer's total is on the right.",
        expected=_logit_total,
        mistakes=(
            (lambda: _facts()[-1].total, "That is the total for all classes; choose the logit."),
            (
                lambda: explained("probability").layers[0].total,
                "That is the total for the class's probability; choose the logit.",
            ),
        ),
        solution=lambda: (
            f"The initial relevance is the logit of {explained('logit').target}, "
            f"{explained('logit').start_total:.3f}, and the pixels together have "
            f"{_logit_total():.3f}."
        ),
        well_done="All of it reaches the pixels; only the division differs.",
    ),
    "07-code": Code(
        cases=_cases,
        expected=cells_for_half,
        mistakes=(
            (_weakest_first, "You begin with the weakest cells; begin with the strongest."),
            (_one_too_few, "One too few: positions count from 0, cells from 1."),
            (_as_part, "That is the part of all cells; return their number."),
        ),
        **code_question(
            "07-code",
            lambda: (
                f"For {_here()}, it takes {cells_for_half(explained().heatmap()):,} of "
                f"{explained().heatmap().size:,} pixels."
            ),
        ),
    ),
}


def _and(words):
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)
