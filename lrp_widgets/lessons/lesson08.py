"""Questions of lesson 8: what a map owes to training, measured."""

import numpy as np

from ..lrp import metrics
from .code_questions import code_question
from .experiments import sanity_checks, two_classes
from .questions import Choice, Code, Number

# A map small enough to measure by hand, and the pixels of its object.
MAP = np.array([[0.30, 0.05, 0.05], [0.25, 0.11, 0.04], [0.10, 0.05, 0.05]])
OBJECT = np.array([[True, False, False], [True, False, False], [True, False, False]])

# Two maps of four pixels, for the rank correlation.
ONE, OTHER = np.array([0.4, 0.1, 0.3, 0.2]), np.array([0.6, 0.05, 0.15, 0.2])

# The scene that the tasks are about, by its number on the page less one.
SCENE = 0

LEVELS = (0.5, 0.9)  # between the options of a question on rank correlations


def _level(correlation):
    return int(np.searchsorted(LEVELS, correlation))


def _correlation(down_to):
    return sanity_checks.mean(down_to).correlation


def _of_other_classes():
    found = sorted(two_classes.correlations(*two_classes.class_maps(SCENE)))
    return found[:-1]  # without the class chosen, whose map is compared with itself


def _contrast(rules):
    """The scene's contrasts, how alike each is to the first choice's own map: sorted."""
    return sorted(two_classes.correlations(*two_classes.contrast_maps(SCENE, rules)))[:-1]


def _range(values):
    return f"between {values[0]:.3f} and {values[-1]:.3f}"


def _entropy(R):
    p = np.abs(R).ravel() / np.abs(R).sum()
    p = p[p > 0]
    return -(p * np.log(p)).sum() / np.log(np.size(R))


def _not_normalised(R):
    return _entropy(R) * np.log(np.size(R))


def _in_bits(R):
    return _not_normalised(R) / np.log(2)


def _maps():
    random = np.random.default_rng(8)
    return [(MAP,), (random.random((4, 6)) ** 3,), (random.standard_normal((5, 5)),)]


def _share_course():
    """How the share on the object goes over the steps: 0 falls always, 1 stays, 2 rises first."""
    shares = [sanity_checks.mean(down_to).mass for down_to in sanity_checks.steps()]
    if max(shares) > 1.1 * shares[0]:
        return 2
    return 0 if shares[-1] < 0.9 * shares[0] else 1


def _first_below(level):
    """The first layer, from the output, at which the mean correlation is below `level`."""
    return next(name for name in sanity_checks.steps()[1:] if _correlation(name) < level)


def _one_less(name):
    """The step before: one layer fewer is random."""
    steps = sanity_checks.steps()
    return steps[steps.index(name) - 1]


def _shares():
    found = [(name or "trained", sanity_checks.mean(name).mass) for name in sanity_checks.steps()]
    return ", ".join(f"{name} {share:.2f}" for name, share in found)


_LAYERS = tuple(
    f"{name}"
    for name in (
        *("predictions", "fc1", "block4_conv2", "block4_conv1", "block3_conv2"),
        *("block3_conv1", "block2_conv2", "block2_conv1", "block1_conv2", "block1_conv1"),
    )
)

