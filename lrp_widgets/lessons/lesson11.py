"""Questions of lesson 11: composites, measured on a whole network."""

import numpy as np

from ..lrp import metrics
from .code_questions import code_question
from .questions import Choice, Code, Number, shares_of

# What the learner chooses from among `composite_maps.NAMES`.
ON_OBJECT = ("z-plus", "epsilon-plus", "epsilon-gamma-box", "LRP-0")
NOISY = ("z-plus", "epsilon-alpha2-beta1", "epsilon-gamma-box", "LRP-0")
SPARSE = ("LRP-0", "z-plus", "epsilon-plus", "epsilon-alpha2-beta1")
PICTURE = "star"

LEVELS = (0.5, 0.9)  # between the options of the question on correlations


def _mean(name, measure):
    from .experiments import two_classes

    return two_classes.mean(name, measure)


def _alike(name):
    return _mean(name, "correlation")


def _shares():
    return [_mean(name, "mass") for name in ON_OBJECT]


def _outcomes(names):
    from .experiments.compare_composites import outcome

    return [outcome("mini-vgg", PICTURE, name) for name in names]


def _noise():
    return [each.change for each in _outcomes(NOISY)]


def _fewest():
    return [each.fewest for each in _outcomes(SPARSE)]


def _cases():
    random = np.random.default_rng(11)
    signed = random.standard_normal((5, 6))
    return [
        (np.array([[0.5, -0.25], [0.125, 0.125]]), np.array([[True, True], [False, False]])),
        (signed, random.random((5, 6)) < 0.4),
        (random.random((3, 4)), random.random((3, 4)) < 0.5),
    ]


def _with_signs(R, mask):
    return R[mask].sum() / R.sum()


def _positive_only(R, mask):
    return np.maximum(R, 0)[mask].sum() / np.maximum(R, 0).sum()


def _covered(R, mask):
    return mask.mean()


def _not_divided(R, mask):
    return np.abs(R)[mask].sum()


QUESTIONS = {
    "11-predict-classes": Choice(
        text="In all of mini-vgg's layers z⁺: the maps of a scene's first choice and of its "
        "runner-up have a rank correlation near 1 (lesson 8). Now only the *two dense layers* get "
        "the ε-rule; all eight convolutions keep z⁺. What will the correlation be, on average?",
        options=(
            "Above 0.9: the convolutions decide",
            "Between 0.5 and 0.9",
            "Below 0.5: two classes have two maps",
        ),
        expected=lambda: 2 - int(np.searchsorted(LEVELS, _alike("epsilon-plus"))),
        why=("Read the table: *epsilon-plus*, first column.",) * 2
        + ("Two layers out of ten, and they are the ones that know about classes.",),
        hint="Which layers know about classes at all?",
        solution=lambda: (
            f"Means over the scenes: z-plus {_alike('z-plus'):.3f}, epsilon-plus "
            f"{_alike('epsilon-plus'):.3f}."
        ),
    ),
    "11-predict-object": Choice(
        text="Whose map of a scene's first choice has, on average, the largest share of its "
        "Σ|R| on the object?",
        options=ON_OBJECT,
        expected=lambda: int(np.argmax(_shares())),
        why=(
            "It tells what the features respond to, and they respond to the background's lines as "
            "well. Read the second column.",
            "Its convolutions are z⁺'s. Read the second column.",
            "Relevance of both signs meets in the convolutions, and cancels most off the object.",
            "It has signs as well, but its small denominators blow up what should cancel. Read "
            "the second column.",
        ),
        hint="Off the object, evidence for and against a class meet more evenly.",
        solution=lambda: f"Means over the scenes: {shares_of(ON_OBJECT, _shares())}.",
    ),
    "11-noise": Choice(
        text="A little noise is laid over the picture of a star, and each map is "
        "compared with that of the clean picture. Whose map changes most?",
        options=NOISY,
        expected=lambda: int(np.argmax(_noise())),
        why=(
            "It divides by sums without cancelling terms. Measure it in the row *noise*.",
            "It has negative terms, but adds up each sign by itself. Look at the row *noise*.",
            "γ keeps most denominators away from zero. Look at the row *noise*.",
            "Its denominators cancel, in every layer, and nothing holds them.",
        ),
        hint="Which of them has denominators that can come close to zero?",
        solution=lambda: f"Measured: {shares_of(NOISY, _noise())}.",
    ),
    "11-sparse": Choice(
        text="In which of these maps of the star do the *fewest* pixels hold 90 % of Σ|R|?",
        options=SPARSE,
        expected=lambda: int(np.argmin(_fewest())),
        why=(
            "Noisy is not sparse: read the row *90 % in*.",
            "All its terms have one sign, so nothing is ever taken back: read *90 % in*.",
            "Only its dense part has signs: read *90 % in*.",
            "Plus and minus meet on the way and cancel; what stays is in few places.",
        ),
        hint="Read the row *90 % in*.",
        solution=lambda: f"Measured: {shares_of(SPARSE, _fewest())}.",
    ),
    "11-alike": Number(
        text="What is the mean rank correlation of two classes' maps under *epsilon-gamma-box*, "
        "over all scenes?",
        hint="Choose *all … drawn scenes* above the table; the first of the two columns.",
        expected=lambda: _alike("epsilon-gamma-box"),
        tolerance=0.02,
        mistakes=(
            (lambda: _alike("z-plus"), "That is z-plus."),
            (lambda: _alike("epsilon-plus"), "That is epsilon-plus."),
            (lambda: _mean("epsilon-gamma-box", "mass"), "That is the share on the object."),
        ),
        solution=lambda: f"{_alike('epsilon-gamma-box'):.3f}.",
        well_done="What speaks for the first choice speaks, on the whole, against its runner-up.",
    ),
    "11-object": Number(
        text="How many *times* as large is the mean share on the object under *epsilon-gamma-box* "
        "as under *z-plus*?",
        hint="Divide one number of the last column by the other.",
        expected=lambda: _mean("epsilon-gamma-box", "mass") / _mean("z-plus", "mass"),
        tolerance=0.02,
        mistakes=(
            (
                lambda: _mean("z-plus", "mass") / _mean("epsilon-gamma-box", "mass"),
                "That is the other way round.",
            ),
            (
                lambda: _mean("epsilon-gamma-box", "mass") - _mean("z-plus", "mass"),
                "That is the difference; the quotient is asked for.",
            ),
        ),
        solution=lambda: (
            f"{_mean('epsilon-gamma-box', 'mass'):.3f} / {_mean('z-plus', 'mass'):.3f} = "
            f"{_mean('epsilon-gamma-box', 'mass') / _mean('z-plus', 'mass'):.2f}."
        ),
        well_done="And epsilon-plus, with z⁺ in the convolutions, gains little: this is γ's doing.",
    ),
    "11-code": Code(
        cases=_cases,
        expected=metrics.mass,
        mistakes=(
            (_with_signs, "With signs, plus and minus cancel in the sum: take |R|."),
            (_positive_only, "Relevance below zero counts as well: take |R|."),
            (_covered, "That is the share of the picture that the object covers."),
            (_not_divided, "Divide by Σ|R| of the whole map."),
        ),
        **code_question("11-code"),
    ),
}
