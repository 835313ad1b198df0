"""The set of pictures that references are chosen from."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ...media.images import load_image
from ...media.samples import PHOTOGRAPHS
from ...media.scenes import Scene, draw_scene

# Scenes that no network here was trained or measured on.
SCENE_SEED = 2_000_003


class Pictures:
    """Numbered pictures: how many, each one's name, and its pixels for a network."""

    def __len__(self) -> int:
        raise NotImplementedError

    def name(self, number: int) -> str:
        """What a person calls it."""
        raise NotImplementedError

    def image(self, number: int, network) -> np.ndarray:
        """Its pixels as the network takes them, uint8 (H, W, C)."""
        raise NotImplementedError

    def fingerprint(self) -> str:
        """Text that differs where the pictures do."""
        raise NotImplementedError

    def described(self, count: int) -> str:
        """What they are, in a few words; `count` of them could be read."""
        raise NotImplementedError


@dataclass(frozen=True)
class DrawnScenes(Pictures):
    """Scenes drawn anew from a seed: number i is `draw_scene((seed, i))`."""

    count: int
    seed: int = SCENE_SEED

    def __len__(self):
        return self.count

    def scene(self, number: int) -> Scene:
        """The scene, with what is known of it."""
        return _scene(self.seed, number)

    def name(self, number):
        return f"scene {number}, a {self.scene(number).kind}"

    def image(self, number, network):
        return self.scene(number).image

    def fingerprint(self):
        return f"scenes {self.seed} {self.count}"

    def described(self, count):
        return f"{count:,} drawn scenes"


@dataclass(frozen=True)
class PictureFiles(Pictures):
    """Files, and samples by their names. `folder`: where they lie, in words."""

    sources: tuple[str, ...]
    folder: str = ""

    @classmethod
    def of(cls, sources, folder="") -> "PictureFiles":
        """Of paths, which are kept whole, and names of samples, which stay names."""
        kept = (str(s) if isinstance(s, str) else str(Path(s).resolve()) for s in sources)
        return cls(tuple(kept), folder)

    def __len__(self):
        return len(self.sources)

    def name(self, number):
        return Path(self.sources[number]).name

    def image(self, number, network):
        source = self.sources[number]
        return load_image(source if source in PHOTOGRAPHS else Path(source), network)

    def fingerprint(self):
        digest = hashlib.sha256()
        for source in self.sources:
            path = Path(source)
            about = path.stat() if source not in PHOTOGRAPHS and path.is_file() else None
            stamp = (about.st_size, about.st_mtime_ns) if about else ()
            digest.update(repr((source, stamp)).encode())
        return f"files {digest.hexdigest()}"

    def described(self, count):
        if set(self.sources) <= set(PHOTOGRAPHS):
            return f"the {count} sample photographs"
        return f"{count:,} pictures" + (f" of the folder “{self.folder}”" if self.folder else "")


SAMPLE_PHOTOGRAPHS = PictureFiles(PHOTOGRAPHS)


@lru_cache(maxsize=256)
def _scene(seed, number):
    return draw_scene((seed, number))