QUESTIONS = {
    "08-predict-random": Choice(
        text="A network's trained weights are replaced by random ones, all of them. Where will the "
        "relevance of a scene lie?",
        options=(
            "On the object, as before",
            "More evenly over the whole picture than before",
            "On a few single pixels",
        ),
        expected=lambda: (
            1
            if sanity_checks.mean(sanity_checks.all_random()).entropy > sanity_checks.mean().entropy
            else (
                0
                if sanity_checks.mean(sanity_checks.all_random()).mass > sanity_checks.mean().mass
                else 2
            )
        ),
        why=(
            "Compare the shares on the object below.",
            "Its entropy is higher, as the table below shows. Look how *much* higher.",
            "That would be an entropy near 0. Read the numbers below.",
        ),
        hint="Random weights prefer no place.",
        solution=lambda: (
            f"Mean entropy over {sanity_checks.SCENES} scenes: "
            f"{sanity_checks.mean().entropy:.3f} with trained weights, "
            f"{sanity_checks.mean(sanity_checks.all_random()).entropy:.3f} with random ones."
        ),
    ),
    "08-predict-top": Choice(
        text="Now only the *two topmost* layers get random weights, **predictions** and **fc1**: "
        "the network's answers become worthless. What will the rank correlation of its map "
        "with the trained network's map be, on average?",
        options=("Below 0.5: the map is another one", "Between 0.5 and 0.9", "Above 0.9"),
        expected=lambda: _level(_correlation("fc1")),
        why=(
            "The answers change. Does the map? Move the slider to 2 and look.",
            "Move the slider to 2 and read the correlation.",
            "The map hardly knows what the network answers.",
        ),
        hint="Under z⁺ the upper layers only reweight, by positive weights, what comes from below.",
        solution=lambda: (
            f"Down to predictions {_correlation('predictions'):.3f}, down to fc1 "
            f"{_correlation('fc1'):.3f}: means over {sanity_checks.SCENES} scenes."
        ),
    ),
    "08-predict-class": Choice(
        text="The network is trained again. For one and the same scene, you explain each of the "
        "eight classes in turn. How alike will the maps of the other classes be to the map "
        "of the class that the network chooses?",
        options=(
            "Rank correlation below 0.5: each class looks elsewhere",
            "Between 0.5 and 0.9",
            "Above 0.9: nearly the same map for each class",
        ),
        expected=lambda: _level(min(_of_other_classes())),
        why=(
            "One might hope so. Look at the eight maps below.",
            "Look at the eight maps below.",
            "A z⁺ map shows what the network has *seen*, hardly what speaks for *this* class.",
        ),
        hint="Which of the layers know about classes at all?",
        solution=lambda: (
            f"In scene {SCENE + 1} the correlations lie {_range(_of_other_classes())}."
        ),
    ),
    "08-predict-contrast": Choice(
        text="So one sets two classes *against each other*: the initial relevance is $+z_t$ at the "
        "class that the network chooses, and $-z_o$ at another one. Everything below stays z⁺. How "
        "alike will the contrasts' maps be to the map of the first class's logit alone?",
        options=(
            "Rank correlation below 0.5: what both share drops out",
            "Between 0.5 and 0.9",
            "Above 0.9: the same map once more",
        ),
        expected=lambda: _level(_contrast("z-plus")[0]),
        why=(
            "One would think so. Choose *z-plus* below.",
            "Choose *z-plus* below, and read the correlations.",
            "The difference of two nearly equal maps is the same map again, only paler or darker.",
        ),
        hint="Both maps are nearly the same map, each times a number.",
        solution=lambda: f"Under z⁺ they lie {_range(_contrast('z-plus'))} in scene {SCENE + 1}.",
    ),
    "08-contrast": Number(
        text=f"Drawn scene {SCENE + 1} under *epsilon-plus*: what is the *lowest* of the seven "
        "correlations between a contrast and the first choice's own map?",
        hint="Choose *epsilon-plus* above the contrasts, and read **correlation** below each.",
        expected=lambda: _contrast("epsilon-plus")[0],
        tolerance=0.005,
        mistakes=(
            (lambda: _contrast("epsilon-plus")[-1], "That is the highest."),
            (lambda: _contrast("epsilon-gamma-box")[0], "That is epsilon-gamma-box."),
            (lambda: _contrast("z-plus")[0], "That is z-plus."),
        ),
        solution=lambda: f"They lie {_range(_contrast('epsilon-plus'))}.",
        well_done="Against that class the map says something of its own.",
    ),
    "08-mass": Number(
        text="A map of nine pixels: first row 0.30, 0.05, 0.05; second row 0.25, 0.11, 0.04; third "
        "row 0.10, 0.05, 0.05. The object is the *first column*. What is the share of relevance "
        "on the object?",
        hint="Add what lies on the object, and divide by the sum of all.",
        expected=lambda: metrics.mass(MAP, OBJECT),
        mistakes=(
            (
                lambda: metrics.rank_accuracy(MAP, OBJECT),
                "That is the rank accuracy: how many of the three strongest pixels are the "
                "object's.",
            ),
            (lambda: OBJECT.mean(), "That is how much of the picture the object covers."),
        ),
        solution=lambda: f"$0.30 + 0.25 + 0.10 = {MAP[OBJECT].sum():.2f}$ of ${MAP.sum():.2f}$.",
        well_done="The object covers a third of the picture: this map knows something.",
    ),
    "08-correlation": Number(
        text="One map has the values 0.4, 0.1, 0.3, 0.2 at its four pixels, another one 0.6, 0.05, "
        "0.15, 0.2. What is their rank correlation?",
        hint="Ranks of the first: 4, 1, 3, 2. With differences $d_i$ of the ranks it is "
        "$1 - 6 \\sum d_i^2 / (n(n^2-1))$.",
        expected=lambda: metrics.rank_correlation(ONE, OTHER),
        mistakes=(
            (
                lambda: np.corrcoef(ONE, OTHER)[0, 1],
                "That is the correlation of the values; that of the ranks is asked for.",
            ),
        ),
        solution=lambda: (
            "Ranks 4, 1, 3, 2 and 4, 1, 2, 3: two differ by 1, so "
            f"$1 - 6 \\cdot 2 / (4 \\cdot 15) = {metrics.rank_correlation(ONE, OTHER):.1f}$."
        ),
        well_done="Only the order counts: the values themselves may be any.",
    ),
    "08-measure": Choice(
        text="Measure with the slider, from step to step (the numbers below the maps, or the thin "
        "dashed line): when more and more layers get random weights, how does the *mean* share "
        "on the object change?",
        options=(
            "It falls from step to step",
            "It stays as it is",
            "It rises for some steps before it falls",
        ),
        expected=_share_course,
        why=(
            "Look at the dashed lines again, in the middle of the chart.",
            "Compare the first and the last step.",
            "So a map on the object does not prove training: edges alone attract relevance.",
        ),
        hint="Follow the thin dashed line from left to right.",
        solution=lambda: f"The means are: {_shares()}.",
    ),
    "08-layer": Choice(
        text="Down to which layer must the weights be random until the *mean* rank correlation is "
        "below 0.9 for the first time?",
        options=_LAYERS,
        expected=lambda: _LAYERS.index(_first_below(0.9)),
        why=tuple(
            f"With random weights down to {name}: read the mean correlation once more."
            for name in _LAYERS
        ),
        hint="Read **correlation**, “mean of 16”, below the map at each step.",
        solution=lambda: (
            f"Down to {_first_below(0.9)} it is {_correlation(_first_below(0.9)):.3f}; one layer "
            f"less, {_correlation(_one_less(_first_below(0.9))):.3f}."
        ),
    ),
    "08-code": Code(
        cases=_maps,
        expected=_entropy,
        mistakes=(
            (_not_normalised, "Divide by $\\log n$, so that an even map has the entropy 1."),
            (_in_bits, "Those are bits: divide by the logarithm of $n$ to the same base."),
        ),
        **code_question("08-code"),
    ),
}
