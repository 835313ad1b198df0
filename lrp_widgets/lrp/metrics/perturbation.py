"""Taking a picture apart, patch by patch: does the network depend on what the map marks?"""

from dataclasses import dataclass, field

import numpy as np

from ..._support import checks
from ..attribution import scoring
from ..attribution.asked import Asked
from ..attribution.patches import patches
from .maps import flat

ORDERS = ("morf", "lerf", "random")


@dataclass(frozen=True, eq=False)
class Perturbation:
    """A class's score f(x_k) after k patches were replaced.

    `scores` (steps + 1,) float64, from k = 0, the picture as it is; `order`: one of `ORDERS`;
    `replaced` (steps, 2): row and column of each patch's upper left pixel, in the order of
    replacement; `settings`: patch, baseline, score, target (the class's number) and seed;
    `predicted` (steps + 1,): the number of the class that the network says, whichever that is.
    """

    scores: np.ndarray
    order: str
    replaced: np.ndarray
    settings: dict = field(default_factory=dict)
    predicted: np.ndarray | None = None

    @property
    def lost_after(self) -> int | None:
        """After how many patches the network says another class for the first time; None: never."""
        if self.predicted is None:
            return None
        (others,) = np.nonzero(self.predicted != self.settings["target"])
        return int(others[0]) if len(others) else None

    @property
    def aopc(self) -> float:
        """The mean loss over the curve: Σ_{k=0…L} (f(x_0) − f(x_k)) / (L + 1), L replacements.

        Large for most relevant first where the map is faithful. Source: Samek et al. 2017,
        "Evaluating the Visualization of What a Deep Neural Network Has Learned", equation 12.
        """
        return float(np.mean(self.scores[0] - self.scores))


def perturb(
    network,
    image,
    relevance,
    order="morf",
    patch=8,
    baseline="mean",
    score="probability",
    target=None,
    steps=None,
    seed=0,
    dtype="float32",
    report=None,
) -> Perturbation:
    """Replace a picture's patches one after the other, and return the curve: a `Perturbation`.

    x_0 is the picture; x_k is x_{k−1} with the k-th patch replaced; f(x_k) is the class's score.

    `image`: one picture as `explain` takes it. `relevance` (H, W) or (H, W, C): channels are
    summed, and a patch counts by its mean. `order`: "morf" (most relevant first), "lerf" (least
    first), "random"; equal patches come in one random order, drawn by `seed`, which both directions
    share, and which is the random order itself. `patch`: its width, 1 to 16 pixels. `baseline`:
    what the network reads in place of a patch (`attribution.replacement`), computed once, from the
    whole picture; rankings of methods change with it. `score`: "probability" or "logit" of the
    class explained, `target`, by default the top class of the picture as it is. `steps`: how many
    patches are replaced, by default all. `report(done, count)` is told after each batch of
    pictures; what it raises ends the run.

    Exact: in a network that is one linear layer without bias or preprocessing, under LRP-0 with
    `input_rule=None` and start "logit", with baseline "black" and score "logit", the logit falls by
    the relevance removed. Libraries differ: Quantus's PixelFlipping takes every channel value as a
    feature, its RegionPerturbation returns differences from k = 1 on.
    Raises ValueError, in one sentence, for anything that does not fit. Source: Bach et al. 2015
    (pixel flipping); Samek et al. 2017, section III.
    """
    order = checks.choice("order", order, ORDERS)
    report = checks.function("report", report)
    asked = Asked.of(network, image, target, checks.choice("dtype", dtype, ("float32", "float64")))
    if not asked.single:
        raise ValueError(f"One picture is taken apart at a time; got {len(asked.x)}.")
    score = scoring.check_score(network, score)
    x, start, target = asked.x[0], asked.replacements(baseline, seed)[0], int(asked.targets[0])
    height, width = x.shape[:2]
    places = patches(height, width, patch)
    steps = len(places) if steps is None else checks.whole_number("steps", steps, 1, len(places))
    values = flat(relevance, (height, width), "the picture")
    ranked = [places[k] for k in _ranked([values[place].mean() for place in places], order, seed)]
    found = scoring.run(
        network,
        scoring.SCORED_BY[score],
        _pictures(x, start, ranked[:steps]),
        [target] * (steps + 1),
        report and (lambda done: report(done, steps + 1)),
    )
    return Perturbation(
        found[:, 0].astype(np.float64),
        order,
        np.array([(rows.start, columns.start) for rows, columns in ranked[:steps]]),
        {"patch": patch, "baseline": baseline, "score": score, "target": target, "seed": seed},
        found[:, 1].astype(int),
    )


def abpc(network, image, relevance, **settings) -> float:
    """Return the area between the curves: the mean over k of f(LeRF_k) − f(MoRF_k).

    0 for a constant map, 0 in the mean for a random one; with score "probability" from −1 to 1.
    `settings`: those of `perturb` but `order`. Source: Samek et al. 2017; the name: Schulz et al.
    2020, "Restricting the Flow".
    """
    curves = (perturb(network, image, relevance, order, **settings) for order in ORDERS[:2])
    return area_between(*curves)


def area_between(most: Perturbation, least: Perturbation) -> float:
    """Return `abpc` of two curves that are at hand: aopc(MoRF) − aopc(LeRF)."""
    return most.aopc - least.aopc


def _ranked(values, order, seed):
    """The patches' numbers in the order of replacement."""
    drawn = np.random.default_rng(checks.seed(seed)).permutation(len(values))
    if order == "random":
        return drawn
    values = np.array(values)[drawn]
    return drawn[np.argsort(-values if order == "morf" else values, kind="stable")]


def _pictures(x, start, places):
    """The picture, then the picture after each replacement."""
    x = x.copy()
    yield x.copy()
    for place in places:
        x[place] = start[place]
        yield x.copy()
