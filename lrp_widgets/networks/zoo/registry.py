"""The networks we offer by name: their weights from the package, the internet, a seed or a file."""

import difflib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ..._support import checks, downloads
from ..._support.downloads import Cancelled, DownloadError, RemoteFile
from ..._support.host_limits import named_files_allowed
from ..._support.paths import cache_folder
from ..layers import Weighted
from ..network import Network
from ..preprocessing import CAFFE, SIGNED_UNIT, TORCH, UNIT, Preprocess
from . import (
    architectures,
    darknet,
    imagenet,
    keras_applications,
    keras_weights,
    npz,
    weight_sources,
)

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

# Random weights of this seed, the default, are shared by all processes if they are large.
SHARED_SEED = 0

_ADVICE = '; weights="random" and the bundled mini-vgg need no download'


@dataclass(frozen=True)
class Offer:
    """One network that can be loaded by name.

    `layers()` gives its layers without weights. `file` is where its weights lie; `read(path,
    wanted)` yields them, {layer name: kernel shape} → (layer name, (kernel, bias)). A network that
    Keras builds has `model(path or None, stage)` in place of both, which gives layers and notes.
    `class_names()` gives its classes, empty where only their numbers are known;
    `keras_class_names()` those of a Keras file, where their order differs; `extras` are the files
    that the names are read from. `memory` is what loading and explaining take, in bytes; `rules`
    the composite that suits the network.
    """

    file: RemoteFile | Path
    class_names: Callable
    preprocess: Preprocess
    memory: int
    layers: Callable | None = None
    read: Callable | None = None
    model: Callable | None = None
    rules: str = "z-plus"
    extras: tuple[RemoteFile, ...] = ()
    keras_class_names: Callable | None = None

    @property
    def suffix(self):
        """What the weights file's name ends with, as in ".h5"."""
        return Path(self.file.names[0] if isinstance(self.file, RemoteFile) else self.file).suffix


def load_network(name, weights="pretrained", seed=0, progress=None, cancel=None):
    """Return the network `name`, one of `NAMES`: "mini-vgg", "resnet50", "vgg16", ….

    `weights`: "pretrained" (the mini ones' come with the package, the others' are fetched on first
    use), "random" (He-scaled, reproducible by `seed`, no file needed), or the path of a weights
    file: Keras's .h5, .weights.h5 or .keras, or one in the format of the published file.
    `progress(done, total, text)` is told how far a download or a reading is, `cancel`, a
    threading.Event, stops it.
    Raises ValueError for an unknown name or a file that does not fit, DownloadError where there is
    no internet, a full disk or a broken file, each in one sentence; Cancelled.
    """
    offer = _offer(name)
    seed = checks.seed(seed)
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
        _fetch_extras(offer, cancel)
    return _network(name, offer, found, "pretrained")  # the extras bring classes' names


def fetch(name, progress=None, cancel=None):
    """Get a network's pretrained weights ready for every process of this machine.

    They are fetched if they are not here, and laid out in the cache folder; the published file is
    deleted again if it was not here before. The names of its classes are fetched as well where
    that is possible. Arguments and errors as in `load_network`, and DownloadError where the cache
    folder cannot take them.
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
    _fetch_extras(offer, cancel)


def _fetch_extras(offer, cancel):
    for extra in offer.extras:
        _fetch_if_possible(extra, cancel)


def on_disk(name, weights="pretrained"):
    """Whether `load_network(name, weights)` needs no download; looks at names and sizes only."""
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
    names = offer.class_names()  # after the fetch, which brings them
    about = {"preprocess": offer.preprocess, "default_rules": offer.rules, **about}
    return Network(layers, name, names, **about)


def _network(name, offer, found, word, seed=None):
    """The network of what was found: weights for our own layers, or layers and notes."""
    if offer.model is None:
        return _filled(_empty(name, offer), found, word, seed)
    layers, notes = found
    return _made(name, offer, layers, weights=word, seed=seed, notes=notes)


def _filled(network, weights, word, seed=None):
    """`network` with `weights`, {layer name: (kernel, bias)}."""
    layers = [
        replace(layer, kernel=weights[layer.name][0], bias=weights[layer.name][1])
        if isinstance(layer, Weighted)
        else layer
        for layer in network.layers
    ]
    classes = list(weights.values())[-1][0].shape[-1]
    fits = len(network.class_names) == classes  # a fine-tuned network has classes of its own
    names = network.class_names if fits else []
    return replace(network, layers=layers, class_names=names, weights=word, seed=seed)


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
    shapes = {}
    for name, shape in wanted.items():
        shapes |= {f"{name}/kernel": shape, f"{name}/bias": shape[-1:]}
    arrays = npz.read(path, shapes, "mini-vgg")
    return {name: (arrays[f"{name}/kernel"], arrays[f"{name}/bias"]) for name in wanted}.items()


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
    return darknet.read(path, wanted, normalized).items()


def _tiny_class_names():
    """Names where Keras's class index is here, WordNet ids where only the labels are."""
    path = TINY_LABELS.find_intact()
    if path is None:
        return []
    ids = path.read_text(encoding="ascii").split()[:1000]
    names = imagenet.class_names()
    return [names.get(wordnet_id, wordnet_id) for wordnet_id in ids]


