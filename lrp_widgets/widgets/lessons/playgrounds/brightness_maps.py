"""The map of a picture whose brightness changes, with x = 1 and with the pixels themselves."""

from ....lessons.experiments.brightness import (
    INPUT_RULES,
    both_maps,
    brighter,
    goes_along,
    on_black,
)
from ....lrp.metrics import correlation
from ....media.images import SAMPLES, load_image
from .side_by_side import SideBySide, in_decimals, in_percent

DARKEST, BRIGHTEST, STEP = -120, 120, 10


class BrightnessMaps(SideBySide):
    """One picture made darker or brighter, and its maps by both input rules, measured.

        BrightnessMaps()                                # mini-vgg, and its heart
        BrightnessMaps(network, picture="cat", brightness=-60)

    `explanations` holds both, {"ones": …, None: …}.
    """

    def __init__(self, network=None, picture="heart", brightness=0, map="gray"):
        from ....lessons.experiments import loaded

        self._network = network or loaded.network()
        self._unchanged = (None, None)  # a picture's name, and its explanations as it is
        slider = {"min": DARKEST, "max": BRIGHTEST, "step": STEP}
        super().__init__(
            [
                {"name": "picture", "label": "Picture", "options": list(SAMPLES)},
                {"name": "brightness", "label": "Brightness", **slider},
                {"name": "map", "label": "Channels", "options": ["gray", "rgb"]},
            ],
            picture=picture,
            brightness=brightness,
            map=map,
        )

    def work_out(self, chosen):
        name, image = chosen["picture"], self._read(chosen["picture"])
        if self._unchanged[0] != name:
            self._unchanged = (name, both_maps(self._network, image))
        before = self._unchanged[1]
        image = brighter(image, chosen["brightness"])
        now = both_maps(self._network, image) if chosen["brightness"] else before
        self.explanations = now
        first = now["ones"].layers[1].name
        self.show(
            image,
            {INPUT_RULES[rule]: e.heatmap(chosen["map"]) for rule, e in now.items()},
            [
                ("ΣR of the map", [in_decimals(e.totals["input"], 3) for e in now.values()]),
                (
                    f"absorbed below {first}",
                    [in_decimals(sum(e[first].absorbed.values()), 3) for e in now.values()],
                ),
                (
                    "correlation of R with brightness",
                    [in_decimals(goes_along(e)) for e in now.values()],
                ),
                (
                    f"R on black ({in_percent((image == 0).mean())} of all values)",
                    [in_decimals(on_black(e), 3) for e in now.values()],
                ),
                (
                    "correlation with the map at brightness 0",
                    [in_decimals(correlation(now[r].pixels, before[r].pixels)) for r in now],
                ),
            ],
        )

    def _read(self, name):
        return load_image(name, self._network)
