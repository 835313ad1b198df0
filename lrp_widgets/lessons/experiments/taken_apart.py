"""One drawn scene taken apart patch by patch, as two methods order it; scenes are the league's."""

import numpy as np

from ...lrp import attribution, metrics
from ...lrp.attribution import BASELINES
from . import loaded
from .league import cases, entrants, measures, tables
from .loaded import once

NETWORK = "mini-vgg"
PATCH = 8
# The drawn scenes of the league that the lesson offers.
SCENES = 16
RANDOM = "random"


def pair():
    """The pair of methods that a change of baseline turns over most clearly, from the league.

    Two rows, as `league.turned_over.search` returns them: the first method is ahead in the first.
    """
    return [row for row in tables.table("turned_over") if row["network"] == NETWORK]


@once
def relevance(number, method):
    """A method's map of a scene, (H, W), for the network's first choice."""
    found = entrants.METHODS[method](
        loaded.network(NETWORK), _images(number), [explained(number)[0]]
    )
    return np.asarray(found, np.float64)[0].sum(-1)


@once
def explained(number):
    """The network's first choice for a scene: its number and its name."""
    network = loaded.network(NETWORK)
    [target] = measures.first_choices(network, _images(number))[:, 0].tolist()
    return target, network.class_names[target]


@once
def curves(number, method, baseline="mean"):
    """{order: Perturbation} of a scene: "morf" and "lerf" by a method's map.

    `RANDOM` as method gives the random order alone.
    """
    orders = ("random",) if method == RANDOM else ("morf", "lerf")
    made = np.zeros((64, 64)) if method == RANDOM else relevance(number, method)
    return {
        order: metrics.perturb(
            loaded.network(NETWORK),
            cases.scene(number).image,
            made,
            order,
            patch=PATCH,
            baseline=baseline,
            target=explained(number)[0],
            seed=cases.SEED,
        )
        for order in orders
    }


def area(number, method, baseline="mean"):
    """The area between a method's two curves: abpc."""
    found = curves(number, method, baseline)
    return metrics.area_between(found["morf"], found["lerf"])


def replaced_by(number, baseline):
    """What stands in place of a scene's patches, uint8 (H, W, 3)."""
    image = cases.scene(number).image
    return np.rint(attribution.replacement(image, baseline, 0.0, cases.SEED)).astype(np.uint8)


def means(method):
    """{baseline: (mean area, standard error, scenes)} of a method, or a control, in the league."""
    found = {
        row["measure"]: (row["mean"], row["error"], row["scenes"])
        for row in tables.table()
        if (row["network"], row["method"]) == (NETWORK, method)
    }
    return {
        baseline: found[measures.BASELINES[baseline]]
        for baseline in BASELINES
        if measures.BASELINES[baseline] in found
    }


def _images(number):
    return cases.scene(number).image[None]
