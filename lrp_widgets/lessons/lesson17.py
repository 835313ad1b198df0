"""Questions of lesson 17: a network that is right for the wrong reason."""

import numpy as np

from .code_questions import code_question
from .experiments import clever_hans as hans
from .questions import Choice, Code, Number

# A collection of which nearly all carries a mark, and a clustering that finds nothing.
PICTURES, MARKED = 120, 114


def _purity(labels, flags):
    """The share of pictures that are of their cluster's most frequent kind."""
    counts = [np.bincount(flags[labels == k]).max() for k in np.unique(labels)]
    return float(np.sum(counts) / len(flags))


def _collection():
    return np.zeros(PICTURES, int), (np.arange(PICTURES) < MARKED).astype(int)


def _groups():
    """Which of the options of "17-groups" the eigengap chooses."""
    clusters = hans.groups().clusters
    return 0 if clusters == 2 else 1 if clusters < 5 else 2


def agreement(labels, flags):
    """The package's own adjusted Rand index; what the learner writes."""
    from ..lrp.metrics import agreement as adjusted

    return adjusted(labels, flags)


def _cases():
    random = np.random.default_rng(17)
    flags = random.integers(0, 2, 40)
    slips = np.where(random.random(40) < 0.1, 1 - flags, flags)
    return [
        (np.array([0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 0])),
        (slips, flags),
        (random.integers(0, 3, 40), flags),
    ]


def _together(groups):
    return groups[:, None] == groups[None, :]


def _rand(labels, flags):
    """The Rand index that is not adjusted, over pairs of different pictures."""
    pairs = ~np.eye(len(labels), dtype=bool)
    return float(np.mean((_together(labels) == _together(flags))[pairs]))


def _with_itself(labels, flags):
    """The same with every picture paired with itself too."""
    a, b = _together(labels), _together(flags)
    both, expected = (a & b).sum(), a.sum() * b.sum() / a.size
    return float((both - expected) / ((a.sum() + b.sum()) / 2 - expected))


QUESTIONS = {
    "17-groups": Choice(
        text="A network is right on nearly all fresh pictures. It explains 120 pictures of one "
        "class. Into how many groups will its maps fall?",
        options=("Two", "Three or four", "Five or more"),
        expected=_groups,
        why=(
            "Read what the gap speaks for, in step 2 of the laboratory.",
            "Such groups would be places in the picture. Read step 2 of the laboratory.",
            "Such groups would be places in the picture. Read step 2 of the laboratory.",
        ),
        hint="This cannot be known. Guess, then look.",
        solution=lambda: (
            f"{hans.groups().clusters}, of "
            f"{' and '.join(str(n) for n in np.bincount(hans.groups().labels))} pictures."
        ),
    ),
    "17-test": Choice(
        text="Which test can show that a network is right for the wrong reason?",
        options=(
            "More pictures, made as those that it was trained on",
            "Pictures from elsewhere, or changed in one thing only",
            "The same pictures, with more decimals of the accuracy",
        ),
        expected=lambda: 1,
        why=(
            "They repeat whatever the training pictures have in common.",
            "Only what breaks the link between cause and label can tell them apart.",
            "They repeat whatever the training pictures have in common.",
        ),
        hint="What do fresh pictures from one source share with the training pictures?",
        solution=lambda: (
            f"With the mark on no picture it is right in {100 * hans.judged().no_mark:.1f} % "
            f"instead of {100 * hans.judged().as_trained:.1f} %; with the mark on all, in "
            f"{100 * hans.judged().all_marked:.1f} %."
        ),
    ),
    "17-turned": Number(
        text="The network as it is: what share of the pictures of *other* classes does the mark "
        "turn into this one? Read it in the table of step 5.",
        hint="The column *others turned by the mark*, first row.",
        expected=lambda: hans.judged().turned,
        tolerance=0.01,
        mistakes=(
            (lambda: hans.judged().all_marked, "That is the accuracy with the mark on all."),
            (lambda: hans.judged().on_mark, "That is the relevance on the mark."),
        ),
        solution=lambda: f"{100 * hans.judged().turned:.1f} %.",
        well_done="For this network the mark outweighs the object.",
    ),
    "17-relevance": Number(
        text="The network as it is: what share of the relevance of marked pictures lies on the "
        "mark? Read it in the table of step 5.",
        hint="The column *relevance on the mark*, first row.",
        expected=lambda: hans.judged().on_mark,
        tolerance=0.01,
        mistakes=(
            (lambda: hans.judged().turned, "That is how often the mark turns the answer."),
            (lambda: float(hans.mark_mask().mean()), "That is how much of the picture it covers."),
        ),
        solution=lambda: (
            f"{100 * hans.judged().on_mark:.1f} %; it covers "
            f"{100 * hans.mark_mask().mean():.1f} % of the picture, and its clean twin gives it "
            f"{100 * hans.judged(hans.TWIN).on_mark:.1f} %."
        ),
        well_done="Compare it with what the mark covers, and with the clean twin's share.",
    ),
    "17-purity": Number(
        text=f"Of {PICTURES} pictures {MARKED} carry a mark. A clustering puts all of them into "
        "*one* cluster. Its purity is the share of pictures that are of the most frequent kind "
        "in their cluster. What is it?",
        hint="The most frequent kind in the only cluster: how many pictures?",
        expected=lambda: _purity(*_collection()),
        mistakes=(
            (lambda: agreement(*_collection()), "That is the adjusted Rand index."),
            (lambda: 1.0, "Not all of them carry the mark."),
        ),
        solution=lambda: (
            f"${MARKED}/{PICTURES} = {_purity(*_collection()):.2f}$, though nothing was found. "
            f"Its adjusted Rand index is {agreement(*_collection()):.0f}."
        ),
        well_done="A high purity that says nothing: that is why the index is adjusted.",
    ),
    "17-code": Code(
        cases=_cases,
        expected=agreement,
        mistakes=(
            (_rand, "That is the plain Rand index: take off what chance gives."),
            (_with_itself, "A picture is no pair with itself: leave the diagonal out."),
        ),
        **code_question("17-code"),
    ),
}
