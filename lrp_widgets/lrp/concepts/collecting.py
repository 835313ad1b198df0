"""Going through many pictures, and keeping of each channel only the strongest."""

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from ...media.images import DEFAULT_SIDE, ImageError
from ..explain import explain
from .pictures import Pictures
from .values import KINDS, SCORES, channel_values, layers_with_channels

# Reference pictures kept of each channel.
REFERENCES = 8

# Seconds between two times that what there is is written down.
EVERY = 10.0

# Bytes that the pictures take which are explained at once; a picture takes four of each activation.
AT_ONCE = 2**28

# A picture that could not be read has no class.
NO_CLASS = -1

START = "logit"


class Collector:
    """The strongest pictures of every channel, so far: what `collect` fills.

    `best`: {(layer, kind, what): (channels, `REFERENCES`)}, what being "pictures" (numbers from 0,
    −1 for none), "places" and "values", the strongest first. `classes`: each picture's explained
    class, `NO_CLASS` for one that could not be read. `scores`: {(layer, score): (pictures,
    channels)} where they are kept. `done`: how many pictures have been seen.
    """

    def __init__(self, network, pictures: Pictures, rules: str, keep_scores=False):
        self.about = f"{fingerprint(network)} {rules} {pictures.fingerprint()} {keep_scores}"
        self.rules = rules
        shapes = network.shapes()
        self.shapes = {name: tuple(shapes[name]) for name in layers_with_channels(network)}
        self.done = 0
        self.classes = np.full(len(pictures), NO_CLASS, np.int32)
        self.best, self.scores = {}, {}
        for name, shape in self.shapes.items():
            for kind in KINDS:
                size = shape[-1], REFERENCES
                self.best[name, kind, "pictures"] = np.full(size, -1, np.int32)
                self.best[name, kind, "places"] = np.zeros(size, np.int32)
                self.best[name, kind, "values"] = np.full(size, -np.inf, np.float32)
            for score in SCORES if keep_scores else ():
                self.scores[name, score] = np.zeros((len(pictures), shape[-1]), np.float32)

    def add(self, numbers, explanations):
        """Take the `Explanations` of the pictures of those numbers into account."""
        numbers = np.asarray(numbers, np.int32)
        self.classes[numbers] = explanations.target_index
        for name in self.shapes:
            layer = explanations[name]
            self.shapes[name] = tuple(layer.shape)  # known by now where pictures may be of any size
            values = channel_values(layer.activation, layer.relevance)
            for kind in KINDS:
                self._keep_best(name, kind, numbers, values.scores[kind], values.places[kind])
            for score in SCORES if self.scores else ():
                self.scores[name, score][numbers] = values.scores[score]

    def _keep_best(self, name, kind, numbers, values, places):
        new = {
            "pictures": np.broadcast_to(numbers, values.T.shape),
            "places": places.T,
            "values": values.T,
        }
        kept = {what: self.best[name, kind, what] for what in new}
        every = {what: np.concatenate([kept[what], new[what]], 1) for what in new}
        order = np.argsort(-every["values"], axis=1, kind="stable")[:, :REFERENCES]
        for what, several in every.items():
            found = np.take_along_axis(several, order, 1).astype(kept[what].dtype)
            self.best[name, kind, what] = found

    # On the disk, so that an end in the middle costs little

    def save(self, path: Path):
        """Write all of it, at once or not at all."""
        arrays: dict[str, Any] = {"about": np.array(self.about), "done": np.array(self.done)}
        arrays |= {"classes": self.classes, "shapes": np.array(json.dumps(self.shapes))}
        arrays |= {"|".join(("best", *key)): array for key, array in self.best.items()}
        arrays |= {"|".join(("score", *key)): array for key, array in self.scores.items()}
        replace_file(path, lambda file: np.savez(file, **arrays))

    def resume(self, path: Path) -> bool:
        """Go on from what `save` wrote; False where nothing there is of the same question."""
        try:
            with np.load(path, allow_pickle=False) as kept:
                if str(kept["about"]) != self.about:
                    return False
                best = {key: kept["|".join(("best", *key))] for key in self.best}
                scores = {key: kept["|".join(("score", *key))] for key in self.scores}
                classes, done = kept["classes"], int(kept["done"])
                shapes = json.loads(str(kept["shapes"]))
        except (OSError, KeyError, ValueError, EOFError):
            return False
        self.best, self.scores, self.classes, self.done = best, scores, classes, done
        self.shapes = {name: tuple(shape) for name, shape in shapes.items()}
        return True


def collect(collector: Collector, network, pictures: Pictures, kept=None, progress=None):
    """Explain the pictures that a `Collector` has not seen, a few at a time.

    Each is explained by the collector's rules from the logit of its own top class. `kept`: a file
    that what there is is written to every `EVERY` seconds, and read from at the beginning;
    `progress(done, failed)`: told after each step, with the pictures that could not be read there,
    as (name, sentence). Raises nothing for these.
    """
    if kept is not None:
        collector.resume(kept)
    step, saved = pictures_at_once(network), time.monotonic()
    for start in range(collector.done, len(pictures), step):
        numbers, images, failed = [], [], []
        for number in range(start, min(start + step, len(pictures))):
            try:
                images.append(pictures.image(number, network))
                numbers.append(number)
            except (ImageError, OSError) as error:
                failed.append((pictures.name(number), str(error)))
        if images:
            answer = explain(network, np.stack(images), rules=collector.rules, start=START)
            collector.add(numbers, answer)
        collector.done = min(start + step, len(pictures))
        if kept is not None and time.monotonic() - saved > EVERY:
            collector.save(kept)
            saved = time.monotonic()
        if progress is not None:
            progress(collector.done, failed)


def pictures_at_once(network, most=20) -> int:
    """How many pictures are explained at once, so that it takes about `AT_ONCE` bytes."""
    sizes = (np.prod([side or DEFAULT_SIDE for side in s]) for s in network.shapes().values())
    values = int(sum(sizes))
    return max(1, min(most, AT_ONCE // (4 * 4 * values)))


def fingerprint(network) -> str:
    """Sixteen hexadecimal digits that differ where layers or weights do, of a part of these."""
    digest = hashlib.sha256()
    for layer in network.layers:
        digest.update(f"{layer.name}|{type(layer).__name__}".encode())
        kernel = getattr(layer, "kernel", None)
        if kernel is not None:
            some = np.ascontiguousarray(np.ravel(kernel[..., :1])[:64], np.float32)
            digest.update(str(tuple(kernel.shape)).encode() + some.tobytes())
    return digest.hexdigest()[:16]


def replace_file(path: Path, write):
    """Write a file beside its place, then put it there: readers never see half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with beside.open("wb") as file:
            write(file)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
