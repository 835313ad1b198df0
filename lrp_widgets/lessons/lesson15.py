"""Questions of lesson 15: pictures taken apart, what they are replaced by, and the league."""

import numpy as np

from .code_questions import code_question
from .experiments import taken_apart
from .experiments.league import entrants, measures, tables
from .questions import Choice, Code, Number

# A class's probability while four patches are replaced, the most and the least relevant first.
MOST, LEAST = np.array([0.9, 0.5, 0.3, 0.2, 0.1]), np.array([0.9, 0.88, 0.8, 0.6, 0.1])

# The network of the league that the questions are about, and the columns: one of each question.
NETWORK = taken_apart.NETWORK
COLUMNS = ("abpc", "rank-accuracy", "max-sensitivity", "mprt")
NOISE_IN = ("abpc", "rank-accuracy", "mprt")

AHEAD, BEHIND = taken_apart.pair()
FIRST, SECOND = AHEAD["first"], AHEAD["second"]
WORDS = {
    "mean": "the picture’s mean colour",
    "black": "black",
    "blur": "a blur of it",
    "border": "its border’s mean colour",
    "noise": "noise",
}


def _ahead(row):
    """0 the first method, 1 neither by two standard errors, 2 the second."""
    if abs(row["mean"]) < 2 * row["error"]:
        return 1
    return 0 if row["mean"] > 0 else 2


def _difference(row):
    return f"{row['mean']:+.3f} ± {row['error']:.3f} on {row['scenes']} scenes"


def _cell(method, measure):
    [found] = (
        row
        for row in tables.table()
        if (row["network"], row["method"], row["measure"]) == (NETWORK, method, measure)
    )
    return found


def _goodness(method, measure):
    """A method's mean by a measure, turned so that more is better."""
    mean = _cell(method, measure)["mean"]
    return {"more": mean, "less": -mean, "zero": -abs(mean)}[measures.MEASURES[measure].better]


def _best(measure):
    known = [name for name in entrants.METHODS if _cell(name, measure)["scenes"]]
    return max(known, key=lambda name: _goodness(name, measure))


def _champions():
    best = [_best(measure) for measure in COLUMNS]
    if len(set(best)) > 1:
        return 2
    return 0 if best[0] in entrants.LRP else 1


def _noise_wins():
    return [each for each in NOISE_IN if _goodness("noise", each) > _goodness("z-plus", each)]


def _aopc(scores):
    return float(np.mean(scores[0] - scores))


def _area():
    return float(np.mean(LEAST - MOST))


def _mean_area(baseline):
    return taken_apart.means(FIRST)[baseline][0]


def scores(f, x, other, R):
    """The curve f(x_k), most relevant first, one place at a time; what the learner writes."""
    return _curve(f, x, other, np.argsort(-R))


def _curve(f, x, other, order):
    x, found = x.copy(), [f(x)]
    for i in order:
        x[i] = other[i]
        found.append(f(x))
    return np.array(found)


def _least_first(f, x, other, R):
    return _curve(f, x, other, np.argsort(R))


def _by_size(f, x, other, R):
    return _curve(f, x, other, np.argsort(-np.abs(R)))


def _one_alone(f, x, other, R):
    found = [f(x)]
    for i in np.argsort(-R):
        changed = x.copy()
        changed[i] = other[i]
        found.append(f(changed))
    return np.array(found)


def _without_the_first(f, x, other, R):
    return scores(f, x, other, R)[1:]


def _cases():
    random = np.random.default_rng(15)
    found = []
    for size in (4, 9):
        w, x = random.standard_normal(size), random.uniform(0.1, 1, size)

        def f(x, w=w):
            return float(w @ x)

        found.append((f, x, np.zeros(size), w * x))
    # Not linear, replaced by the mean: then the curve is no plain sum of relevance.
    x = random.uniform(0.1, 1, 6)
    found.append((lambda x: float(np.tanh(x).prod()), x, np.full(6, x.mean()), x - 0.5))
    return found


