"""``lrp-widgets judge``: pictures and rules in; a table, its numbers and the curves out."""

import csv

import numpy as np

from .._support import checks, number_words
from ..lrp import attribution, composites, metrics
from ..lrp.attribution.scoring import check_score
from ..lrp.judging import OF_MAP, OF_OBJECT
from ..media.images import load_image, object_mask
from .cli_explain import class_of
from .cli_networks import open_network
from .cli_output import SOME_FAILED, UsageError, print_table
from .cli_pictures import each_picture, exit_code, told_pictures

# What each measure says, with what it is held against.
MEASURES = {
    "abpc": "area between least and most relevant first; a random map has 0 in the mean",
    "aopc": "mean loss of score, most relevant first; compare it with that of noise",
    "mass": "share of |R| on the object; a constant map has the object's share of the picture",
    "rank-accuracy": "share of the strongest pixels on the object; a constant map has its area",
    "pointing-game": "1 where the strongest pixel is on the object; a constant map has its area",
    "roc-auc": "how often a pixel of the object beats another; 0.5 by chance",
    "gini": "0 for an even map, nearly 1 for a single pixel; it does not say what is right",
    "entropy": "1 for an even map, 0 for a single pixel; it does not say what is right",
    "max-sensitivity": "largest change of the map under a little noise; 0 for a constant map",
    "other-class": "rank correlation with the runner-up's map; 1 where it knows no class",
    "mprt": "rank correlation with maps of random weights, mean over layers; noise has 0",
}
CURVES = ("abpc", "aopc")
# Maps that need no network, beside which those of the rules are judged.
NOISE, CONSTANT, MASK = "noise", "constant map", "the object itself"


def judge_pictures(options):
    """Judge every picture that the options name; return the exit code.

    `measures.csv`, `curves.csv` and a figure of the curves for each picture go to the folder
    `options.out`, the table to the output, what fails to the error output while the rest go on.
    Raises UsageError for what the options name and does not exist.
    """
    sources, failures = told_pictures(options.paths)
    if not sources:
        return SOME_FAILED
    network = open_network(options)
    target = _check(network, options)
    out, rows, points = checks.path("--out", options.out), [], []

    def judge_one(source, figure):
        judged = Judged(source, network, target, options)
        rows.extend(judged.rows())
        points.extend(judged.points(figure))

    failures += each_picture(sources, out, "Judging", judge_one)
    _write(out / "measures.csv", ("picture", "class", "map", *options.measures), rows)
    if points:
        head = ("picture", "class", "map", "order", "patches replaced", "score")
        _write(out / "curves.csv", head, points)
    _print_table(rows, options)
    return exit_code(failures, "judged")


def _check(network, options):
    """The class to explain, as a number or None; all options are checked against the network."""
    for measure in options.measures:
        if measure not in MEASURES:
            raise UsageError(
                f"There is no measure {checks.shown(measure)}; there are {', '.join(MEASURES)}."
            )
    try:
        for rules in options.rules:
            if rules not in attribution.METHODS:
                composites.assign(network, rules)
        check_score(network, options.score)
        return class_of(network, options.target)
    except ValueError as error:
        raise UsageError(error) from error


class Judged:
    """One picture: its maps under all rules and beside them the controls, and their measures."""

    def __init__(self, source, network, target, options):
        self.source, self.network, self.options = source, network, options
        self.image = load_image(source, network)
        height, width = self.image.shape[:2]
        self.mask = object_mask(source, height, width)
        order = np.argsort(-np.ravel(network(network.preprocess(self.image[None]))), kind="stable")
        self.target = int(order[0]) if target is None else target
        self.other = int(next(k for k in order if k != self.target))
        self.methods = {rules: attribution.method(rules) for rules in options.rules}
        self.methods[NOISE] = attribution.noise(options.seed)
        self.maps = {
            name: np.asarray(method(network, self.image, self.target), np.float64).sum(-1)
            for name, method in self.methods.items()
        }
        self.maps[CONSTANT] = np.ones((height, width))
        if self.mask is not None:
            self.maps[MASK] = self.mask.astype(np.float64)
        self.curves = {name: self._curves(each) for name, each in self.maps.items()}

    @property
    def class_name(self):
        """The name of the class explained."""
        return self.network.class_names[self.target]

    def rows(self):
        """A row for each map: picture, class, map and every measure, NaN where it says nothing."""
        return [
            (
                str(self.source),
                self.class_name,
                name,
                *(self._measure(measure, name) for measure in self.options.measures),
            )
            for name in self.maps
        ]

    def points(self, figure):
        """Write the figure of the curves; return a row for each of their points."""
        from ..figures.plot_perturbation import plot_perturbation

        drawn = {name: self.curves[name][:2] for name in self.options.rules if self.curves[name]}
        if not drawn:
            return []
        drawn["at random"] = self.curves[CONSTANT][2:]
        plot_perturbation(drawn, self.class_name).savefig(figure, dpi=150)
        return [
            (str(self.source), self.class_name, name, one.order, k, score)
            for name, several in self.curves.items()
            for one in several
            for k, score in enumerate(one.scores.tolist())
        ]

    def _curves(self, relevance):
        if not set(CURVES) & set(self.options.measures):
            return []
        settings = {key: getattr(self.options, key) for key in ("patch", "baseline", "score")}
        settings |= {"target": self.target, "seed": self.options.seed}
        return [
            metrics.perturb(self.network, self.image, relevance, order, **settings)
            for order in metrics.ORDERS
        ]

    def _measure(self, measure, name):
        relevance = self.maps[name]
        if measure in OF_OBJECT:
            return np.nan if self.mask is None else OF_OBJECT[measure](relevance, self.mask)
        if measure in OF_MAP:
            return OF_MAP[measure](relevance)
        if measure in CURVES:
            most, least, _ = self.curves[name]
            return metrics.area_between(most, least) if measure == "abpc" else most.aopc
        if name not in self.methods:
            return np.nan
        method = self.methods[name]
        if measure == "other-class":
            other = np.asarray(method(self.network, self.image, self.other), np.float64).sum(-1)
            return metrics.rank_correlation(relevance, other)
        ask = {"method": method, "target": self.target, "seed": self.options.seed}
        if measure == "max-sensitivity":
            return metrics.max_sensitivity(self.network, self.image, **ask)
        return float(np.mean(list(metrics.mprt(self.network, self.image, **ask).values())))


def _write(path, head, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def _print_table(rows, options):
    if not rows:
        return
    words = [
        (*row[:3], *("–" if v != v else number_words.minus(f"{v:.3f}") for v in row[3:]))
        for row in rows
    ]
    head = ("picture", "class", "map", *options.measures)
    print_table(head, words, "<<<" + ">" * len(options.measures))
    for measure in options.measures:
        print(f"{measure}: {MEASURES[measure]}.")
