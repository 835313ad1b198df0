"""Networks of keras.applications that branch: read from Keras's own models, and canonized.

VGG is written out in `architectures`, so that it needs no Keras; these have hundreds of layers, and
BatchNorm, whose folding is worth seeing.
"""


def _tell_nobody(text):
    pass


def layers(make, path=None, stage=_tell_nobody):
    """(layers, notes) of `keras.applications.<make>` with the weights in the file `path`.

    Without a path the weights are Keras's own random ones. `stage` is told what is going on (see
    `Stages`). Raises ValueError, one sentence, for a file that does not fit.
    """
    stage("Loading Keras")
    import keras

    from .keras_reader import read

    stage(f"Building {make}")
    model = getattr(keras.applications, make)(weights=None)
    if path is not None:
        stage(f"Reading the weights of {make}")
        _fill(model, path, f"keras.applications.{make}")
    stage(f"Folding the BatchNorm layers of {make}")
    return read(model)


def sibling(name, path=None, stage=_tell_nobody):
    """(layers, notes) of mini-resnet or mini-densenet; as `layers`."""
    stage("Loading Keras")
    from .keras_reader import read
    from .mini import siblings

    stage(f"Building {name}")
    model = siblings.build_keras(name, weights=False)
    if path is not None:
        stage(f"Reading the weights of {name}")
        siblings.set_weights(model, path)
    stage(f"Folding the BatchNorm layers of {name}")
    return read(model)


def _fill(model, path, what):
    try:
        model.load_weights(path)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise ValueError(
            f"{path.name} does not fit: it does not hold the weights of {what} with its 1000 "
            "classes; Network.from_keras reads models of other architectures."
        ) from error
