"""Find what the channels of the bundled networks stand for, and write the files beside this one.

    python -m lrp_widgets.lrp.concepts --networks mini-vgg

Explains 1,000 scenes drawn from one seed. What there is so far is kept in `--parts`, and a second
run goes on from there. A network takes about two minutes on one core.
"""

import argparse
from pathlib import Path

from tqdm import tqdm

from .collecting import Collector, collect
from .finding import MEASURED, RULES, SCENES, shipped_file
from .pictures import DrawnScenes
from .table import Concepts


def main(arguments=None):
    """The command line."""
    from ...networks.zoo.registry import load_network

    parser = argparse.ArgumentParser(prog="python -m lrp_widgets.lrp.concepts", description=__doc__)
    parser.add_argument("--networks", nargs="+", choices=MEASURED, default=MEASURED)
    parser.add_argument("--scenes", type=int, default=SCENES)
    parser.add_argument("--out", type=Path, default=None, help="folder for the files")
    parser.add_argument("--parts", type=Path, default=Path("concept_parts"))
    options = parser.parse_args(arguments)
    pictures = DrawnScenes(options.scenes)
    for name in options.networks:
        network = load_network(name)
        collector = Collector(network, pictures, RULES, keep_scores=True)
        kept = options.parts / f"{name}.npz"
        with tqdm(total=len(pictures), desc=name, unit="scene") as bar:
            collect(collector, network, pictures, kept, lambda done, _: bar.update(done - bar.n))
        collector.save(kept)
        path = shipped_file(name, options.out)
        Concepts.of(collector, pictures).save(path)
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
