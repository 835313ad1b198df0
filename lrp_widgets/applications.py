"""Networks of keras.applications that branch: read from Keras's own models, and canonized.

VGG is written out in `architectures`, so that it needs no Keras; these have hundreds of layers, and
BatchNorm, whose folding is worth seeing.
"""

from .keras_reader import read


def layers(make, path=None):
    """(layers, notes) of `keras.applications.<make>` with the weights in the file `path`.

    Without a path the weights are Keras's own random ones. Raises ValueError, one sentence, for a
    file that does not fit.
    """
    import keras

    model = getattr(keras.applications, make)(weights=None)
    if path is not None:
        _fill(model, path, f"keras.applications.{make}")
    return read(model)


def sibling(name, path=None):
    """(layers, notes) of mini-resnet or mini-densenet with the weights in the file `path`."""
    from .mini import siblings

    model = siblings.build_keras(name, weights=False)
    if path is not None:
        siblings.set_weights(model, path)
    return read(model)


def _fill(model, path, what):
    try:
        model.load_weights(path)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise ValueError(
            f"{path.name} does not fit: it does not hold the weights of {what} with its 1000 "
            "classes; Network.from_keras reads models of other architectures."
        ) from error
