"""The networks we offer by name: their weights from the package, the internet, a seed or a file."""

import difflib
import sys
from dataclasses import replace
from pathlib import Path

from ..._support import checks
from ..._support.downloads import Cancelled, DownloadError
from ..._support.host_limits import named_files_allowed
from ..._support.paths import cache_folder
from ..layers import Weighted
from ..network import Network
from . import keras_weights, own, weight_sources
from .offers import NAMES, OFFERS

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

# Resident memory that importing TensorFlow and Keras adds, in bytes.
TENSORFLOW = 500 * 2**20

# It has two classes, somebody there or nobody, and answers in a few milliseconds.
CAMERA = "person"

# Random weights of this seed, the default, are shared by all processes if they are large.
SHARED_SEED = 0


def load_network(name, weights="pretrained", seed=0, progress=None, cancel=None):
    """Return the network `name`, one of `NAMES`: "mini-vgg", "resnet50", "vgg16", ….

    A network that a visitor of a page has opened (`own`) is known by its name there, too.
    `weights`: "pretrained" (the mini ones' come with the package, the others' are fetched on first
    use), "random" (He-scaled, reproducible by `seed`, no file needed), or the path of a weights
    file: Keras's .h5, .weights.h5 or .keras, or one in the format of the published file.
    `progress(done, total, text)` is told how far a download or a reading is, `cancel`, a
    threading.Event, stops it.
    Raises ValueError for an unknown name or a file that does not fit, DownloadError where there is
    no internet, a full disk or a broken file, each in one sentence; Cancelled.
    """
    seed = checks.seed(seed)
    if own.is_own(name):
        return _own(name, weights, seed)
    offer = _offer(name)
    progress = checks.function("progress", progress)
    if not (cancel is None or callable(getattr(cancel, "is_set", None))):
        raise ValueError(f"cancel must be a threading.Event; got {checks.shown(cancel)}.")
    if _is(weights, "random"):
        return _random(name, offer, seed, progress, cancel)
    if _is(weights, "pretrained"):
        return _pretrained(name, offer, progress, cancel)
    path = _existing(weights)
    if offer.model is None and path.suffix != offer.suffix:
        names = offer.keras_class_names or offer.class_names
        offer = replace(offer, read=keras_weights.read, class_names=names)
    found = weight_sources.given(name, path, _content(name, offer), progress, cancel)
    return _network(name, offer, found, "file")


def _own(name, weights, seed):
    """A network that a visitor has opened, with the weights of its file or random ones."""
    network = own.find(name)
    if _is(weights, "random"):
        return network.randomized(seed)
    if _is(weights, "pretrained"):
        return network
    raise ValueError(f'{name} has its own weights: give "pretrained" for these, or "random".')


def _random(name, offer, seed, progress, cancel):
    if offer.model is None and seed != SHARED_SEED:
        return _empty(name, offer).randomized(seed)
    content = _drawn_content(name, offer)
    found = weight_sources.drawn(name, content, SHARED_SEED, progress, cancel)
    network = _network(name, offer, found, "random", SHARED_SEED)
    return network if seed == SHARED_SEED else network.randomized(seed)


def _pretrained(name, offer, progress, cancel):
    content = _content(name, offer)
    if isinstance(offer.file, Path):
        found = weight_sources.bundled(name, offer.file, content, progress, cancel)
    else:
        found = weight_sources.published(name, offer.file, content, progress, cancel)
    return _network(name, offer, found, "pretrained")


def fetch(name, progress=None, cancel=None):
    """Get a network's pretrained weights ready for every process of this machine.

    They are fetched if they are not here, and laid out in the cache folder; the published file is
    deleted again if it was not here before. Arguments and errors as in `load_network`, and
    DownloadError where the cache folder cannot take them.
    """
    offer = _offer(name)
    content = _content(name, offer)
    if isinstance(offer.file, Path):
        weight_sources.bundled(name, offer.file, content, progress, cancel)
        return
    try:
        weight_sources.keep(name, offer.file, content, progress, cancel)
    except DownloadError:
        raise
    except OSError as error:
        raise DownloadError(
            f"The weights of {name} could not be kept in {cache_folder()}: "
            f"{(error.strerror or str(error)).lower()}."
        ) from error


