"""From what a caller hands in to the batch that a network reads."""

import numpy as np


def network_input(network, image, dtype="float32"):
    """The network's input for `image`: (x (B, …), pictures uint8 (B, …) or None, single).

    uint8 goes through the network's preprocessing; a float array is taken as it is. Raises
    ValueError, in one sentence, where type, shape or values do not fit.
    """
    image = np.asarray(image)
    is_picture = image.dtype == np.uint8
    if not is_picture and not np.issubdtype(image.dtype, np.floating):
        raise ValueError(
            "An image is a uint8 array of pixels 0 to 255, or a float array that is the "
            f"network's input as it is; got an array of {image.dtype}."
        )
    single = image.ndim == len(network.input_shape)
    batch = image[None] if single else image
    if not _fits(batch.shape[1:], network.input_shape) or len(batch) == 0:
        raise ValueError(
            f"{network.name} takes {_words(network.input_shape)} or a batch of them; got "
            f"{_words(image.shape)}. load_image(source, network) makes a picture of the right size."
        )
    x = network.preprocess(batch) if is_picture else batch
    x = np.ascontiguousarray(x, dtype)
    if not np.isfinite(x).all():
        raise ValueError("The image holds NaN or infinity: every value must be a finite number.")
    return x, batch if is_picture else None, single


def _fits(shape, wanted):
    return len(shape) == len(wanted) and all(
        want in (None, have) and have > 0 for have, want in zip(shape, wanted, strict=True)
    )


def _words(shape):
    return "(" + ", ".join("any" if size is None else str(size) for size in shape) + ")"
