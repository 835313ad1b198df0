"""Is the map right? Four questions that differ, and how complicated a map is.

faithful    does the network depend on what the map marks?   `perturb`, `abpc`
on object   do we agree with it?                `mass`, `rank_accuracy`, `pointing_game`, `roc_auc`
stable      does a little noise change it?                   `max_sensitivity`, `local_lipschitz`
specific    does it change with the class and the weights?   `rank_correlation`, `class_cosines`,
                                                             `mprt`, `smprt`, `emprt`
complexity  how few pixels hold it?                          `gini`, `entropy`, `fewest_places`
groups      do one class's maps fall into kinds?             `heatmaps`, `spray`, `agreement`

None of them says alone whether a map is right, and none says anything without what it is compared
with: a constant map, noise, the object's mask. Maps are (H, W), or (H, W, C) whose channels are
summed. A `method` is what `attribution.method` takes: a composite or rules, the name of another
method, or a function.
"""

from .complexity import entropy, fewest_cells, fewest_places, gini, negative_share
from .on_object import mass, pointing_game, rank_accuracy, roc_auc
from .perturbation import ORDERS, Perturbation, abpc, area_between, perturb
from .randomization import emprt, mprt, smprt
from .similarity import (
    brightness_correlation,
    change,
    correlation,
    luminance,
    rank_correlation,
)
from .spray import Spray, agreement, heatmaps, spray
from .stability import local_lipschitz, max_sensitivity
from .two_classes import class_cosines

__all__ = [
    "ORDERS",
    "Perturbation",
    "Spray",
    "abpc",
    "agreement",
    "area_between",
    "brightness_correlation",
    "change",
    "class_cosines",
    "correlation",
    "emprt",
    "entropy",
    "fewest_cells",
    "fewest_places",
    "gini",
    "heatmaps",
    "local_lipschitz",
    "luminance",
    "mass",
    "max_sensitivity",
    "mprt",
    "negative_share",
    "perturb",
    "pointing_game",
    "rank_accuracy",
    "rank_correlation",
    "roc_auc",
    "smprt",
    "spray",
]
