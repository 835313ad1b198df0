"""The guided tour's pages: what each says, which state it sets, and what it asks.

Texts have at most 60 words. `[words]` names the part that is highlighted, `$…$` is LaTeX, and
`«name»` is a number or name read off the explanation on the screen (see FACTS).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ...._support.number_words import percent, total
from ...settings.url_state import State
from . import tasks
from .measures import first_map, object_shares, strongest_cell, strongest_unit


@dataclass(frozen=True)
class Task:
    """What a page asks before it goes on.

    `check(moment, choice)` → Verdict or None. `choices`: the answers to choose from, or a function
    of the moment; none where something is to be done on the page. `reveal(moment)` → the settings
    of the State that a prediction is held against. `show(moment)` does what is asked for, as far
    as one step goes: settings of the State, or (layer, index) of a unit to look at.
    `again`: a wrong unit gives way to the one that the page opened, or to the map.
    """

    asks: str
    check: Callable
    choices: tuple | Callable = ()
    reveal: Callable | None = None
    show: Callable | None = None
    again: bool = False


@dataclass(frozen=True)
class Page:
    """One page: title and text, the State that it begins with, and the part that it talks about.

    `after` is said, and `then` highlighted, once the task is done. `part` and `then` are keys of
    `PARTS` in spotlight.js; those that begin with "control-" name a control, which stays on the
    page beside the tour. `opens(moment)`: the unit to put under the microscope, (layer, index).
    """

    title: str
    text: str
    state: State
    part: str
    task: Task | None = None
    then: str = ""
    after: str = ""
    opens: Callable | None = None


FACTS = {
    "classes": lambda m: str(len(m.explanation.network.class_names)),
    "top": lambda m: m.explanation.prediction[0][0],
    "target": lambda m: m.explanation.target or "all",
    "pooling": lambda m: {"avg": "proportional", "max": "winner-take-all"}[m.explanation.pooling],
    "second": lambda m: m.explanation.prediction[1][0],
    "start": lambda m: total(m.explanation.start_total),
    "pooled": lambda m: _pooling(m.explanation),
    "object": lambda m: _object(m, 0),
    "on the object": lambda m: _object(m, 1),
}

SCENE = State(picture="star", network="mini-vgg", layer="input")


def _at(layer, **settings):
    return replace(SCENE, layer=layer, **settings)


def _object(m, which):
    shares = object_shares(m.explanation, m.picture)
    return "an unknown part" if shares is None else percent(shares[which])


def _pooling(e):
    found = (layer.kind_text for layer in e.layers if "pooling" in layer.kind)
    return next(found, "a pooling layer")


def _strongest_here(m):
    """The strongest unit in the cell that received most."""
    cell, _ = strongest_cell(m.entry)
    held = m.entry.relevance[cell]
    return m.layer, (*cell, int(held.argmax())) if held.ndim else cell


def _strongest_unit(m):
    return m.layer, strongest_unit(m.entry)


def _strongest_sender(m):
    if not m.unit:
        return m.opened["layer"], tuple(m.opened["index"])
    up = m.unit["up"][0]
    return up["layer"], tuple(up["top"][0]["index"])


def _strongest_receiver(m):
    best = m.opened["down"]["terms"][0]
    return best["source"], tuple(best["index"])


PAGES = (
    Page(
        "What the network says",
        "This network sees a picture and gives each of «classes» shapes a probability; together "
        "these make 1. [The network says], at the right, lists the largest.",
        _at("predictions"),
        "predictions",
        Task(
            "Which shape does it find most probable?",
            tasks.top_class,
            choices=tasks.likely_classes,
        ),
    ),
    Page(
        "Where relevance starts",
        "Which pixels carry this answer? LRP begins at the output: there, relevance is the output "
        "itself, $$R^{(N)} = f(x)$$ so each class in [the list] starts with its probability, and "
        "all classes together with «start».",
        _at("predictions"),
        "map",
    ),
    Page(
        "The total stays the same",
        "Layer by layer, every unit hands its relevance down to the units that fed it. Nothing is "
        "added and nothing taken away: $$\\sum_i R_i = \\sum_j R_j$$ This is conservation. "
        "[Relevance by layer] shows every total.",
        _at("predictions"),
        "totals",
        Task(
            "Click the lowest bar: how much arrives at the input?",
            tasks.at_the_input,
            show=lambda m: {"layer": m.names[0]},
        ),
    ),
    Page(
        "Down, layer by layer",
        "[These buttons] go from the output to the picture; so do the keys → and ←. The strip "
        "at the bottom shows the whole way, a small map for each layer.",
        _at("predictions"),
        "stepping",
        Task(
            "Step down to the first layer that has places: rows and columns.",
            tasks.at_the_first_map,
            show=lambda m: {"layer": first_map(m.explanation)},
        ),
        then="map",
        after="[The map] has rows and columns from here on.",
    ),
    Page(
        "What the colours mean",
        "Each cell of this map is one place of the layer, its channels added up. White is zero, "
        "red is positive, for what is explained, blue negative, against it. [The scale] says how "
        "much the strongest colour stands for, and which share of the cells goes beyond it.",
        _at("block3_conv2"),
        "scale",
        Task(
            "Is there anything blue, negative relevance, on this map?",
            tasks.any_blue,
            choices=("yes", "no"),
        ),
    ),
    Page(
        "The rule: z⁺",
        "A unit j shares its relevance out among its inputs i by what each contributed: input "
        "times weight. Only positive weights count, $w^+ = \\max(w, 0)$. Read [the equation]: one "
        "contribution over the sum of all, times what there is to share.",
        _at("block2_conv1"),
        "equation",
        Task(
            "What does an input with $x_i = 0$ receive?",
            tasks.share_of_nothing,
            choices=tasks.FROM_NOTHING,
        ),
    ),
    Page(
        "One unit’s numbers",
        "Behind every cell of [the map] stand units, one in each channel, with numbers of their "
        "own. A click opens the microscope: inputs, weights, shares, and the equation with all of "
        "them put in.",
        _at("block4_pool"),
        "map",
        Task(
            "Click the cell that received most.",
            tasks.strongest_opened,
            show=_strongest_here,
            again=True,
        ),
        then="numbers",
        after="[The equation] has its numbers put in.",
    ),
    Page(
        "Up to the class",
        "[Where it comes from] lists the units above that sent this one its relevance. Follow the "
        "strongest, marked ↑, and again the strongest. On the way, flatten only renames a unit: R "
        "stays as it is. Dense layers share by z⁺.",
        _at("block4_pool"),
        "senders",
        Task(
            "Follow the senders up to predictions.",
            tasks.at_the_class,
            show=_strongest_sender,
        ),
        opens=_strongest_here,
    ),
    Page(
        "Pooling: who gets it?",
        "Here «pooled» keeps the largest value of each window. On the way back, proportional "
        "pooling shares R by activation; winner-take-all gives everything to the largest. "
        "[The map] was made with «pooling» pooling.",
        _at("input"),
        "map",
        Task(
            "Which of them leaves half of the relevance on fewer pixels?",
            tasks.crisper_pooling,
            choices=tasks.POOLINGS,
            reveal=lambda m: {"pooling": "max"},
        ),
        then="control-pooling",
        after="Switch [Pooling] to compare.",
    ),
    Page(
        "Down to a pixel",
        "The first layer has a rule of its own. By x·w⁺ a black pixel, x = 0, could never receive "
        "anything. So this layer takes x = 1 for every pixel and shares by weight alone: see the "
        "column x in [where it goes].",
        _at("block1_conv1"),
        "receivers",
        Task(
            "Click the cell of R, at the right, that received most.",
            tasks.strongest_receiver,
            show=_strongest_receiver,
            again=True,
        ),
        opens=_strongest_unit,
        then="senders",
        after="[These senders] lead back up.",
    ),
    Page(
        "Gray or RGB",
        "A pixel has three channels, and so has its relevance. Gray adds them up. RGB keeps them "
        "apart, as brightness of red, green and blue. [The switches] stand beside the map.",
        _at("input"),
        "tools",
        Task(
            "Switch to RGB.",
            tasks.colours_apart,
            show=lambda m: {"channels": "rgb"},
        ),
        then="map",
        after="[The map] shows which where.",
    ),
    Page(
        "Activation is not relevance",
        "Activation is what a layer put out. Relevance is how much of it carries the answer. "
        "[The switches] change between them. Each has colours of its own, so that nobody takes "
        "one for the other.",
        _at("block3_conv2"),
        "tools",
        Task(
            "Switch to activation, and back. Are the strong places the same?",
            tasks.activation_shown,
            show=lambda m: {"quantity": "activation"},
        ),
        then="map",
        after="[The map] has another scale.",
    ),
    Page(
        "Trained or random?",
        "This picture was drawn, so we know which pixels are the object: «object» of them. "
        "On [the map] they hold «on the object» of the relevance. With random weights the network "
        "has learned nothing.",
        _at("input"),
        "map",
        Task(
            "How much will the object hold with random weights?",
            tasks.object_without_training,
            choices=tasks.OUTCOMES,
            reveal=lambda m: {"weights": "random"},
        ),
        then="control-weights",
        after="Switch [Weights] to compare.",
    ),
    Page(
        "Another class",
        "Until now all classes were explained at once; [this map] is for «target» alone. Any other "
        "class can be chosen, such as the runner-up, «second». How alike two maps are, the rank "
        "correlation says: 1 means the same order of pixels.",
        _at("input", explain="probability"),
        "map",
        Task(
            "How alike will the runner-up’s map be?",
            tasks.runner_up_alike,
            choices=tuple(words for words, _ in tasks.LIKENESS),
            reveal=lambda m: {"target": m.explanation.prediction[1][0]},
        ),
        then="control-target",
        after="[Class] has more to try.",
    ),
    Page(
        "Where did it go?",
        "What a layer does not hand on is listed below [the totals]: absorbed by the bias, the "
        "stabilizer ε, dead units, which have nothing to share by, or the padding. Point at a bar "
        "to read its layer’s entries.",
        _at("block4_conv2"),
        "totals",
        Task(
            "Which took more than a millionth of the initial relevance, all layers together?",
            tasks.absorbed,
            choices=(*tasks.BOOKS, tasks.NONE_OF_THEM),
        ),
        after="Under z⁺ biases take no part; other rules count them.",
    ),
    Page(
        "Is it right?",
        "Does the network depend on what the map marks? Here [the picture] is taken apart: patch "
        "by patch, the most relevant first, it gets the picture’s mean colour, and the network is "
        "asked again. Under a map that is right it soon says something else.",
        _at("input", view="judge"),
        "apart",
        Task(
            "Play, or move the slider, until the network says something else.",
            tasks.taken_apart,
            show=tasks.enough_replaced,
        ),
        then="curves",
        after="[The curves] show all orders; the area between them is 0 by chance.",
    ),
    Page(
        "What next",
        "Now it is yours. [Picture]: choose another, or add your own with +; it stays in memory. "
        "“Copy link” keeps exactly what you see, “Download” saves it as picture, numbers, "
        "animation or Python. The lessons go further.",
        _at("input"),
        "control-picture",
    ),
)

# What a link that names a page, and nothing else, opens: see `url_state.read`.
BEGINNINGS = tuple(page.state for page in PAGES)
