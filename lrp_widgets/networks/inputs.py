"""From what a caller hands in to the batch that a network reads."""

import numpy as np

from .._support.checks import shown
from .network import Network


def check_network(network):
    """Raise ValueError for what is no `Network`."""
    if not isinstance(network, Network):
        raise ValueError(
            f"network must be a Network, as load_network or Network.from_keras gives; got "
            f"{shown(network)}."
        )


def network_input(network, image, dtype="float32"):
    """The network's input for `image`: (x (B, …) in RGB, pictures uint8 (B, …) or None, single).

    uint8 goes through the network's preprocessing; a float array is taken as it is, in the order
    of channels that the network was trained with. Raises ValueError, in one sentence, where type,
    shape or values do not fit.
    """
    try:
        image = np.asarray(image)
    except ValueError:  # lists of different lengths
        raise ValueError(f"An image is one array of numbers; got {shown(image)}.") from None
    is_picture = image.dtype == np.uint8
    if not is_picture and not np.issubdtype(image.dtype, np.floating):
        raise ValueError(
            "An image is a uint8 array of pixels 0 to 255, or a float array that is the "
            f"network's input as it is; got {_kind(image)}."
        )
    single = image.ndim == len(network.input_shape)
    batch = image[None] if single else image
    if not _fits(batch.shape[1:], network.input_shape) or len(batch) == 0:
        raise ValueError(
            f"{network.name} takes {_words(network.input_shape)} or a batch of them; got "
            f"{_words(image.shape)}. load_image(source, network) makes a picture of the right size."
        )
    x = _preprocessed(network, batch) if is_picture else batch
    x = np.ascontiguousarray(network.in_rgb(x), dtype)
    if not np.isfinite(x).all():
        raise ValueError("The image holds NaN or infinity: every value must be a finite number.")
    return x, batch if is_picture else None, single


def _preprocessed(network, batch):
    """Pictures through the network's preprocessing, which may be anybody's function."""
    x = np.asarray(network.preprocess(batch))
    fits = x.shape[:1] == batch.shape[:1] and _fits(x.shape[1:], network.input_shape)
    if x.dtype.kind not in "fiu" or not fits:
        raise ValueError(
            f"The preprocessing of {network.name} must give {_words(network.input_shape)} for each "
            f"picture; it gave {_kind(x)} of shape {_words(x.shape)}."
        )
    return x


def _fits(shape, wanted):
    return len(shape) == len(wanted) and all(
        want in (None, have) and have > 0 for have, want in zip(shape, wanted, strict=True)
    )


def _kind(image):
    kinds = {"O": "objects", "U": "text", "S": "bytes"}
    return f"an array of {kinds.get(image.dtype.kind, image.dtype)}"


def _words(shape):
    return "(" + ", ".join("any" if size is None else str(size) for size in shape) + ")"
