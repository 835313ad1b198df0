"""load_network: every network by name, its weights bundled, fetched, random or from a file."""

import hashlib
import inspect
import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import requests

from lrp_widgets._support import downloads
from lrp_widgets.media.images import load_image
from lrp_widgets.networks.network import Network
from lrp_widgets.networks.preprocessing import CAFFE
from lrp_widgets.networks.zoo import architectures, imagenet, registry
from lrp_widgets.networks.zoo.registry import Cancelled, DownloadError, load_network

ROOT = Path(__file__).resolve().parents[3]

CONVOLUTIONS = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}
# A VGG that is narrow but as deep: written by Keras in a moment.
CHANNELS, HIDDEN, CLASSES, SHAPE = (2, 3, 4, 5, 6), (8, 7), 1000, (32, 32, 3)

PUBLISHED = ("tiny_darknet.weights", "resnet8_cifar10.h5", "person_vww_96.h5")


@pytest.fixture(autouse=True)
def offline(tmp_path, monkeypatch):
    """Empty folders for fetched files, and no way out."""
    monkeypatch.setenv("LRP_WIDGETS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    asked = []

    def no_way_out(file, meter, patience):
        asked.append(file.url)
        raise requests.ConnectionError

    monkeypatch.setattr(downloads, "_retrieve", no_way_out)
    return asked


def narrow_widths(name):
    return architectures.vgg_widths(CONVOLUTIONS[name], CHANNELS, HIDDEN, CLASSES)


def narrow_keras_vgg(name, classes=CLASSES):
    """A narrow VGG by Keras, its layers named and put together as keras.applications does."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(3)
    biased = {"bias_initializer": "random_normal", "kernel_initializer": "he_normal"}
    x = picture = keras.Input(SHAPE)
    for block, (count, width) in enumerate(zip(CONVOLUTIONS[name], CHANNELS, strict=True), start=1):
        for i in range(1, count + 1):
            convolution = f"block{block}_conv{i}"
            x = layers.Conv2D(width, 3, 1, "same", activation="relu", name=convolution, **biased)(x)
        x = layers.MaxPooling2D(2, 2, name=f"block{block}_pool")(x)
    x = layers.Flatten(name="flatten")(x)
    for i, units in enumerate(HIDDEN, start=1):
        x = layers.Dense(units, "relu", name=f"fc{i}", **biased)(x)
    x = layers.Dense(classes, "softmax", name="predictions", **biased)(x)
    return keras.Model(picture, x, name=name)


@pytest.fixture(params=["vgg16", "vgg19"])
def narrow(request, monkeypatch, tmp_path):
    """The name of a VGG whose offer is narrow now, and its weights file as Keras writes it."""
    name = request.param
    model = narrow_keras_vgg(name)
    path = tmp_path / f"{name}.h5"
    model.save(path)
    data = path.read_bytes()
    full = registry.OFFERS[name]
    file = replace(full.file, hashes=(f"md5:{hashlib.md5(data).hexdigest()}",), size=len(data))
    layers = partial(architectures.vgg, narrow_widths(name), SHAPE)
    monkeypatch.setitem(registry.OFFERS, name, replace(full, layers=layers, file=file))
    return name, model, path


def picture(network, seed=0):
    height, width, channels = network.input_shape
    return np.random.default_rng(seed).integers(0, 256, (1, height, width, channels), np.uint8)


def assert_same_output(network, model, rtol=1e-5):
    x = network.preprocess(picture(network))
    theirs = np.asarray(model(x))
    np.testing.assert_allclose(network(x), theirs, rtol=0, atol=rtol * np.abs(theirs).max())


# Names


def test_names_and_unknown_names():
    assert registry.NAMES == (
        "mini-vgg",
        "mini-resnet",
        "mini-densenet",
        "mini-vit",
        "mini-vgg-hans",
        "mini-vgg-clean",
        "tiny-vgg",
        "resnet8",
        "person",
        "tiny-darknet",
        "mobilenetv2",
        "densenet121",
        "resnet50",
        "vgg16",
        "vgg19",
    )
    with pytest.raises(ValueError, match=r"^There is no network 'VGG-16': did you mean 'vgg16'\?"):
        load_network("VGG-16")
    with pytest.raises(ValueError, match=r"'zebra': choose one of mini-vgg, .*, vgg19\.$"):
        load_network("zebra")


def test_importing_and_reading_weights_needs_no_tensorflow():
    code = (
        "import sys, lrp_widgets.networks.zoo.registry as m; m.load_network('mini-vgg'); "
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


# mini-vgg


def test_mini_vgg_equals_its_keras_model():
    from lrp_widgets.networks.zoo.mini.model import build_keras, read_card

    network = load_network("mini-vgg")
    card = read_card()
    assert network.weights == "pretrained"
    assert network.class_names == card["classes"]
    assert list(network.input_shape) == card["input_shape"]
    assert card["preprocessing"] == {"scale": "1/255", "offset": 0, "channels": "RGB"}
    assert network.preprocess(np.full((1, 1, 1, 3), 255, np.uint8)).max() == 1
    assert network.ends_with_softmax
    assert_same_output(network, build_keras())


def test_mini_vgg_reads_weights_of_a_training_of_ones_own(tmp_path):
    from lrp_widgets.networks.zoo.mini.model import build_keras, read_weights

    tensors = {key: 2 * array for key, array in read_weights().items()}
    np.savez(tmp_path / "own.npz", **tensors)
    network = load_network("mini-vgg", tmp_path / "own.npz")
    assert network.weights == "file"
    assert_same_output(network, build_keras(tmp_path / "own.npz"))

    np.savez(tmp_path / "other.npz", **(tensors | {"fc1/kernel": np.zeros((3, 3))}))
    with pytest.raises(ValueError, match=r"other\.npz does not fit: .* fc1"):
        load_network("mini-vgg", tmp_path / "other.npz")
    (tmp_path / "broken.npz").write_bytes(b"PK")
    with pytest.raises(ValueError, match=r"broken\.npz cannot be read"):
        load_network("mini-vgg", tmp_path / "broken.npz")


# Random weights


@pytest.mark.parametrize("name", ["mini-vgg", "tiny-darknet"])
def test_random_weights_need_no_file_and_follow_the_seed(name, offline):
    network = load_network(name, "random", seed=7)
    assert (network.weights, network.seed) == ("random", 7)
    again, other = load_network(name, "random", seed=7), load_network(name, "random", seed=8)
    for a, b, c in zip(network.weighted, again.weighted, other.weighted, strict=True):
        np.testing.assert_array_equal(a.kernel, b.kernel)
        assert not np.array_equal(a.kernel, c.kernel)
        assert a.kernel.dtype == np.float32
        assert not a.bias.any()
    largest = max(network.weighted, key=lambda layer: layer.kernel.size)
    spread = np.sqrt(2 / np.prod(largest.kernel.shape[:-1]))
    assert largest.kernel.std() == pytest.approx(spread, rel=0.02)
    assert abs(largest.kernel.mean()) < 0.02 * spread
    assert offline == []


def test_random_weights_are_those_of_randomized():
    pretrained = load_network("mini-vgg")
    random, randomized = load_network("mini-vgg", "random", seed=4), pretrained.randomized(4)
    for a, b in zip(random.weighted, randomized.weighted, strict=True):
        np.testing.assert_array_equal(a.kernel, b.kernel)
    assert random.class_names == randomized.class_names


def test_random_weights_can_be_shared_with_tensorflow():
    """Otherwise VGG16's half gigabyte is held twice."""
    for layer in load_network("mini-vgg", "random").weighted:
        assert layer.kernel.ctypes.data % 64 == 0


# VGG: the layers


@pytest.mark.parametrize("name", ["vgg16", "vgg19"])
def test_vgg_convolutions_are_those_of_keras_applications(name):
    import keras

    make = {"vgg16": keras.applications.VGG16, "vgg19": keras.applications.VGG19}[name]
    model = make(include_top=False, weights=None, input_shape=(32, 32, 3))
    widths = getattr(architectures, name.upper())
    layers = architectures.vgg(widths, (32, 32, 3))
    upto = [layer.name for layer in layers].index("block5_pool") + 1
    filled = []
    for layer, theirs in zip(layers[:upto], model.layers, strict=True):
        if theirs.weights:
            kernel, bias = (np.asarray(tensor) for tensor in theirs.weights)
            assert layer.kernel.shape == kernel.shape
            layer = replace(layer, kernel=kernel, bias=bias + np.float32(0.01))
            theirs.bias.assign(bias + np.float32(0.01))
        assert layer.name in ("input", theirs.name)
        filled.append(layer)
    assert_same_output(Network(filled, preprocess=CAFFE), model)
    assert list(widths)[-3:] == ["fc1", "fc2", "predictions"]
    assert list(widths.values())[-3:] == [4096, 4096, 1000]


@pytest.mark.slow
def test_full_vgg16_equals_keras_applications(tmp_path):
    import keras

    model = keras.applications.VGG16(weights=None)
    random = load_network("vgg16", "random")
    for layer in random.weighted:
        bias = np.random.default_rng(0).normal(size=layer.bias.shape)
        model.get_layer(layer.name).set_weights([layer.kernel, bias.astype(np.float32)])
    path = tmp_path / "vgg16.weights.h5"
    model.save_weights(path)
    assert_same_output(load_network("vgg16", path), model)


# VGG: pretrained


def test_addresses_and_hashes_are_those_that_keras_names():
    from keras import applications

    for name, make in {"vgg16": applications.VGG16, "vgg19": applications.VGG19}.items():
        module = sys.modules[make.__module__]
        file = registry.OFFERS[name].file
        assert file.url == module.WEIGHTS_PATH
        (digest,) = file.hashes
        source = inspect.getsource(make)
        assert f'"{file.names[0]}",' in source
        assert f'file_hash="{digest.removeprefix("md5:")}"' in source
    for name, make, folder in (
        ("resnet50", applications.ResNet50, "BASE_WEIGHTS_PATH"),
        ("densenet121", applications.DenseNet121, "BASE_WEIGHTS_PATH"),
        ("mobilenetv2", applications.MobileNetV2, "BASE_WEIGHT_PATH"),
    ):
        module = sys.modules[make.__module__]
        file = registry.OFFERS[name].file
        source = inspect.getsource(module)
        assert file.url.startswith(getattr(module, folder))
        assert all(digest.removeprefix("md5:") in source for digest in file.hashes)
        start = file.names[0].split("1.0")[0].removeprefix("resnet50")
        assert start in source


@pytest.mark.parametrize("home", ["KERAS_HOME", "HOME"])
def test_keras_finds_what_we_fetch(tmp_path, home):
    """The folder is the one where keras.utils.get_file looks, asked of Keras itself."""
    environment = {key: value for key, value in os.environ.items() if key != "KERAS_HOME"}
    environment[home] = str(tmp_path / "home")
    (tmp_path / "home").mkdir()
    (tmp_path / "file.bin").write_bytes(b"x")
    code = f"""
from lrp_widgets.networks.zoo.imagenet import keras_models_folder
ours = keras_models_folder()
import keras
origin = {(tmp_path / "file.bin").as_uri()!r}
theirs = keras.utils.get_file("file.bin", origin=origin, cache_subdir="models")
assert str(ours / "file.bin") == theirs, (ours, theirs)
assert (ours / "file.bin").exists()
"""
    command = [sys.executable, "-c", code]
    subprocess.run(command, env=environment, check=True, cwd=ROOT, timeout=120)


def test_pretrained_vgg_is_read_from_keras_folder(narrow, tmp_path, offline):
    name, model, path = narrow
    target = registry.OFFERS[name].file.target()
    assert target == tmp_path / "keras" / "models" / f"{name}_weights_tf_dim_ordering_tf_kernels.h5"
    assert not registry.on_disk(name)
    target.parent.mkdir(parents=True)
    path.rename(target)
    assert registry.on_disk(name)
    network = load_network(name)
    assert_same_output(network, model)
    assert (network.name, network.weights) == (name, "pretrained")
    assert network.channel_order == "BGR"
    assert network.class_names == imagenet.class_names()
    assert [layer.name for layer in network.layers] == ["input"] + [
        layer.name for layer in model.layers[1:]
    ]


def test_no_internet_is_one_sentence():
    with pytest.raises(DownloadError) as caught:
        load_network("vgg16")
    assert str(caught.value) == (
        "The pretrained weights of vgg16 (553 MB) are not on this machine and could not be "
        'fetched: no internet connection; weights="random" and the bundled mini-vgg need no '
        "download."
    )


def test_cancelling_ends_loading():
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        load_network("vgg16", cancel=cancel)


def test_a_broken_file_is_not_read(narrow):
    name, _, path = narrow
    target = registry.OFFERS[name].file.target()
    target.parent.mkdir(parents=True)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    target.write_bytes(data)
    with pytest.raises(DownloadError, match="are broken on this machine and could not be fetched"):
        load_network(name)


# VGG: a file


def test_vgg_with_weights_from_a_path(narrow, offline):
    name, model, path = narrow
    network = load_network(name, str(path))
    assert network.weights == "file"
    assert_same_output(network, model)
    assert offline == []


def test_a_fine_tuned_vgg_has_classes_of_its_own(narrow, tmp_path):
    name, _, _ = narrow
    model = narrow_keras_vgg(name, classes=3)
    model.save_weights(tmp_path / "tuned.weights.h5")
    network = load_network(name, tmp_path / "tuned.weights.h5")
    assert_same_output(network, model)
    assert network.class_names == ["class 0", "class 1", "class 2"]


def test_paths_that_lead_nowhere():
    with pytest.raises(ValueError, match=r"There is no weights file nowhere\.h5: give"):
        load_network("vgg16", "nowhere.h5")
    with pytest.raises(ValueError, match='give "pretrained", "random", or the path of a file'):
        load_network("vgg16", None)


# tiny-darknet


@pytest.fixture
def published(networks_folder, tmp_path):
    """The published files put by hand into the cache folder, as they are called."""
    cache = tmp_path / "cache"
    cache.mkdir()
    files = [networks_folder / name for name in PUBLISHED]
    for path in (*files, networks_folder / "tiny_vgg" / "group1-shard1of1.bin"):
        (cache / path.name).symlink_to(path)
    return networks_folder


def test_tiny_darknet_layers():
    network = load_network("tiny-darknet", "random")
    assert network.input_shape == (224, 224, 3)
    names = [layer.name for layer in network.layers]
    assert names[:5] == ["input", "conv1", "pool1", "conv2", "pool2"]
    assert names[-4:] == ["conv15", "conv16", "avgpool", "softmax"]
    assert network["conv16"].activation is None
    assert network["conv15"].activation.slope == 0.1
    assert network.ends_with_softmax


def test_tiny_darknet_sees_the_cat(published, photos_folder, offline):
    network = load_network("tiny-darknet")
    image = load_image(photos_folder / "chelsea.png", network)
    probabilities = network(network.preprocess(image[None]))[0]
    best = [network.class_names[k] for k in np.argsort(-probabilities)[:3]]
    assert best[0] == "Egyptian cat"
    assert set(best) == {"Egyptian cat", "tiger cat", "tabby"}
    assert 0.66 < probabilities.max() < 0.70
    assert offline == []


def test_tiny_darknet_equals_keras_layer_by_layer(published, networks_folder, photos_folder):
    import keras

    model = keras.models.load_model(networks_folder / "tiny_darknet.keras", safe_mode=True)
    network = load_network("tiny-darknet")
    x = network.preprocess(load_image(photos_folder / "chelsea.png", network)[None])
    ours, name = network.forward(x), {"softmax": "prob"}
    ends = [name.get(layer.name, layer.name) for layer in network.layers[1:-3]]
    ends = [end.replace("conv", "leaky") for end in ends]
    outputs = keras.Model(model.input, [model.get_layer(end).output for end in ends])(x)
    for layer, theirs in zip(network.layers[1:-3], outputs, strict=True):
        scale = np.abs(np.asarray(theirs)).max()
        np.testing.assert_allclose(ours[layer.name], theirs, rtol=0, atol=1e-5 * scale)
    theirs = np.sort(np.asarray(model(x)))
    np.testing.assert_allclose(np.sort(ours["softmax"]), theirs, rtol=0, atol=1e-5)


def test_tiny_darknet_keeps_the_folded_weights_in_double_precision(published):
    assert {layer.kernel.dtype for layer in load_network("tiny-darknet").weighted} == {
        np.dtype("float64")
    }


def test_a_keras_file_for_tiny_darknet_has_its_classes_in_keras_order(published, networks_folder):
    network = load_network("tiny-darknet", networks_folder / "tiny_darknet_folded.keras")
    assert network.class_names[285] == "Egyptian cat"
    with pytest.raises(ValueError, match="does not fit: conv1 has a kernel and a bias"):
        load_network("tiny-darknet", networks_folder / "tiny_darknet.keras")


def test_tiny_darknet_from_the_published_file_anywhere(networks_folder):
    network = load_network("tiny-darknet", networks_folder / "tiny_darknet.weights")
    assert network.weights == "file"


# The small networks that are fetched


def test_tiny_vgg_knows_most_of_cnn_explainers_pictures(published, photos_folder, offline):
    network = load_network("tiny-vgg")
    words = {"boat": "lifeboat", "bug": "ladybug", "bus": "school bus", "car": "sport car"}
    words |= {"panda": "red panda", "pepper": "bell pepper"}
    right = []
    for path in sorted((photos_folder / "tiny_vgg").glob("*.jpeg")):
        output = network(network.preprocess(load_image(path, network)[None]))[0]
        kind = path.stem.split("_")[0]
        right.append(network.class_names[output.argmax()] == words.get(kind, kind))
        if path.stem == "panda_5":
            assert network.class_names[output.argmax()] == "espresso"
            assert output.max() == pytest.approx(0.985, abs=0.002)
    assert (len(right), sum(right)) == (20, 14)
    assert offline == []


def test_tiny_vgg_equals_its_keras_model(published):
    import keras
    from keras import layers

    network = load_network("tiny-vgg")
    stack = [keras.Input((64, 64, 3))]
    for block in (1, 2):
        for i in (1, 2):
            stack.append(layers.Conv2D(10, 3, activation="relu", name=f"conv_{block}_{i}"))
        stack.append(layers.MaxPooling2D(2))
    stack += [layers.Flatten(), layers.Dense(10, "softmax", name="output")]
    model = keras.Sequential(stack)
    numbers = np.fromfile(published / "tiny_vgg" / "group1-shard1of1.bin", "<f4")
    at = 0
    for weight in model.weights:
        weight.assign(numbers[at : at + weight.numpy().size].reshape(weight.shape))
        at += weight.numpy().size
    assert at == len(numbers) == 19_920
    assert_same_output(network, model)


def test_a_shard_of_another_length_or_with_no_number_is_refused(tmp_path):
    path = tmp_path / "shard.bin"
    path.write_bytes(bytes(79_676))
    with pytest.raises(ValueError, match=r"^shard\.bin does not fit: it holds 79,676 bytes, and"):
        load_network("tiny-vgg", path)
    path.write_bytes(np.full(19_920, np.nan, "<f4").tobytes())
    with pytest.raises(ValueError, match=r"shard\.bin .*conv_1_1"):
        load_network("tiny-vgg", path)


@pytest.mark.parametrize(
    ("name", "file"), [("resnet8", "resnet8_cifar10.h5"), ("person", "person_vww_96.h5")]
)
def test_the_networks_of_mlperf_tiny_equal_keras_reading_of_their_files(
    published, tmp_path, name, file
):
    """Keras reads the file itself, less the option of depthwise layers that it refuses."""
    import h5py
    import keras

    path = tmp_path / "read.h5"
    shutil.copyfile(published / file, path)
    with h5py.File(path, "r+") as whole:
        configuration = json.loads(whole.attrs["model_config"])
        for layer in configuration["config"]["layers"]:
            if layer["class_name"] == "DepthwiseConv2D":
                del layer["config"]["groups"]
        whole.attrs["model_config"] = json.dumps(configuration)
    model = keras.models.load_model(path, compile=False)
    network = load_network(name)
    x = network.preprocess(picture(network))
    theirs = np.asarray(model([x]))
    np.testing.assert_allclose(network(x), theirs, rtol=0, atol=1e-5)
    assert len(network.notes) == {"resnet8": 7, "person": 27}[name]


def test_resnet8_sees_the_cat_and_person_the_people(published, photos_folder):
    sees = {}
    for name, wanted in (("resnet8", "cat"), ("person", "person")):
        network = load_network(name)
        for photo in ("chelsea.png", "astronaut.png", "camera.png", "coffee.png", "rocket.jpg"):
            image = load_image(photos_folder / photo, network)
            output = network(network.preprocess(image[None]))[0]
            sees[name, photo.split(".")[0]] = output[network.class_names.index(wanted)]
    assert sees["resnet8", "chelsea"] > 0.8
    assert min(sees["person", name] for name in ("astronaut", "camera")) > 0.75
    assert max(sees["person", name] for name in ("chelsea", "coffee", "rocket")) < 0.1


def test_a_camera_begins_with_the_network_that_knows_people_where_it_is(tmp_path):
    assert registry.camera_name() == registry.default_name() == "mini-vgg"
    target = registry.OFFERS["person"].file.target()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(bytes(registry.download_size("person")))
    assert registry.camera_name() == "person"


# Networks that branch


@pytest.mark.parametrize(
    ("name", "rules", "batch_norms"),
    [
        ("mini-resnet", "z-plus", 16),
        ("mini-densenet", "z-plus", 15),
        ("mini-vit", "attn-lrp-gamma", 3),
    ],
)
def test_the_mini_siblings_come_with_the_package(name, rules, batch_norms):
    from lrp_widgets.media.scenes import draw_scene

    network = load_network(name)
    assert network.weights == "pretrained" and network.default_rules == rules
    assert network.class_names == load_network("mini-vgg").class_names
    assert len(network.notes) == batch_norms
    scenes = [draw_scene(4000 + i) for i in range(40)]
    output = network(network.preprocess(np.stack([scene.image for scene in scenes])))
    assert np.sum(output.argmax(-1) == [scene.label for scene in scenes]) >= 38
    again = load_network(name, "random", seed=3)
    assert again.weights == "random" and again.notes == network.notes


def test_a_mini_sibling_refuses_the_others_weights():
    vgg = registry.OFFERS["mini-vgg"].file
    with pytest.raises(ValueError, match=r"^mini_vgg\.npz does not hold .* mini-resnet\.$"):
        load_network("mini-resnet", vgg)


def test_mobilenet_from_a_file(networks_folder):
    network = load_network("mobilenetv2", networks_folder / "mobilenet_v2_1.0_224_legacy.h5")
    assert network.weights == "file"
    assert len(network.notes) == 52
    assert network.default_rules == registry.OFFERS["mobilenetv2"].rules
    assert network.preprocess(np.array([[[0, 255, 127]]], np.uint8)).ravel()[:2].tolist() == [-1, 1]


def test_mobilenet_refuses_a_file_that_does_not_fit(tmp_path):
    path = tmp_path / "other.h5"
    path.write_bytes(b"no weights")
    with pytest.raises(ValueError, match=r"^other\.h5 does not fit: .*MobileNetV2.*\.$"):
        load_network("mobilenetv2", path)


def test_torch_preprocessing_is_that_of_keras():
    from keras import applications

    pixels = picture(load_network("mini-vgg"))
    theirs = applications.densenet.preprocess_input(pixels.astype(np.float32))
    np.testing.assert_allclose(registry.OFFERS["densenet121"].preprocess(pixels), theirs, atol=1e-5)


# What the page asks before it loads anything


def test_what_is_on_the_disk_and_what_must_be_fetched(tmp_path):
    assert registry.on_disk("mini-vgg")
    assert registry.on_disk("vgg16", "random")
    assert not registry.on_disk("vgg16")
    assert not registry.on_disk("tiny-darknet")
    assert not registry.on_disk("vgg16", tmp_path / "nowhere.h5")
    assert [registry.download_size(name) for name in registry.NAMES] == [
        0,
        0,
        0,
        0,
        0,
        0,
        79_680,
        1_116_712,
        3_124_024,
        4_185_968,
        14_536_120,
        33_188_688,
        102_967_424,
        553_467_096,
        574_710_816,
    ]


def test_memory_needed_counts_tensorflow_until_it_is_here(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    names = ("mini-vgg", "mini-resnet", "tiny-darknet", "mobilenetv2", "vgg16", "vgg19")
    needs = [registry.memory_needed(name) for name in names]
    assert needs == sorted(needs)
    weights = (
        sum(
            layer.kernel.size
            for layer in architectures.vgg(architectures.VGG16)[1:]
            if hasattr(layer, "kernel")
        )
        * 4
    )
    assert needs[-2] > weights
    monkeypatch.delitem(sys.modules, "tensorflow")
    assert registry.memory_needed("mini-vgg") == needs[0] + registry.TENSORFLOW