def on_disk(name, weights="pretrained"):
    """Whether `load_network(name, weights)` needs no download; looks at names and sizes only."""
    if own.is_own(name):
        return True
    offer = _offer(name)
    if _is(weights, "random"):
        return True
    if not _is(weights, "pretrained"):
        return checks.path("weights", weights).is_file()
    if isinstance(offer.file, Path):
        return True
    content = weight_sources.Weights if offer.model is None else weight_sources.Whole
    cached = weight_sources.cached_pretrained(name, offer.file, content)
    return cached.is_filled() or offer.file.find() is not None


def default_name():
    """The network to begin with: one that knows photographs where it is here, else mini-vgg."""
    return "tiny-darknet" if on_disk("tiny-darknet") else "mini-vgg"


def camera_name():
    """The network to look through a camera with: one that knows people, where it is here."""
    return CAMERA if on_disk(CAMERA) else default_name()


def download_size(name):
    """How many bytes the pretrained weights are that have to be fetched; 0 for mini-vgg."""
    if own.is_own(name):
        return 0
    file = _offer(name).file
    return 0 if isinstance(file, Path) else file.size


def memory_needed(name):
    """How many bytes loading the network and explaining a picture take at most.

    Measured on Linux with random weights: the highest resident memory of a process that loads the
    network and explains one picture with either pooling, less what it had with TensorFlow
    imported. TensorFlow's own share is added until it is imported.
    """
    if own.is_own(name):
        needed = own.memory_needed(own.weights_size(own.find(name)))
    else:
        needed = _offer(name).memory
    return needed + (0 if "tensorflow" in sys.modules else TENSORFLOW)


def _offer(name):
    if isinstance(name, str) and name in OFFERS:
        return OFFERS[name]
    word = name[:40].lower().replace("_", "-") if isinstance(name, str) else ""
    close = difflib.get_close_matches(word, NAMES, n=1)
    guess = f"did you mean {close[0]!r}? Choose" if close else "choose"
    raise ValueError(
        f"There is no network {checks.shown(name)}: {guess} one of {', '.join(NAMES)}."
    )


def _existing(weights):
    named_files_allowed()
    words = 'give "pretrained", "random", or the path of a file'
    try:
        path = checks.path("weights", weights)
    except ValueError:
        raise ValueError(f"{checks.shown(weights)} are no weights: {words}.") from None
    try:
        if path.is_dir():
            raise ValueError(f"{path} is a folder: {words}.")
        if path.is_file():
            return path
    except OSError:  # a name too long, for one
        pass
    raise ValueError(f"There is no weights file {checks.quoted(path)[1:-1]}: {words}.")


def _is(weights, word):
    return isinstance(weights, str) and weights == word


def _content(name, offer):
    """What the network takes from a weights file: weights alone, or layers that Keras reads."""
    if offer.model is not None:
        return weight_sources.Whole(name, offer.model)
    return weight_sources.Weights(offer.read, _shapes(_empty(name, offer)))


def _drawn_content(name, offer):
    """The same with random weights of the shared seed, which no file holds."""
    if offer.model is not None:

        def read(_, stage):
            empty = _network(name, offer, offer.model(None, stage), "random")
            stage(f"Drawing random weights for {name}")
            return empty.randomized(SHARED_SEED).as_trained(), empty.notes

        return weight_sources.Whole(name, read)
    network = _empty(name, offer)

    def draw(_, shapes):
        for layer in network.randomized(SHARED_SEED).as_trained():
            if isinstance(layer, Weighted):
                yield layer.name, (layer.kernel, layer.bias)

    return weight_sources.Weights(draw, _shapes(network))


def _empty(name, offer):
    """The network with stand-ins for its weights."""
    return _made(name, offer, offer.layers())


def _made(name, offer, layers, **about):
    about = {"preprocess": offer.preprocess, "default_rules": offer.rules, **about}
    return Network(layers, name, offer.class_names(), **about)


def _network(name, offer, found, word, seed=None):
    """The network of what was found: weights for our own layers, or layers and notes."""
    if offer.model is None:
        return _filled(_empty(name, offer), found, word, seed)
    layers, notes = found
    return _made(name, offer, layers, weights=word, seed=seed, notes=notes)


def _filled(network, weights, word, seed=None):
    """`network` with `weights`, {layer name: (kernel, bias)}."""
    classes = list(weights.values())[-1][0].shape[-1]
    fits = len(network.class_names) == classes  # a fine-tuned network has classes of its own
    names = network.class_names if fits else []
    return network.with_weights(weights, class_names=names, weights=word, seed=seed)


def _shapes(network):
    return {layer.name: layer.kernel.shape for layer in network.weighted}
