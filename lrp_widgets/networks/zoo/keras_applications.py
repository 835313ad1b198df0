"""Networks that Keras builds: read from its models, and canonized.

VGG is written out in `architectures`, so that it needs no Keras; these branch, some have hundreds
of layers, and all have BatchNorm, whose folding is worth seeing.
"""

import errno
from functools import partial


def layers(make, path, stage):
    """(layers, notes) of `keras.applications.<make>` with the weights in the file `path`.

    Where `path` is None the weights are Keras's own random ones. `stage` is told what is going on
    (see `Stages`). Raises ValueError, one sentence, for a file that does not fit.
    """

    def build():
        import keras

        return getattr(keras.applications, make)(weights=None)

    return _read(make, build, partial(_fill, what=f"keras.applications.{make}"), path, stage)


def sibling(name, path, stage):
    """(layers, notes) of mini-resnet, mini-densenet or mini-vit; as `layers`."""
    from .mini import siblings

    build = partial(siblings.build_keras, name, weights=False)
    return _read(name, build, siblings.set_weights, path, stage)


def small(name, path, stage):
    """(layers, notes) of resnet8 or person; as `layers`."""
    from . import tiny_keras

    return _read(name, getattr(tiny_keras, name), partial(_fill, what=name), path, stage)


def _read(name, build, fill, path, stage):
    """Read the model that `build()` makes and `fill(model, path)` gives its weights."""
    stage("Loading Keras")
    from ..from_keras import read

    stage(f"Building {name}")
    model = build()
    if path is not None:
        stage(f"Reading the weights of {name}")
        fill(model, path)
    stage(f"Folding the BatchNorm layers of {name}")
    return read(model)


def _fill(model, path, what):
    try:
        model.load_weights(path)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise _misfit(path, what) from error
    except Exception as error:  # a damaged file makes Keras and HDF5 fail in many ways
        raise _misfit(path, what) from error


def _misfit(path, what):
    return ValueError(
        f"{path.name} does not fit: it does not hold the weights of {what} with all its "
        "classes; Network.from_keras reads models of other architectures."
    )