# VGG


def _published_by_keras(name, file, hashes, size):
    """A weights file of keras.applications; `file` is its folder and name there."""
    return RemoteFile(
        what=f"the pretrained weights of {name}",
        url=f"https://storage.googleapis.com/tensorflow/keras-applications/{file}",
        hashes=hashes,
        names=(file.split("/")[-1],),
        folders=(imagenet.keras_models_folder, cache_folder),
        size=size,
        advice=_ADVICE,
    )


def _vgg(name, widths, md5, size, memory):
    file = f"{name}/{name}_weights_tf_dim_ordering_tf_kernels.h5"
    return Offer(
        layers=partial(architectures.vgg, widths),
        file=_published_by_keras(name, file, (f"md5:{md5}",), size),
        read=keras_weights.read,
        class_names=_imagenet_class_names,
        preprocess=CAFFE,
        memory=memory,
        extras=(imagenet.CLASS_INDEX,),
    )


# Networks that branch, as keras.applications builds them
#
# The default composites are chosen by the share of the initial relevance that reaches the pixels.
# MobileNetV2, real weights, cat and coffee: z⁺ 0.06 %, ε with z⁺ 0.06 %, αβ and γ less still, for
# its depthwise units are driven by their biases; with w² in the depthwise layers 99.9 %. With
# random weights and BatchNorm statistics (64×64, logit) ResNet50 gives 100 % and DenseNet121 99.9 %
# under z⁺, and no layer of either has more gross relevance than the output; the overview's mapping,
# made for VGG, leaves 1 % on ResNet50 and explodes on DenseNet121.


def _application(make, file, preprocess, memory, rules):
    return Offer(
        model=partial(keras_applications.layers, make),
        file=file,
        class_names=_imagenet_class_names,
        preprocess=preprocess,
        memory=memory,
        extras=(imagenet.CLASS_INDEX,),
        rules=rules,
    )


def _sibling(name):
    """mini-vgg's relatives with BatchNorm: trained by this project, bundled, read through Keras."""
    return Offer(
        model=partial(keras_applications.sibling, name),
        file=Path(__file__).parent / "mini" / f"{name.replace('-', '_')}.npz",
        class_names=_mini_class_names,
        preprocess=UNIT,
        memory=180 * 2**20,
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
    "mini-resnet": _sibling("mini-resnet"),
    "mini-densenet": _sibling("mini-densenet"),
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
    "mobilenetv2": _application(
        "MobileNetV2",
        _published_by_keras(
            "mobilenetv2",
            "mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5",
            (),  # Keras publishes no hash of this one
            14_536_120,
        ),
        SIGNED_UNIT,
        480 * 2**20,
        "z-plus-depthwise",
    ),
    "densenet121": _application(
        "DenseNet121",
        _published_by_keras(
            "densenet121",
            "densenet/densenet121_weights_tf_dim_ordering_tf_kernels.h5",
            ("md5:9d60b8095a5708f2dcce2bca79d332c7",),
            33_188_688,
        ),
        TORCH,
        1400 * 2**20,
        "z-plus",
    ),
    "resnet50": _application(
        "ResNet50",
        _published_by_keras(
            "resnet50",
            "resnet/resnet50_weights_tf_dim_ordering_tf_kernels.h5",
            ("md5:2cb95161c43110f7111970584f804107",),
            102_967_424,
        ),
        CAFFE,
        1050 * 2**20,
        "z-plus",
    ),
    "vgg16": _vgg(
        "vgg16", architectures.VGG16, "64373286793e3c8b2b4e3219cbf3544b", 553_467_096, 1100 * 2**20
    ),
    "vgg19": _vgg(
        "vgg19", architectures.VGG19, "cbe5617147190e668d6c5d5026f83318", 574_710_816, 1150 * 2**20
    ),
}
NAMES = tuple(OFFERS)
