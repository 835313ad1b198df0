"""The experiments of the post, one click each in "Compare": settings of pane A, and B’s others."""

from dataclasses import dataclass, field

from ..settings.url_state import RUNNER_UP

# The composite that stands against z⁺.
OTHER_RULE = "epsilon-plus"

# LRP-0 everywhere, the first layer included.
LRP_0 = "zero,input layer:zero"


@dataclass(frozen=True)
class Experiment:
    """Settings by the names that an address uses; `at_input`: whether the input shows it best.

    `pictures`: a scene and a photograph that show it, for networks that know shapes or photographs.
    """

    name: str
    label: str
    words: str
    first: dict = field(default_factory=dict)
    second: dict = field(default_factory=dict)
    at_input: bool = False
    pictures: tuple[str, str] | None = None

    def first_for(self, network):
        """Pane A's settings with this network, the picture included."""
        if self.pictures is None:
            return self.first
        return {**self.first, "picture": self.pictures[not network.startswith("mini-")]}

    @property
    def names(self):
        """The settings that it touches."""
        return {*self.first, *self.second, *(["picture"] if self.pictures else [])}


EXPERIMENTS = (
    Experiment(
        "weights",
        "pretrained | random",
        "Pretrained weights: relevance sits on the object. Random: it spreads over the picture.",
        {"weights": "pretrained"},
        {"weights": "random"},
    ),
    Experiment(
        "pooling",
        "proportional | winner-take-all",
        "Winner-take-all hands a window's relevance to its largest activation alone: "
        "the map gets crisper, the total stays.",
        {"pooling": "avg"},
        {"pooling": "max"},
    ),
    Experiment(
        "channels",
        "gray | RGB",
        "The same relevance of the pixels: added up over the colour channels, "
        "or one value each, as brightness of red, green and blue.",
        {"channels": "gray"},
        {"channels": "rgb"},
        at_input=True,
    ),
    Experiment(
        "input",
        "x = 1 | pixel values",
        "x = 1: no value counts for more because it is large. Pixel values: a colour gets less "
        "where the picture has little of it.",
        {"channels": "rgb"},
        {"input_rule": "none"},
        at_input=True,
        pictures=("crescent", "coffee"),
    ),
    Experiment(
        "class",
        "this class | runner-up",
        "Under z⁺ the maps of two classes are nearly equal: see the rank correlation. "
        "What differs is how much there was to share.",
        {"explain": "probability", "target": None},
        {"target": RUNNER_UP},
    ),
    Experiment(
        "rule",
        "z⁺ | another rule",
        "In the dense layers ε counts all contributions with their signs, so that relevance can be "
        "negative there and further down; z⁺ counts the positive ones alone.",
        {"rules": "z-plus"},
        {"rules": OTHER_RULE},
    ),
    Experiment(
        "gradient",
        "LRP-0 | gradient × input",
        "Two ways to one map: in a network of ReLUs, LRP-0 at every layer with winner-take-all "
        "pooling gives the logit’s gradient times the input, but for rounding.",
        {"rules": LRP_0, "pooling": "max", "explain": "logit"},
        {"method": "gradient-times-input"},
        at_input=True,
    ),
    Experiment(
        "method",
        "z⁺ | integrated gradients",
        "Both share out the logit: z⁺ all of it, layer by layer; integrated gradients what it "
        "gains on the way from a black picture, in one sum.",
        {"rules": "z-plus", "pooling": "avg", "explain": "logit"},
        {"method": "integrated-gradients"},
        at_input=True,
    ),
)
