"""Reading Keras's files without Keras: every layout, written here by Keras or by hand."""

import zipfile

import h5py
import numpy as np
import pytest

from lrp_widgets import load_network
from lrp_widgets.networks.zoo import keras_weights, registry

SHAPES = {
    "block1_conv1": (3, 3, 3, 4),
    "block1_conv2": (3, 3, 4, 5),
    "fc1": (80, 6),
    "predictions": (6, 7),
}


def keras_model(rename=None, classes=7, bias=True, extra=False, seed=0):
    """A small VGG with random weights and random biases, under Keras's or other layer names."""
    import keras
    from keras import layers

    rename = rename or (lambda name: name)
    keras.utils.set_random_seed(seed)
    options = {"use_bias": bias, "bias_initializer": "random_normal"}
    x = picture = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", name=rename("block1_conv1"), **options)(x)
    if extra:
        x = layers.BatchNormalization(name="norm")(x)
    x = layers.Conv2D(5, 3, padding="same", name=rename("block1_conv2"), **options)(x)
    x = layers.Flatten()(layers.MaxPooling2D(2)(x))
    x = layers.Dense(6, "relu", name=rename("fc1"), **options)(x)
    x = layers.Dropout(0.5)(x)
    x = layers.Dense(classes, "softmax", name=rename("predictions"), **options)(x)
    return keras.Model(picture, x)


def weights_of(model):
    kinds = ("Conv2D", "Dense")
    layers = [layer for layer in model.layers if type(layer).__name__ in kinds]
    return [[np.asarray(tensor) for tensor in layer.get_weights()] for layer in layers]


def assert_reads(path, model):
    found = dict(keras_weights.read(path, SHAPES))
    assert list(found) == list(SHAPES)
    for (kernel, bias), (true_kernel, true_bias) in zip(
        found.values(), weights_of(model), strict=True
    ):
        np.testing.assert_array_equal(kernel, true_kernel)
        np.testing.assert_array_equal(bias, true_bias)
        assert kernel.dtype == bias.dtype == np.float32
        assert kernel.ctypes.data % 64 == 0


def write_as_published(path, model, names=SHAPES, pieces=False):
    """As keras.applications' files are: layer_names, and in each layer weights with odd names."""
    with h5py.File(path, "w") as file:
        everything = [b"input_1", *(name.encode() for name in names), b"flatten"]
        if pieces:
            file.attrs["layer_names0"], file.attrs["layer_names1"] = everything[:2], everything[2:]
        else:
            file.attrs["layer_names"] = everything
        for name in ("input_1", "flatten"):
            file.create_group(name).attrs["weight_names"] = np.array([], "S1")
        for name, (kernel, bias) in zip(names, weights_of(model), strict=True):
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}_W_1:0".encode(), f"{name}_b_1:0".encode()]
            group[f"{name}_W_1:0"], group[f"{name}_b_1:0"] = kernel, bias
    return path


@pytest.mark.parametrize("pieces", [False, True])
def test_the_layout_that_is_published(tmp_path, pieces):
    model = keras_model()
    assert_reads(write_as_published(tmp_path / "published.h5", model, pieces=pieces), model)


def test_the_published_layout_is_one_that_keras_reads(tmp_path):
    """So what write_as_published writes is the layout, not an idea of ours."""
    model, other = keras_model(), keras_model(seed=1)
    other.load_weights(write_as_published(tmp_path / "published.h5", model))
    for a, b in zip(weights_of(model), weights_of(other), strict=True):
        np.testing.assert_array_equal(a[0], b[0])


@pytest.mark.parametrize("ending", [".h5", ".weights.h5", ".keras"])
@pytest.mark.parametrize("compiled", [False, True])
def test_files_that_keras_writes(tmp_path, ending, compiled):
    model = keras_model()
    if compiled:
        model.compile("adam", "categorical_crossentropy", metrics=["accuracy", "auc"])
        model.fit(np.ones((2, 8, 8, 3)), np.eye(7)[:2], verbose=0)
    path = tmp_path / f"model{ending}"
    model.save_weights(path) if ending == ".weights.h5" else model.save(path)
    assert_reads(path, model)


@pytest.mark.parametrize("ending", [".h5", ".weights.h5", ".keras"])
def test_other_names_are_matched_by_order(tmp_path, ending):
    model = keras_model(rename=lambda name: None)
    path = tmp_path / f"model{ending}"
    model.save_weights(path) if ending == ".weights.h5" else model.save(path)
    assert_reads(path, model)


@pytest.mark.parametrize("ending", [".h5", ".weights.h5", ".keras"])
def test_a_model_within_a_model(tmp_path, ending):
    import keras

    inner = keras_model()
    model = keras.Sequential([keras.Input((8, 8, 3)), inner])
    path = tmp_path / f"model{ending}"
    model.save_weights(path) if ending == ".weights.h5" else model.save(path)
    assert_reads(path, inner)


