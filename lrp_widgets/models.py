"""The networks we offer by name: their weights from the package, the internet, a seed or a file."""

import difflib
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from os import PathLike
from pathlib import Path

import numpy as np

from . import architectures, darknet, downloads, imagenet, keras_weights
from .downloads import Cancelled, DownloadError, RemoteFile
from .layers import Weighted
from .network import Network
from .preprocessing import CAFFE, UNIT, Preprocess
from .resources import cache_folder

__all__ = [
    "NAMES",
    "Cancelled",
    "DownloadError",
    "download_size",
    "fetch",
    "load_network",
    "memory_needed",
    "on_disk",
]

# Seconds to wait for a file that gives only names, and before it is tried again.
SHORT_PATIENCE = (3, 5)
RETRY_AFTER = 300

# Resident memory that importing TensorFlow and Keras adds, in bytes.
TENSORFLOW = 500 * 2**20

_ADVICE = '; weights="random" and the bundled mini-vgg need no download'


@dataclass(frozen=True)
class Offer:
    """One network that can be loaded by name.

    `layers()` gives its layers without weights; `file` is where its weights lie and
    `read(path, wanted)` reads them, {layer name: kernel shape} → {layer name: (kernel, bias)};
    `class_names()` gives its classes, empty where only their numbers are known, `keras_class_names`
    those of a Keras file where their order differs, and `extras` are the files that it takes for
    that; `memory` is what loading and explaining need, in bytes.
    """

    layers: Callable
    file: RemoteFile | Path
    read: Callable
    class_names: Callable
    preprocess: Preprocess
    memory: int
    extras: tuple[RemoteFile, ...] = ()
    keras_class_names: Callable | None = None

    @property
    def suffix(self):
        """What the weights file's name ends with, as in ".h5"."""
        return Path(self.file.names[0] if isinstance(self.file, RemoteFile) else self.file).suffix


def load_network(name, weights="pretrained", seed=0, progress=None, cancel=None):
    """Return the network `name`: "mini-vgg", "tiny-darknet", "vgg16" or "vgg19".

    `weights`: "pretrained" (mini-vgg's come with the package, the others' are fetched on first
    use), "random" (He-scaled, reproducible by `seed`, no file needed), or the path of a weights
    file: Keras's .h5, .weights.h5 or .keras, or one in the format of the published file.
    `progress(done, total, text)` is told the bytes of a download, `cancel`, a threading.Event,
    stops it.
    Raises ValueError for an unknown name or a file that does not fit, DownloadError where there is
    no internet, a full disk or a broken file, each in one sentence; Cancelled.
    """
    offer = _offer(name)
    if weights == "random":
        return _empty(name, offer).randomized(seed)
    if weights == "pretrained":
        path, word = fetch(name, progress, cancel), "pretrained"
    else:
        path, word = _existing(weights), "file"
    if path.suffix != offer.suffix:
        names = offer.keras_class_names or offer.class_names
        offer = replace(offer, read=keras_weights.read, class_names=names)
    network = _empty(name, offer)  # after the fetch, which brings the classes' names
    return _filled(network, offer.read(path, _shapes(network)), word)


def fetch(name, progress=None, cancel=None):
    """Return the path of the network's pretrained weights, fetched if they are not here.

    The names of its classes are fetched as well where that is possible. Arguments and errors as
    in `load_network`.
    """
    offer = _offer(name)
    if isinstance(offer.file, Path):
        return offer.file
    path = downloads.fetch(offer.file, progress, cancel)
    for extra in offer.extras:
        _fetch_if_possible(extra, cancel)
    return path


def on_disk(name, weights="pretrained"):
    """Whether `load_network(name, weights)` needs no download; looks at names and sizes only."""
    offer = _offer(name)
    if weights == "random":
        return True
    if weights != "pretrained":
        return Path(weights).expanduser().is_file()
    return isinstance(offer.file, Path) or offer.file.find() is not None


def default_name():
    """The network to begin with: one that knows photographs where it is here, else mini-vgg."""
    return "tiny-darknet" if on_disk("tiny-darknet") else "mini-vgg"


def download_size(name):
    """How many bytes the pretrained weights are that have to be fetched; 0 for mini-vgg."""
    file = _offer(name).file
    return 0 if isinstance(file, Path) else file.size


def memory_needed(name):
    """How many bytes loading the network and explaining a picture take at most.

    Measured on Linux with random weights: the highest resident memory of a process that loads the
    network and explains one picture with either pooling, less what it had with TensorFlow
    imported. TensorFlow's own share is added until it is imported.
    """
    return _offer(name).memory + (0 if "tensorflow" in sys.modules else TENSORFLOW)


def _offer(name):
    if name in OFFERS:
        return OFFERS[name]
    close = difflib.get_close_matches(str(name).lower().replace("_", "-"), NAMES, n=1)
    guess = f"did you mean {close[0]!r}? Choose" if close else "choose"
    raise ValueError(f"There is no network {name!r}: {guess} one of {', '.join(NAMES)}.")


def _existing(weights):
    path = Path(weights).expanduser() if isinstance(weights, str | PathLike) else None
    if path is None or not path.is_file():
        raise ValueError(
            f'There is no weights file {path}: give "pretrained", "random", or the path of a file.'
        )
    return path


def _empty(name, offer):
    """The network with stand-ins for its weights."""
    return Network(offer.layers(), name, offer.class_names() or None, offer.preprocess)


