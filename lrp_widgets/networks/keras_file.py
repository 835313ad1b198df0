"""Opens a model that Keras has saved, without running anything that the file brings.

A `.keras` file is an archive with the model's configuration beside its weights; a whole-model `.h5`
of Keras 2 has the configuration as an attribute. Both are data but for a few classes, such as
Lambda, that hold code or call functions by name. What names anything but Keras's own parts is
refused before Keras sees it; Keras's own safe mode, which older versions do not apply to `.h5`, is
on as well.
"""

import json
import shutil
import tempfile
import zipfile
from pathlib import Path

SUFFIXES = (".keras", ".h5")

# Options that Keras 2 wrote, at their only value, and Keras 3 refuses: {class: {option: value}}.
STALE = {"DepthwiseConv2D": {"groups": 1}}

# Whose classes and functions a configuration may name, by the modules that Keras writes.
MODULES = ("layers", "models", "src", "dtype_policies", "initializers", "regularizers")
MODULES += ("constraints", "activations", "optimizers", "losses", "metrics")
REFUSED = ("Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer")

LARGEST_CONFIGURATION = 50 * 2**20  # bytes


def load_model(path):
    """Return the Keras model in a `.keras` or whole-model `.h5` file.

    Raises ValueError, one sentence, for a file that is damaged, holds weights alone, or names what
    is not Keras's own.
    """
    path = Path(path)
    try:
        text = _configuration(path)
        configuration = json.loads(text)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, RecursionError) as error:
        raise ValueError(
            f"{path.name} cannot be read: it is damaged, or no .keras or whole-model .h5 file; "
            "weights alone have no layers."
        ) from error
    _check(configuration, path.name)
    import keras

    with tempfile.TemporaryDirectory() as folder:
        if path.suffix == ".h5" and _drop_stale(configuration):
            path = _rewritten(path, configuration, Path(folder))
        try:
            return keras.models.load_model(path, compile=False, safe_mode=True)
        except Exception as error:  # a damaged file makes Keras and HDF5 fail in many ways
            first = str(error).strip().split("\n")[0][:200]
            raise ValueError(
                f"Keras cannot read {path.name}: {first or type(error).__name__}"
            ) from (error)


def _configuration(path):
    """The model's configuration as JSON text."""
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive, archive.open("config.json") as file:
            text = file.read(LARGEST_CONFIGURATION + 1)
    else:
        import h5py

        with h5py.File(path, "r") as file:
            text = file.attrs["model_config"]
    if not isinstance(text, str | bytes) or len(text) > LARGEST_CONFIGURATION:
        raise ValueError
    return text


def _check(part, file):
    """Raise ValueError where a part of a configuration names what is not Keras's own."""
    if isinstance(part, dict):
        name, module = part.get("class_name"), part.get("module")
        if name in REFUSED:
            raise ValueError(
                f"{file} is not opened: it has a {name} layer, which may hold code of its author's."
            )
        if isinstance(name, str) and isinstance(module, str) and not _is_keras(module):
            raise ValueError(
                f"{file} is not opened: it names {name} of {module}, and only layers of Keras "
                "itself are read."
            )
        part = part.values()
    if not isinstance(part, str) and hasattr(part, "__iter__"):
        for each in part:
            _check(each, file)


def _is_keras(module):
    root, *rest = module.split(".")
    return root == "keras" and (not rest or rest[0] in MODULES)


def _drop_stale(part):
    """Take stale options out of a configuration; return whether there were any."""
    found = False
    if isinstance(part, dict):
        options, stale = part.get("config"), STALE.get(str(part.get("class_name")), {})
        for option, value in stale.items():
            if isinstance(options, dict) and options.get(option) == value:
                del options[option]
                found = True
        part = part.values()
    if not isinstance(part, str) and hasattr(part, "__iter__"):
        for each in part:
            found |= _drop_stale(each)
    return found


def _rewritten(path, configuration, folder):
    """A copy of a whole-model .h5 with another configuration."""
    import h5py

    copy = folder / path.name
    shutil.copyfile(path, copy)
    with h5py.File(copy, "r+") as file:
        file.attrs["model_config"] = json.dumps(configuration)
    return copy