def test_more_than_ten_layers_keep_their_order(tmp_path):
    """Keras 3 calls groups dense, dense_1, … dense_10, and a file lists them by the alphabet."""
    import keras

    model = keras.Sequential([keras.Input((3,)), *(keras.layers.Dense(3) for _ in range(12))])
    model.save_weights(tmp_path / "deep.weights.h5")
    found = dict(
        keras_weights.read(tmp_path / "deep.weights.h5", {f"d{i}": (3, 3) for i in range(12)})
    )
    for (kernel, _), (true, _) in zip(found.values(), weights_of(model), strict=True):
        np.testing.assert_array_equal(kernel, true)


def test_the_last_layer_may_have_other_classes(tmp_path):
    model = keras_model(classes=3)
    model.save(tmp_path / "tuned.keras")
    assert_reads(tmp_path / "tuned.keras", model)


def refusal(path, shapes=SHAPES):
    with pytest.raises(ValueError, match=r"\.$") as caught:
        list(keras_weights.read(path, shapes))
    return str(caught.value)


def test_another_shape_is_refused_with_both(tmp_path):
    keras_model().save_weights(tmp_path / "a.weights.h5")
    assert refusal(tmp_path / "a.weights.h5", SHAPES | {"fc1": (80, 8)}) == (
        "a.weights.h5 does not fit: the kernel of fc1 is 80×6 in the file and 80×8 in the network."
    )


def test_a_missing_layer_is_named(tmp_path):
    keras_model().save_weights(tmp_path / "a.weights.h5")
    assert refusal(tmp_path / "a.weights.h5", {"fc0": (3, 3)} | SHAPES).startswith(
        "a.weights.h5 does not fit: it has no weights for the network's layer fc0"
    )


def test_missing_biases_are_not_taken_for_zero(tmp_path):
    keras_model(bias=False).save(tmp_path / "a.keras")
    assert "block1_conv1 has a kernel and a bias in the network" in refusal(tmp_path / "a.keras")


@pytest.mark.parametrize("ending", [".h5", ".keras"])
def test_weights_that_the_network_has_no_layer_for_are_not_dropped(tmp_path, ending):
    keras_model(extra=True).save(tmp_path / f"a{ending}")
    assert "no layer for the weights of its layer norm" in refusal(tmp_path / f"a{ending}")


def test_numbers_that_are_none_are_refused(tmp_path):
    model = keras_model()
    model.get_layer("fc1").kernel.assign(np.full((80, 6), np.nan))
    model.save(tmp_path / "a.keras")
    assert refusal(tmp_path / "a.keras") == (
        "a.keras holds weights that are no finite numbers, in the kernel of layer fc1."
    )


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
@pytest.mark.parametrize("what", ["kernel", "bias"])
def test_the_layer_with_such_numbers_is_named(tmp_path, what, value):
    path = write_as_published(tmp_path / "a.h5", keras_model())
    with h5py.File(path, "r+") as file:
        name = f"block1_conv2_{'W' if what == 'kernel' else 'b'}_1:0"
        numbers = file["block1_conv2"][name][()].astype(np.float64)
        numbers.flat[[1, 3]] = value, -value  # which add up to nothing
        del file["block1_conv2"][name]
        file["block1_conv2"][name] = numbers
    assert refusal(path).endswith(f"no finite numbers, in the {what} of layer block1_conv2.")


@pytest.mark.parametrize("kind", ["int8", "uint8", "complex64", "bool"])
def test_what_are_no_floating_point_numbers_are_no_weights(tmp_path, kind):
    path = write_as_published(tmp_path / "a.h5", keras_model())
    with h5py.File(path, "r+") as file:
        numbers = file["fc1/fc1_W_1:0"][()].astype(kind)
        del file["fc1/fc1_W_1:0"]
        file["fc1/fc1_W_1:0"] = numbers
    assert f"weights of fc1 are no floating-point numbers, but {kind}" in refusal(path)


def a_soft_link_to_itself(file):
    file["model_weights"] = h5py.SoftLink("/model_weights")


def two_soft_links_to_each_other(file):
    file.attrs["layer_names"] = ["a"]
    file["a"], file["b"] = h5py.SoftLink("/b"), h5py.SoftLink("/a")


def an_external_link_to_itself(file):
    file["model_weights"] = h5py.ExternalLink("a.h5", "/model_weights")


def a_hard_link_to_the_group_above(file):
    file.attrs["layer_names"] = ["a"]
    group = file.create_group("a")
    group.attrs["weight_names"] = ["again"]
    group["again"] = group


def a_group_of_variables_within_itself(file):
    group = file.create_group("layers/conv/vars")
    group["0"] = group


def a_number_for_the_names(file):
    file.attrs["layer_names"] = 3


def a_variable_without_a_number(file):
    group = file.create_group("layers/conv/vars")
    group["0"], group["first"] = np.zeros((3, 3, 3, 4)), np.zeros(4)