def _filled(network, weights, word):
    """`network` with `weights`, {layer name: (kernel, bias)}."""
    layers = [
        replace(layer, kernel=weights[layer.name][0], bias=weights[layer.name][1])
        if isinstance(layer, Weighted)
        else layer
        for layer in network.layers
    ]
    classes = list(weights.values())[-1][0].shape[-1]
    names = network.class_names
    return Network(
        layers,
        network.name,
        names if len(names) == classes else None,  # a fine-tuned network has classes of its own
        network.preprocess,
        word,
    )


_failed = {}  # url -> when it failed last


def _fetch_if_possible(file, cancel):
    """Fetch a file that is good to have; a failure is kept quiet, and not repeated at once."""
    if file.find() is None and time.monotonic() - _failed.get(file.url, -RETRY_AFTER) < RETRY_AFTER:
        return
    try:
        downloads.fetch(file, cancel=cancel, patience=SHORT_PATIENCE)
    except DownloadError:
        _failed[file.url] = time.monotonic()


def _imagenet_class_names():
    return list(imagenet.class_names().values())


def _shapes(network):
    return {layer.name: layer.kernel.shape for layer in network.weighted}


# mini-vgg


def _mini_layers():
    from .mini.model import read_card

    card = read_card()
    return architectures.vgg(card["layers"], card["input_shape"])


def _mini_class_names():
    from .mini.model import read_card

    return read_card()["classes"]


def _read_npz(path, wanted):
    try:
        with np.load(path) as file:
            weights = {name: (file[f"{name}/kernel"], file[f"{name}/bias"]) for name in wanted}
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path.name} cannot be read: it does not hold mini-vgg's weights."
        ) from error
    for name, shape in wanted.items():
        if weights[name][0].shape != shape:
            raise ValueError(f"{path.name} does not fit: the kernel of {name} has another shape.")
    return weights


# tiny-darknet

_DARKNET = (
    "https://raw.githubusercontent.com/leggedrobotics/darknet_ros/"
    "b8e7a2fb89922ece0f4264367ce7293083bb4dc4/darknet"
)
TINY_WEIGHTS = RemoteFile(
    what="the pretrained weights of tiny-darknet",
    url=f"{_DARKNET}/tiny.weights",
    hashes=("sha256:f1c3fe6b9bab9af69ae2a090682df3e5b9d83accba69551315f030ce1b37ea81",),
    names=("tiny_darknet.weights", "tiny.weights"),
    folders=(cache_folder,),
    size=4_185_968,
    advice=_ADVICE,
)
TINY_LABELS = RemoteFile(
    what="the classes of tiny-darknet",
    url=f"{_DARKNET}/data/imagenet.labels.list",
    hashes=(
        "sha256:862f0b616543c2467bf66c967c173ef748c4d11244ee223ffd13e6591735ca0b",
        # its first 1000 lines alone, which are the classes
        "sha256:e85e4969a881deb8a8ba329357d033f7a664de8f1e099f593ad723bcf79bbfe5",
    ),
    names=("tiny_darknet.labels", "imagenet.labels.list"),
    folders=(cache_folder,),
)


def _read_darknet(path, wanted):
    *normalized, _ = wanted
    return darknet.read(path, wanted, normalized)


def _tiny_class_names():
    """Names where Keras's class index is here, WordNet ids where only the labels are."""
    path = TINY_LABELS.find_intact()
    if path is None:
        return []
    ids = path.read_text(encoding="ascii").split()[:1000]
    names = imagenet.class_names()
    return [names.get(wordnet_id, wordnet_id) for wordnet_id in ids]


# VGG


def _vgg(name, widths, md5, size, memory):
    file = RemoteFile(
        what=f"the pretrained weights of {name}",
        url=(
            "https://storage.googleapis.com/tensorflow/keras-applications/"
            f"{name}/{name}_weights_tf_dim_ordering_tf_kernels.h5"
        ),
        hashes=(f"md5:{md5}",),
        names=(f"{name}_weights_tf_dim_ordering_tf_kernels.h5",),
        folders=(imagenet.keras_models_folder, cache_folder),
        size=size,
        advice=_ADVICE,
    )
    return Offer(
        layers=partial(architectures.vgg, widths),
        file=file,
        read=keras_weights.read,
        class_names=_imagenet_class_names,
        preprocess=CAFFE,
        memory=memory,
        extras=(imagenet.CLASS_INDEX,),
    )


OFFERS = {
    "mini-vgg": Offer(
        layers=_mini_layers,
        file=Path(__file__).parent / "mini" / "mini_vgg.npz",
        read=_read_npz,
        class_names=_mini_class_names,
        preprocess=UNIT,
        memory=80 * 2**20,
    ),
    "tiny-darknet": Offer(
        layers=architectures.tiny_darknet,
        file=TINY_WEIGHTS,
        read=_read_darknet,
        class_names=_tiny_class_names,
        preprocess=UNIT,
        memory=230 * 2**20,
        extras=(TINY_LABELS, imagenet.CLASS_INDEX),
        keras_class_names=_imagenet_class_names,
    ),
    "vgg16": _vgg(
        "vgg16", architectures.VGG16, "64373286793e3c8b2b4e3219cbf3544b", 553_467_096, 1500 * 2**20
    ),
    "vgg19": _vgg(
        "vgg19", architectures.VGG19, "cbe5617147190e668d6c5d5026f83318", 574_710_816, 1560 * 2**20
    ),
}
NAMES = tuple(OFFERS)
