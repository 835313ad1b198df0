"""Where a map is judged: what can be chosen, what it is measured by, and what both are called."""

from dataclasses import dataclass

from .attribution.methods import METHODS
from .attribution.patches import BASELINES, suiting_width
from .attribution.scoring import SCORES
from .composites import NAMES
from .metrics import ORDERS, entropy, gini, mass, pointing_game, rank_accuracy, roc_auc
from .rule_words import rule_words
from .settings import Setting, one_of, setting, whole_number

# No second map.
NONE = "none"

METHOD_WORDS = {
    "gradient": "gradient",
    "gradient-times-input": "gradient × input",
    "integrated-gradients": "integrated gradients",
    "smooth-grad": "SmoothGrad",
    "grad-cam": "Grad-CAM",
    "occlusion": "occlusion",
}

# What pane B of "Compare" can be in place of LRP.
METHOD = Setting(
    "Method",
    "A method that is not LRP: a map of the pixels alone, for a class's logit, without a ledger.",
    one_of(METHODS),
    METHOD_WORDS,
    link="method",
    name="method",
)

ORDER_WORDS = {
    "morf": "most relevant first",
    "lerf": "least relevant first",
    "random": "random order",
}

# What a map is measured by at once, by the names that options and tables have: `measure(map, mask)`
# of those that need the object's pixels, `measure(map)` of the others.
OF_OBJECT = {
    "mass": mass,
    "rank-accuracy": rank_accuracy,
    "pointing-game": pointing_game,
    "roc-auc": roc_auc,
}
OF_MAP = {"gini": gini, "entropy": entropy}


@dataclass(frozen=True)
class Judging:
    """How a picture is taken apart, and beside which map.

    `versus`: a composite, one of `attribution.METHODS`, or "none"; `patch`: 0 for a width that
    suits the picture; `order` and `replaced`: which curve is played, and how far.
    """

    versus: str = setting(
        "gradient-times-input",
        "Beside",
        "A second map: the same question under other rules, or a method that is not LRP.",
        one_of((NONE, *NAMES, *METHODS)),
        words={NONE: "nothing"} | {name: rule_words(name) for name in NAMES} | METHOD_WORDS,
    )
    patch: int = setting(
        0,
        "Patch",
        "The width of a patch in pixels; small ones follow the map closely, and take longer.",
        words={0: "automatic", 4: "4 pixels", 8: "8 pixels", 16: "16 pixels"},
    )
    baseline: str = setting(
        BASELINES[0],
        "Baseline",
        "What is put in a patch's place. It decides: with another one the ranking can turn over.",
        words={
            "mean": "the picture's mean",
            "black": "black",
            "blur": "a blur",
            "border": "the border's mean",
            "noise": "noise",
        },
    )
    score: str = setting(
        SCORES[0],
        "Score",
        "What is read of the network after each patch: the class's probability, or its logit.",
        words={each: each for each in SCORES},
    )
    order: str = setting(ORDERS[0], "Order", "Which patches go first.", words=ORDER_WORDS)
    replaced: int = setting(0, read=whole_number(0, 2**31 - 1))

    def patch_width(self, height, width):
        """Return the width of a patch of a picture: as chosen, or 8 for small ones, else 16."""
        return self.patch or suiting_width(height, width)
