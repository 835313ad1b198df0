"""Reading darknet's weights files: made here with known numbers, and the published one."""

import numpy as np
import pytest

from lrp_widgets.networks.zoo import architectures, darknet
from lrp_widgets.networks.zoo.keras_weights import read as read_keras

SHAPES = {"conv1": (3, 3, 2, 4), "conv2": (1, 1, 4, 5), "conv3": (3, 3, 5, 2)}
NORMALIZED = ["conv1", "conv2"]


def made_up(seed=0):
    """The float32 numbers of a file: {layer: {part: array}}, kernels as darknet has them."""
    random = np.random.default_rng(seed)
    layers = {}
    for name, (rows, columns, channels, filters) in SHAPES.items():
        parts = {"bias": random.normal(size=filters)}
        if name in NORMALIZED:
            parts["scale"] = random.normal(size=filters)
            parts["mean"] = random.normal(size=filters)
            parts["variance"] = random.uniform(1e-8, 2, filters)
        parts["kernel"] = random.normal(size=(filters, channels, rows, columns))
        layers[name] = {part: array.astype("<f4") for part, array in parts.items()}
    return layers


def write(path, layers, version=(0, 1, 0), seen_bytes=4):
    with path.open("wb") as file:
        file.write(np.array(version, "<i4").tobytes() + bytes(seen_bytes))
        for parts in layers.values():
            for array in parts.values():
                file.write(array.tobytes())
    return path


@pytest.mark.parametrize(
    ("version", "seen_bytes"), [((0, 1, 0), 4), ((0, 2, 0), 8), ((1, 0, 0), 8)]
)
def test_folding_gives_what_convolution_and_batch_norm_give(tmp_path, version, seen_bytes):
    layers = made_up()
    path = write(tmp_path / "net.weights", layers, version, seen_bytes)
    weights = darknet.read(path, SHAPES, NORMALIZED)
    random = np.random.default_rng(1)
    for name, (rows, columns, channels, filters) in SHAPES.items():
        kernel, bias = weights[name]
        assert kernel.shape == SHAPES[name]
        assert bias.shape == (filters,)
        assert kernel.dtype == bias.dtype == np.float64
        window = random.normal(size=(rows, columns, channels))
        parts = {part: array.astype(np.float64) for part, array in layers[name].items()}
        z = np.einsum("hwi,oihw->o", window, parts["kernel"])
        if name in NORMALIZED:
            # darknet: (x − mean) / (√variance + 1e-6)
            z = parts["scale"] * (z - parts["mean"]) / (np.sqrt(parts["variance"]) + 1e-6)
        folded = np.einsum("hwi,hwio->o", window, kernel) + bias
        np.testing.assert_allclose(folded, z + parts["bias"], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("more", [-1, +1])
def test_a_file_of_another_length_is_refused(tmp_path, more):
    path = write(tmp_path / "net.weights", made_up())
    data = path.read_bytes()
    path.write_bytes(data[:-4] if more < 0 else data + bytes(4))
    count = sum(array.size for parts in made_up().values() for array in parts.values())
    with pytest.raises(ValueError, match=r"net.weights does not fit") as caught:
        darknet.read(path, SHAPES, NORMALIZED)
    assert f"it holds {count + more} weights and the network has {count}." in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"short"])
def test_a_file_without_a_header_is_refused(tmp_path, data):
    path = tmp_path / "net.weights"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="does not fit: it holds 0 weights"):
        darknet.read(path, SHAPES, NORMALIZED)


def test_published_file_equals_an_independent_folding(networks_folder):
    shapes = {
        layer.name: layer.kernel.shape
        for layer in architectures.tiny_darknet()
        if hasattr(layer, "kernel")
    }
    *normalized, last = shapes
    ours = darknet.read(networks_folder / "tiny_darknet.weights", shapes, normalized)
    theirs = dict(read_keras(networks_folder / "tiny_darknet_folded.keras", shapes))
    for name in normalized:
        for a, b in zip(ours[name], theirs[name], strict=True):
            # ε inside the square root, or another ε, would show as 6e-6
            np.testing.assert_allclose(a, b, rtol=0, atol=3e-7 * np.abs(b).max())
    # there the classes are in Keras's order
    np.testing.assert_array_equal(np.sort(ours[last][1]), np.sort(theirs[last][1]))