def a_dangling_link(file):
    file.attrs["layer_names"] = ["a"]
    file["a"] = h5py.SoftLink("/nowhere")


ODD_FILES = [
    a_soft_link_to_itself,
    two_soft_links_to_each_other,
    an_external_link_to_itself,
    a_hard_link_to_the_group_above,
    a_group_of_variables_within_itself,
    a_number_for_the_names,
    a_variable_without_a_number,
    a_dangling_link,
]


@pytest.mark.parametrize("make", ODD_FILES, ids=lambda make: make.__name__)
def test_odd_files_are_refused_in_a_sentence(tmp_path, make):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        make(file)
    assert refusal(tmp_path / "a.h5").startswith(("a.h5 cannot be read", "a.h5 does not fit"))
    with zipfile.ZipFile(tmp_path / "a.keras", "w") as archive:
        archive.write(tmp_path / "a.h5", "model.weights.h5")
    assert refusal(tmp_path / "a.keras").startswith(("a.keras cannot be read", "a.keras does not"))


def test_a_hard_link_beside_the_weights_changes_nothing(tmp_path):
    model = keras_model()
    model.save_weights(tmp_path / "a.weights.h5")
    with h5py.File(tmp_path / "a.weights.h5", "r+") as file:
        file["layers/again"], file["around"] = file["layers"], file["/"]
    assert_reads(tmp_path / "a.weights.h5", model)


def test_more_than_the_memory_holds_is_refused_before_it_is_read(tmp_path):
    path = write_as_published(tmp_path / "a.h5", keras_model())
    with h5py.File(path, "r+") as file:
        for name, shape in (("W", (6, 10**12)), ("b", (10**12,))):
            del file[f"predictions/predictions_{name}_1:0"]
            file["predictions"].create_dataset(
                f"predictions_{name}_1:0", shape=shape, dtype="f4", chunks=True
            )
    assert "a.h5 needs about 24000.0 GB" in refusal(path)


def test_an_archive_that_unpacks_to_far_more_than_the_network_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", bytes(70 * 2**20))
    assert "unpacked it would be larger" in refusal(tmp_path / "a.keras")


def test_an_archive_that_is_none_is_no_weights_file_of_any_network(tmp_path):
    path = tmp_path / "a.keras"
    path.write_bytes(b"no zip")
    odd = tmp_path / "a.h5"
    with h5py.File(odd, "w") as file:
        a_hard_link_to_the_group_above(file)
    for name in registry.NAMES:
        if name in ("mini-vgg", "mini-resnet", "mobilenetv2"):
            for each in (path, odd):
                with pytest.raises(ValueError, match=rf"{each.name} (cannot be read|does not fit)"):
                    load_network(name, weights=each)


def test_an_npz_file_with_such_numbers_or_shapes_is_refused(tmp_path):
    network = load_network("mini-vgg")
    arrays = {}
    for layer in network.weighted:
        arrays |= {f"{layer.name}/kernel": layer.kernel, f"{layer.name}/bias": layer.bias}
    path = tmp_path / "a.npz"
    for wrong, words in (
        (np.full(16, np.nan, np.float32), "no finite numbers, in the bias of layer block1_conv1"),
        (np.zeros(3), "the bias of block1_conv1 has another shape"),
        (np.zeros(2**20), "does not hold the weights of mini-vgg"),
        (np.array(["text"] * 16, object), "does not hold the weights of mini-vgg"),
    ):
        np.savez_compressed(path, **arrays | {"block1_conv1/bias": wrong})
        with pytest.raises(ValueError, match=words):
            load_network("mini-vgg", weights=path)
    np.save(tmp_path / "b.npy", np.zeros(3))
    (tmp_path / "b.npy").rename(path)
    with pytest.raises(ValueError, match="does not hold the weights of mini-vgg"):
        load_network("mini-vgg", weights=path)


def test_files_of_other_kinds_and_damaged_ones_are_refused(tmp_path):
    unreadable = "cannot be read: it is damaged, or no .h5, .weights.h5 or .keras file."
    path = tmp_path / "a.h5"
    path.write_bytes(b"")
    assert refusal(path) == f"a.h5 {unreadable}"
    path.write_bytes(b"some text that is no HDF5" * 100)
    assert refusal(path) == f"a.h5 {unreadable}"

    keras_model().save_weights(tmp_path / "whole.weights.h5")
    whole = (tmp_path / "whole.weights.h5").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert refusal(path) == f"a.h5 {unreadable}"

    with zipfile.ZipFile(tmp_path / "a.keras", "w") as archive:
        archive.writestr("something.txt", "else")
    assert refusal(tmp_path / "a.keras") == f"a.keras {unreadable}"

    with h5py.File(tmp_path / "empty.h5", "w") as file:
        file["numbers"] = [1.0, 2.0]
    assert "no weights for the network's layer block1_conv1" in refusal(tmp_path / "empty.h5")
