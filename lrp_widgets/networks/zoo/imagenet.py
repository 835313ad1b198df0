"""The names of ImageNet's 1000 classes."""

import contextlib
import csv
import os
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

# A class a line, in Keras's order: its WordNet id, the name that WordNet's first lemma gives it,
# and its place in darknet's order. Facts of WordNet 3.0 and of the two projects, no prose of
# theirs; a test holds them against Keras's own list.
CLASSES = Path(__file__).parent / "imagenet_classes.csv"


def keras_models_folder():
    """The folder where Keras keeps the weights of keras.applications, without importing Keras.

    KERAS_HOME/models or ~/.keras/models, and where that cannot be written to, as Keras does, a
    folder among the temporary files.
    """
    home = os.environ.get("KERAS_HOME")
    if home is None:
        user = os.path.expanduser("~")
        home = Path(user if os.access(user, os.W_OK) else "/tmp") / ".keras"
    home = Path(home).expanduser()
    with contextlib.suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
    if not os.access(home, os.W_OK):
        home = Path("/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()) / ".keras"
    return home / "models"


def class_names():
    """The names in Keras's order.

    Names are words ("Egyptian cat"); where two classes share one, the id is added, so that every
    name means one class: "crane (n02012849)" is the bird.
    """
    return [name for name, _ in _classes()]


def class_names_of_darknet():
    """The same names in the order of darknet's labels."""
    return [name for name, _ in sorted(_classes(), key=lambda each: each[1])]


@cache
def _classes():
    """(name, place in darknet's order) of every class, in Keras's order."""
    with CLASSES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    count = Counter(row["name"] for row in rows)
    return [
        (
            row["name"] + (f" ({row['wordnet_id']})" if count[row["name"]] > 1 else ""),
            int(row["darknet"]),
        )
        for row in rows
    ]
