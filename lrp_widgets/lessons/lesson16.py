"""Questions of lesson 16: what the product of positive matrices forgets."""

import numpy as np

from .code_questions import code_question
from .experiments import class_specific, rank_one
from .questions import Choice, Code, Number

# One positive matrix, and two classes that each start in one unit.
MATRIX = np.array([[4.0, 1.0], [2.0, 3.0]])
ONE, OTHER = np.array([1.0, 0.0]), np.array([0.0, 1.0])

# The chains that two questions are about, as the menus offer them.
WIDTH, NARROW, RATIO, BELOW = 16, 2, 10, 3

LEVELS = (0.5, 0.9)  # between the options of a question on cosines
OPTIONS = ("Below 0.5", "Between 0.5 and 0.9", "Above 0.9")

NETWORK, LAYER = "mini-vgg", "fc1"
CHECKED = ("z-plus", "epsilon-plus", "noise")


def _level(cosine):
    return int(np.searchsorted(LEVELS, cosine))


def _positive(below=BELOW):
    return float(np.mean(rank_one.alike("positive", WIDTH, RATIO)[:, below]))


def _signed(width):
    return float(np.mean(rank_one.alike("signed", width)[:, -1]))


def _cosine_at(rules, layer):
    [line] = class_specific.mean_cosines(NETWORK, rules=(rules,))
    return float(line.means[line.layers.index(layer)])


def _apart():
    near = [_cosine_at(rules, "input") > LEVELS[1] for rules in ("z-plus", "LRP-0")]
    return {(True, True): 0, (True, False): 1, (False, False): 2, (False, True): 3}[tuple(near)]


def _mprt():
    return [float(np.mean(line.means)) for line in class_specific.mean_mprt(CHECKED)]


def _after():
    return float(rank_one.cosines([MATRIX], ONE, OTHER)[-1])


def _cases():
    random = np.random.default_rng(16)
    small = [MATRIX, MATRIX.T], ONE, OTHER
    wide = list(random.uniform(0, 1, (3, 5, 5))), *np.eye(5)[:2]
    signed = list(random.standard_normal((4, 6, 6))), *random.standard_normal((2, 6))
    return [small, wide, signed]


def _from_above(matrices, a, b):
    return rank_one.cosines(matrices[::-1], a, b)


def _without_the_first(matrices, a, b):
    return rank_one.cosines(matrices, a, b)[1:]


def _dot_alone(matrices, a, b):
    found = [a @ b]
    for matrix in matrices:
        a, b = matrix @ a, matrix @ b
        found.append(a @ b)
    return np.array(found)


