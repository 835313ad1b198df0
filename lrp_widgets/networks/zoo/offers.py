"""The table of the networks on offer: architecture, weights file, classes and preprocessing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..._support.downloads import RemoteFile
from ..._support.paths import cache_folder
from ..preprocessing import AS_IT_IS, CAFFE, SIGNED_UNIT, TORCH, UNIT, Preprocess
from . import (
    architectures,
    darknet,
    flat_weights,
    imagenet,
    keras_applications,
    keras_weights,
    npz,
)

MINI = Path(__file__).parent / "mini"

_ADVICE = '; weights="random" and the bundled mini-vgg need no download'


@dataclass(frozen=True)
class Offer:
    """One network that can be loaded by name.

    `layers()` gives its layers without weights. `file` is where its weights lie; `read(path,
    wanted)` yields them, {layer name: kernel shape} → (layer name, (kernel, bias)). A network that
    Keras builds has `model(path or None, stage)` in place of both, which gives layers and notes.
    `class_names()` gives its classes, `keras_class_names()` those of a Keras file, where their
    order differs. `memory` is what loading and explaining take, in bytes; `rules` the composite
    that suits the network; `knows`, in a word or two, what it was trained on.
    """

    file: RemoteFile | Path
    class_names: Callable
    preprocess: Preprocess
    memory: int
    layers: Callable | None = None
    read: Callable | None = None
    model: Callable | None = None
    rules: str = "z-plus"
    knows: str = "ImageNet"
    keras_class_names: Callable | None = None

    @property
    def suffix(self):
        """What the weights file's name ends with, as in ".h5"."""
        return Path(self.file.names[0] if isinstance(self.file, RemoteFile) else self.file).suffix


# mini-vgg, and its relatives with BatchNorm: trained by this project, bundled


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


def _mini_vgg(file):
    """mini-vgg, or a network of the same layers: the one that reads a mark, or its clean twin."""
    return Offer(
        layers=_mini_layers,
        file=MINI / file,
        read=_read_npz,
        class_names=_mini_class_names,
        preprocess=UNIT,
        memory=80 * 2**20,
        knows="shapes",
    )


def _sibling(name, rules="z-plus"):
    """Read through Keras."""
    return Offer(
        model=partial(keras_applications.sibling, name),
        file=MINI / f"{name.replace('-', '_')}.npz",
        class_names=_mini_class_names,
        preprocess=UNIT,
        memory=180 * 2**20,
        rules=rules,
        knows="shapes",
    )


# Small networks of others, fetched from the repositories that publish them


def _on_github(repository, path, sha256, size, what, names=()):
    """A file of a repository at one commit; `names`: what else it may be called here."""
    return RemoteFile(
        what=what,
        url=f"https://raw.githubusercontent.com/{repository}/{path}",
        hashes=(f"sha256:{sha256}",),
        names=(*names, path.split("/")[-1]),
        folders=(cache_folder,),
        size=size,
        advice=_ADVICE,
    )


_MLPERF_TINY = "mlcommons/tiny"
_MLPERF_TINY_COMMIT = "1afd2c9820f795965a6134facd0b4dfae41ef23f"

TINY_VGG_CLASSES = (
    *("lifeboat", "ladybug", "pizza", "bell pepper", "school bus"),
    *("koala", "espresso", "red panda", "orange", "sport car"),
)
CIFAR_10_CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
PERSON_CLASSES = ("no person", "person")


def _read_darknet(path, wanted):
    *normalized, _ = wanted
    return darknet.read(path, wanted, normalized).items()


# Share of the initial relevance at the pixels, five photographs: person has 14 to 35 % under z⁺,
# for its depthwise units are driven by their biases, and 84 to 98 % with w² in the depthwise
# layers. ResNet8 has all of it under z⁺; with ε in its additions Σ|R| grows 46-fold.


def _mlperf_tiny(name, folder, file, sha256, size, **about):
    path = f"{_MLPERF_TINY_COMMIT}/benchmark/training/{folder}/trained_models/{file}"
    what = f"the pretrained weights of {name}"
    return Offer(
        model=partial(keras_applications.small, name),
        file=_on_github(_MLPERF_TINY, path, sha256, size, what, about.pop("names")),
        **about,
    )


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
        class_names=imagenet.class_names,
        preprocess=CAFFE,
        memory=memory,
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
        class_names=imagenet.class_names,
        preprocess=preprocess,
        memory=memory,
        rules=rules,
    )


OFFERS = {
    "mini-vgg": _mini_vgg("mini_vgg.npz"),
    "mini-resnet": _sibling("mini-resnet"),
    "mini-densenet": _sibling("mini-densenet"),
    # Of three composites that say what becomes of attention, the one with the least gross relevance
    # (20 scenes, logit: Σ|R| at most 8.7 times the start; attn-lrp 15.7, cp-lrp 31.9). 51 % of the
    # start arrive, 53 % under attn-lrp, 112 ± 50 % under cp-lrp, 93 % under z⁺.
    "mini-vit": _sibling("mini-vit", "attn-lrp-gamma"),
    "mini-vgg-hans": _mini_vgg("mini_vgg_hans.npz"),
    "mini-vgg-clean": _mini_vgg("mini_vgg_clean.npz"),
    "tiny-vgg": Offer(
        layers=architectures.tiny_vgg,
        file=_on_github(
            "poloclub/cnn-explainer",
            "d0971f9447ed9806022a3d47587b62394682bc51/public/assets/data/group1-shard1of1.bin",
            "306666f2a1cc2a0a8f7b3422617daac5ecdca20c707ab44b721522be1fe3f630",
            79_680,
            "the pretrained weights of tiny-vgg",
            names=("tiny_vgg.bin",),
        ),
        read=flat_weights.read,
        class_names=lambda: list(TINY_VGG_CLASSES),
        preprocess=UNIT,
        memory=80 * 2**20,
        knows="ten things",
    ),
    "resnet8": _mlperf_tiny(
        "resnet8",
        "image_classification",
        "pretrainedResnet.h5",
        "5f938a8eea605438cc7360aa13c987bc6d7bd0c8d931b2917361ae7ae4eeda2f",
        1_116_712,
        names=("resnet8_cifar10.h5",),
        class_names=lambda: list(CIFAR_10_CLASSES),
        preprocess=AS_IT_IS,
        memory=180 * 2**20,
        knows="CIFAR-10",
    ),
    "person": _mlperf_tiny(
        "person",
        "visual_wake_words",
        "vww_96.h5",
        "af9111d50e6e85b2f2123345e0316ef1c384865ebf6b06340ddac7e66017450f",
        3_124_024,
        names=("person_vww_96.h5",),
        class_names=lambda: list(PERSON_CLASSES),
        preprocess=UNIT,
        memory=180 * 2**20,
        rules="z-plus-depthwise",
        knows="people",
    ),
    "tiny-darknet": Offer(
        layers=architectures.tiny_darknet,
        file=_on_github(
            "leggedrobotics/darknet_ros",
            "b8e7a2fb89922ece0f4264367ce7293083bb4dc4/darknet/tiny.weights",
            "f1c3fe6b9bab9af69ae2a090682df3e5b9d83accba69551315f030ce1b37ea81",
            4_185_968,
            "the pretrained weights of tiny-darknet",
            names=("tiny_darknet.weights",),
        ),
        read=_read_darknet,
        class_names=imagenet.class_names_of_darknet,
        preprocess=UNIT,
        memory=230 * 2**20,
        keras_class_names=imagenet.class_names,
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
