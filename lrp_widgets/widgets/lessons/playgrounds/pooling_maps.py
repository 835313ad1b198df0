"""What the choice of pooling does to the map of a whole network, shown and measured."""

from ....lrp.metrics import correlation, entropy, fewest_cells
from ....media.images import SAMPLES, load_image
from .side_by_side import SideBySide, in_decimals, in_percent

WAYS = {"avg": "proportional", "max": "winner-take-all"}


class PoolingMaps(SideBySide):
    """The maps of one picture under both ways of pooling, and how they are spread.

        PoolingMaps()                                   # mini-vgg, and its star
        PoolingMaps(network, picture="cat")

    `explanations` holds both, {"avg": …, "max": …}.
    """

    def __init__(self, network=None, picture="star"):
        from ....lessons.experiments import loaded

        self._network = network or loaded.network()
        super().__init__(
            [{"name": "picture", "label": "Picture", "options": list(SAMPLES)}], picture=picture
        )

    def work_out(self, chosen):
        from ....lrp.explain import explain

        image = self._read(chosen["picture"])
        e = self.explanations = {way: explain(self._network, image, pooling=way) for way in WAYS}
        maps = [e[way].heatmap() for way in WAYS]
        before = _before_first_pooling(e["avg"])
        self.show(
            image,
            dict(zip(WAYS.values(), maps, strict=True)),
            [
                ("ΣR of the map", [in_decimals(m.sum(dtype=float), 3) for m in maps]),
                ("pixels that hold 90 % of it", [in_percent(fewest_cells(m)) for m in maps]),
                ("entropy (1: all pixels alike)", [in_decimals(entropy(m), 3) for m in maps]),
                ("pixels with R = 0", [in_percent((m == 0).mean()) for m in maps]),
                (
                    f"units of {before} with R = 0",
                    [in_percent((e[way][before].relevance == 0).mean()) for way in WAYS],
                ),
                ("correlation of the two maps", [in_decimals(correlation(*maps))]),
            ],
        )

    def _read(self, name):
        return load_image(name, self._network)


def _before_first_pooling(e):
    """The name of the layer whose relevance comes from the first pooling layer."""
    names = [layer.name for layer in e.layers]
    first = next(i for i, layer in enumerate(e.layers) if layer.kind.endswith("pooling"))
    return names[first - 1]