QUESTIONS = {
    "16-positive": Choice(
        text=f"{WIDTH} units in each layer, and all weights positive, the largest {RATIO} times "
        f"the smallest. Two classes start in one unit each, so their cosine is 0. What is it "
        f"{'three' if BELOW == 3 else BELOW} layers below, on average?",
        options=OPTIONS,
        expected=lambda: _level(_positive()),
        why=(
            "Every unit below gets something from both. Read the line “all positive”.",
            "Each layer mixes anew. Read the line “all positive”.",
            "After the first layer both are spread over all units, and each further layer mixes.",
        ),
        hint="One layer down, every unit has a positive part from either class.",
        solution=lambda: (
            f"{', '.join(f'{_positive(k):.4f}' for k in range(1, BELOW + 1))} after 1, 2, 3 layers."
        ),
    ),
    "16-layers": Choice(
        text="mini-vgg’s first choice and its second, each explained alone. At the *pixels*, under "
        "which rules is the cosine of the two above 0.9?",
        options=("z-plus and LRP-0", "z-plus alone", "Neither", "LRP-0 alone"),
        expected=_apart,
        why=("Read the last point of both lines below.",) * 4,
        hint="z⁺ shares by positive matrices, LRP-0 by signed ones, through the same layers.",
        solution=lambda: (
            f"At the pixels z-plus {_cosine_at('z-plus', 'input'):.3f}, LRP-0 "
            f"{_cosine_at('LRP-0', 'input'):.3f}, means over drawn scenes."
        ),
    ),
    "16-noise": Choice(
        text="mini-vgg’s weights are made random from the top down, and each map is compared with "
        "the trained network’s. Nearest to 0 is called best. Which of these is best, on average "
        "over the layers?",
        options=CHECKED,
        expected=lambda: int(np.argmin(np.abs(_mprt()))),
        why=(
            "Its maps hardly change at all.",
            "Its maps change, but some order remains. Look at the last line, too.",
            "It is drawn anew for every network: no two maps are alike.",
        ),
        hint="The measure asks for change, not for a reason.",
        solution=lambda: (
            ", ".join(f"{name} {r:.3f}" for name, r in zip(CHECKED, _mprt(), strict=True)) + "."
        ),
    ),
    "16-cosine": Number(
        text=f"Class 1 starts as $({ONE[0]:g}, {ONE[1]:g})$, class 2 as "
        f"$({OTHER[0]:g}, {OTHER[1]:g})$. One layer down they are the columns of "
        f"$\\begin{{pmatrix}} {MATRIX[0, 0]:g} & {MATRIX[0, 1]:g} \\\\ {MATRIX[1, 0]:g} & "
        f"{MATRIX[1, 1]:g} \\end{{pmatrix}}$. What is their cosine now?",
        hint="The product of the two columns, divided by both lengths.",
        expected=_after,
        mistakes=(
            (lambda: (MATRIX @ ONE) @ (MATRIX @ OTHER), "Divide by the lengths of both."),
            (
                lambda: float(rank_one.cosines([MATRIX.T], ONE, OTHER)[-1]),
                "Those are the rows.",
            ),
        ),
        solution=lambda: (
            f"$({MATRIX[0, 0]:g} \\cdot {MATRIX[0, 1]:g} + {MATRIX[1, 0]:g} \\cdot "
            f"{MATRIX[1, 1]:g}) / (\\sqrt{{{MATRIX[0, 0] ** 2 + MATRIX[1, 0] ** 2:g}}} "
            f"\\sqrt{{{MATRIX[0, 1] ** 2 + MATRIX[1, 1] ** 2:g}}}) = {_after():.3f}$."
        ),
        well_done="From 0 in a single step.",
    ),
    "16-signed": Choice(
        text=f"Random weights *with signs*, but only {NARROW} units in each layer, and "
        f"{rank_one.DEPTH} layers. What is |cos| at the bottom, on average?",
        options=OPTIONS,
        expected=lambda: _level(_signed(NARROW)),
        why=(
            "Choose 2 units above, and read the line “with signs”.",
            "Choose 2 units above, and read the line “with signs” at its end.",
            "A narrow chain forgets its start, whatever its signs.",
        ),
        hint="Set the number of units above, and read the line “with signs”.",
        solution=lambda: (
            f"{_signed(NARROW):.3f} with {NARROW} units, {_signed(WIDTH):.3f} with {WIDTH}: a "
            "comparison of rules needs layers of the same widths."
        ),
    ),
    "16-read": Number(
        text="In the chart of mini-vgg’s layers, as trained, mean of the drawn scenes: what is "
        f"the cosine at *{LAYER}* under z-plus?",
        hint="Open the table below the chart.",
        expected=lambda: _cosine_at("z-plus", LAYER),
        tolerance=0.01,
        mistakes=((lambda: _cosine_at("z-plus", "input"), "That is at the pixels."),),
        solution=lambda: f"{_cosine_at('z-plus', LAYER):.3f}.",
    ),
    "16-code": Code(
        cases=_cases,
        expected=rank_one.cosines,
        mistakes=(
            (_from_above, "The first matrix is the topmost: it comes first."),
            (_without_the_first, "Begin with the cosine before the first matrix."),
            (_dot_alone, "Divide by the lengths of both."),
        ),
        **code_question("16-code"),
    ),
}