QUESTIONS = {
    "15-baseline": Choice(
        text=f"mini-vgg’s scenes are taken apart, and patches replaced by "
        f"{WORDS[AHEAD['baseline']]}: *{FIRST}* has the larger area between its curves than "
        f"*{SECOND}*. Now the same patches are replaced by {WORDS[BEHIND['baseline']]}. Which one "
        "is ahead?",
        options=(f"{FIRST}, as before", "Neither, by two standard errors", f"{SECOND}"),
        expected=lambda: _ahead(BEHIND),
        why=("Read the two rows of the table below the curves.",) * 3,
        hint="Nothing changes in the maps. What changes is which pictures the network gets to see.",
        solution=lambda: (
            f"{FIRST} minus {SECOND}: {_difference(AHEAD)} with {WORDS[AHEAD['baseline']]}, "
            f"{_difference(BEHIND)} with {WORDS[BEHIND['baseline']]}."
        ),
    ),
    "15-champion": Choice(
        text=f"{len(entrants.METHODS)} methods, {len(entrants.LRP)} of them settings of LRP, are "
        "judged in four ways: area between the curves, rank accuracy, max-sensitivity, MPRT. Does "
        "one of them win all four on mini-vgg?",
        options=("Yes, one of LRP’s", "Yes, another method", "No"),
        expected=_champions,
        why=("Sort the league by one column after the other, and look who is on top.",) * 3,
        hint="The four questions are different ones.",
        solution=lambda: (
            ", ".join(f"{measures.MEASURES[each].label}: {_best(each)}" for each in COLUMNS) + "."
        ),
    ),
    "15-noise": Choice(
        text="A map of noise, drawn anew each time it is asked for, takes part in the league. By "
        "which of these is noise called *better* than z-plus?",
        options=("Area between the curves", "Rank accuracy", "MPRT"),
        expected=lambda: NOISE_IN.index(_noise_wins()[0]),
        why=(
            "A random order takes the picture apart, too, but both curves are the same on average.",
            "Noise’s strongest pixels lie anywhere.",
            "It asks whether the map changes with the weights. Noise changes with everything.",
        ),
        hint="Which of them asks only for change?",
        solution=lambda: (
            "; ".join(
                f"{measures.MEASURES[each].label}: noise {_cell('noise', each)['mean']:.3f}, "
                f"z-plus {_cell('z-plus', each)['mean']:.3f}"
                for each in NOISE_IN
            )
            + "."
        ),
    ),
    "15-aopc": Number(
        text="Four patches are replaced, most relevant first; the class’s probability goes "
        f"{', '.join(f'{each:g}' for each in MOST)}. What is the AOPC, the mean loss over the "
        "curve, its beginning counted?",
        hint="Subtract each of the five from the first, and take the mean of all five.",
        expected=lambda: _aopc(MOST),
        mistakes=(
            (lambda: np.sum(MOST[0] - MOST), "That is the sum; divide by the number of points."),
            (
                lambda: np.mean(MOST[0] - MOST[1:]),
                "The beginning, where nothing is lost, is a point of the curve as well.",
            ),
            (lambda: np.mean(MOST), "That is the mean probability, not the mean loss."),
        ),
        solution=lambda: (
            f"({' + '.join(f'{each:g}' for each in np.round(MOST[0] - MOST, 6))}) / {len(MOST)} = "
            f"{_aopc(MOST):.3g}."
        ),
    ),
    "15-area": Number(
        text="Least relevant first, the same picture goes "
        f"{', '.join(f'{each:g}' for each in LEAST)}. What is the area between the two curves "
        "(ABPC)?",
        hint="At each of the five points, least first minus most first; then the mean.",
        expected=_area,
        mistakes=(
            (lambda: np.sum(LEAST - MOST), "That is the sum; divide by the number of points."),
            (lambda: _aopc(LEAST), "That is the AOPC of the second curve alone."),
            (lambda: np.mean(LEAST[1:-1] - MOST[1:-1]), "Both ends are points of the curves."),
        ),
        solution=lambda: (
            f"The mean of {', '.join(f'{each:g}' for each in np.round(LEAST - MOST, 6))} is "
            f"{_area():.3g}, which is also AOPC {_aopc(MOST):.3g} − AOPC {_aopc(LEAST):.3g}."
        ),
        well_done="Both curves end in the same picture, with everything replaced.",
    ),
    "15-read": Number(
        text=f"Below the curves: what mean area does *{FIRST}* have over the league’s scenes with "
        f"{WORDS[BEHIND['baseline']]} in place of the patches?",
        hint="The column *mean ± error*; the number before ±.",
        expected=lambda: _mean_area(BEHIND["baseline"]),
        tolerance=0.02,
        least=6e-4,
        mistakes=((lambda: _mean_area(AHEAD["baseline"]), "That is the row of the other one."),),
        solution=lambda: f"{_mean_area(BEHIND['baseline']):.3f}.",
    ),
    "15-code": Code(
        cases=_cases,
        expected=scores,
        mistakes=(
            (_least_first, "That is least relevant first."),
            (_by_size, "What speaks against the class comes last: do not take |R|."),
            (_one_alone, "A place that was replaced stays replaced."),
            (_without_the_first, "Begin with the score of x as it is."),
        ),
        **code_question("15-code"),
    ),
}
