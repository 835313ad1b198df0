"""Network.from_file: models that Keras has saved, stale ones and hostile ones."""

import json
import zipfile

import numpy as np
import pytest

from lrp_widgets.app.cli import main
from lrp_widgets.networks.network import Network
from lrp_widgets.networks.zoo.registry import load_network


@pytest.fixture(scope="module")
def model():
    import keras
    from keras import layers

    keras.utils.set_random_seed(1)
    stack = [keras.Input((12, 12, 3)), layers.Conv2D(4, 3, activation="relu")]
    stack += [layers.DepthwiseConv2D(3), layers.Flatten(), layers.Dense(3, "softmax")]
    return keras.Sequential(stack, name="own")


def saved(model, path):
    model.save(path)
    return path


@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5")
@pytest.mark.parametrize("name", ["own.keras", "own.h5"])
def test_a_saved_model_is_what_it_was(model, tmp_path, name):
    path = saved(model, tmp_path / name)
    network = Network.from_file(path, class_names=["a", "b", "c"])
    x = np.random.default_rng(0).uniform(0, 1, (2, 12, 12, 3)).astype(np.float32)
    np.testing.assert_allclose(network(x), model(x), rtol=0, atol=1e-6)
    assert network.class_names == ["a", "b", "c"] and network.weights == "file"


def test_a_stale_option_of_keras_2_is_left_out(networks_folder):
    network = Network.from_file(networks_folder / "person_vww_96.h5")
    x = np.random.default_rng(0).uniform(0, 1, (2, 96, 96, 3)).astype(np.float32)
    offered = load_network("person", networks_folder / "person_vww_96.h5")
    np.testing.assert_allclose(network(x), offered(x), rtol=0, atol=1e-6)


def with_configuration(path, change):
    """The archive again, its configuration changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    configuration = json.loads(parts["config.json"])
    change(configuration)
    parts["config.json"] = json.dumps(configuration).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def a_layer(**changes):
    def change(configuration):
        configuration["config"]["layers"][1] |= changes

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (a_layer(class_name="Lambda"), "it has a Lambda layer, which may hold code"),
        (a_layer(module="os", class_name="system"), "it names system of os, and only layers of"),
        (a_layer(module="keras.utils", class_name="get_file"), "it names get_file of keras.utils"),
        (a_layer(module="builtins", class_name="eval"), "it names eval of builtins"),
    ],
)
def test_what_is_not_keras_own_is_refused_before_keras_sees_it(
    model, tmp_path, monkeypatch, change, said
):
    import keras

    path = with_configuration(saved(model, tmp_path / "own.keras"), change)
    monkeypatch.setattr(keras.models, "load_model", None)
    with pytest.raises(ValueError, match=f"^own.keras is not opened: {said}"):
        Network.from_file(path)


def test_a_lambda_in_an_h5_file_is_refused(tmp_path):
    import h5py

    path = tmp_path / "own.h5"
    layers = [{"class_name": "Lambda", "config": {"function": ["4wE=", None, None]}}]
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(
            {"class_name": "Sequential", "config": {"layers": layers}}
        )
    with pytest.raises(ValueError, match=r"^own\.h5 is not opened: it has a Lambda layer"):
        Network.from_file(path)


@pytest.mark.parametrize("name", ["bad.keras", "bad.h5"])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n" + bytes(100)])
def test_damaged_files_are_one_sentence(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=rf"^{name} cannot be read: it is damaged, or no \.keras"):
        Network.from_file(tmp_path / name)


def test_weights_alone_have_no_layers(model, tmp_path):
    path = tmp_path / "own.weights.h5"
    model.save_weights(path)
    with pytest.raises(ValueError, match="weights alone have no layers"):
        Network.from_file(path)


def test_a_configuration_that_keras_refuses_is_one_sentence(model, tmp_path):
    path = with_configuration(
        saved(model, tmp_path / "own.keras"), a_layer(class_name="NoSuchLayer")
    )
    with pytest.raises(ValueError, match=r"^Keras cannot read own\.keras: .*NoSuchLayer") as caught:
        Network.from_file(path)
    assert "\n" not in str(caught.value)


def test_other_paths(tmp_path):
    with pytest.raises(ValueError, match=r"^model\.onnx is no \.keras or \.h5 file\.$"):
        Network.from_file(tmp_path / "model.onnx")
    with pytest.raises(ValueError, match=r"^There is no file .*none\.keras\.$"):
        Network.from_file(tmp_path / "none.keras")


def test_the_command_line_opens_a_file_with_its_classes(model, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    saved(model, tmp_path / "own.keras")
    (tmp_path / "names.txt").write_text("apple\n\nfig\nplum\n")
    own = ["explain", "star", "--network", "own.keras"]
    assert main([*own, "--classes", "names.txt", "--preprocess", "unit", "--target", "fig"]) == 0
    assert "fig" in capsys.readouterr().out
    assert main([*own, "--classes", "none.txt"]) == 1
    assert main([*own, "--weights", "other.h5"]) == 2
    assert main(["explain", "star", "--network", "mini-vgg", "--classes", "names.txt"]) == 2
    said = capsys.readouterr().err
    assert "--classes and --preprocess are for a file" in said
    assert "own.keras has its own weights" in said
    (tmp_path / "two.txt").write_text("one\ntwo\n")
    assert main([*own, "--classes", "two.txt"]) == 1
    assert "puts out 3 classes, but 2 class names were given" in capsys.readouterr().err
