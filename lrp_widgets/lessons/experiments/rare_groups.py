"""Few unmarked pictures among many marked ones: what finds them, on pictures used for nothing else.

    python -m lrp_widgets.lessons.experiments.rare_groups

measures anew and writes `rare_groups.csv` beside this file: some ten minutes of processor time.

Each set has 400 crescents, of which 95 % carry the mark, as in the training of mini-vgg-hans. What
is compared is either the maps of the pixels, as `metrics.spray` takes them, or the share of
relevance that passes through each channel of one layer (`concepts.channel_values`): where in the
picture the object lies does not matter there. The eigengap says how many groups there are; the
smallest one is where to look. It is held against the unmarked pictures by the adjusted Rand index.
The number of pictures, the layer, and the smallest group as what to look at were chosen on other
crescents, `draw_scene((9001, k))`; what is reported is of `draw_scene((SEED, k))`.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import loaded
from .clever_hans import NAME, RULES, TWIN

TABLE = Path(__file__).with_suffix(".csv")

SEED = 9002
SETS, PICTURES, MARKED = 5, 400, 0.95
NEIGHBOURS = (3, 5, 8, 10, 15, 20, 30)
LAYER = "block4_conv1"
PIXELS, CHANNELS = "pixels", "channels"
BATCH = 40


@dataclass(frozen=True)
class Found:
    """One row: `agreement` of the smallest of `groups` groups, `size` pictures, of a set."""

    network: str
    compared: str
    neighbours: int
    number: int
    agreement: float
    groups: int
    size: int


def pictures(number):
    """The pictures of a set, uint8 (400, 64, 64, 3), and which carry the mark, bool."""
    from ...media.mark import put_mark
    from ...media.scenes import draw_scene
    from ...networks.zoo.mini.hans import KIND

    numbers = range(number * PICTURES, (number + 1) * PICTURES)
    images = np.stack([draw_scene((SEED, k), KIND).image for k in numbers])
    flags = np.arange(PICTURES) < round(MARKED * PICTURES)
    flags = np.random.default_rng((SEED, number)).permutation(flags)
    return np.where(flags[:, None, None, None], put_mark(images), images), flags


def compared(network, images):
    """What of each picture is compared: {PIXELS: (N, H, W), CHANNELS: (N, channels)}."""
    from ...lrp.concepts import channel_values
    from ...lrp.explain import explain
    from ...networks.zoo.mini.hans import KIND

    maps, shares = [], []
    for k in range(0, len(images), BATCH):
        es = explain(network, images[k : k + BATCH], RULES, start="logit", target=KIND)
        maps.append(es.pixels.sum(-1))
        values = channel_values(es[LAYER].activation, es[LAYER].relevance)
        shares.append(values.scores["relevance"])
    return {PIXELS: np.concatenate(maps), CHANNELS: np.concatenate(shares)}


def measure(name, number):
    """Measure one set on one network: a `Found` for each thing compared and each neighbourhood."""
    images, flags = pictures(number)
    each = compared(loaded.network(name), images)
    return [smallest(each, flags, name, number, key) for key in _keys()]


def _keys():
    return [(what, neighbours) for what in (PIXELS, CHANNELS) for neighbours in NEIGHBOURS]


def smallest(each, flags, name, number, key):
    """The smallest group by what is compared, held against the unmarked pictures."""
    from ...lrp import metrics

    what, neighbours = key
    found = metrics.spray(each[what], neighbours=neighbours, embedding="spectral")
    last = found.labels == found.clusters - 1
    agreement = metrics.agreement(last, flags)
    return Found(name, what, neighbours, number, agreement, found.clusters, int(last.sum()))


def table():
    """What was measured last: a list of `Found`."""
    kinds = {name: field.type for name, field in Found.__dataclass_fields__.items()}
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [Found(**{name: kinds[name](row[name]) for name in kinds}) for row in rows]


def lines(network, what):
    """The agreement by the number of neighbours: its mean over the sets, and the standard error."""
    rows = [row for row in table() if (row.network, row.compared) == (network, what)]
    values = np.array(
        [[row.agreement for row in rows if row.neighbours == each] for each in NEIGHBOURS]
    )
    return values.mean(1), values.std(1, ddof=1) / np.sqrt(values.shape[1])


def write(rows):
    """Write the table."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Found.__dataclass_fields__)
        for row in rows:
            values = dict(vars(row), agreement=f"{row.agreement:.6g}")
            writer.writerow(values.values())


def main():
    """Measure every set that the table has not yet, and write it after each."""
    rows = table() if TABLE.exists() else []
    for number in range(SETS):
        for name in (NAME, TWIN):
            if not any((row.network, row.number) == (name, number) for row in rows):
                rows += measure(name, number)
                write(sorted(rows, key=lambda row: (row.network, row.compared, row.number)))
                print(name, number, flush=True)


if __name__ == "__main__":
    main()
