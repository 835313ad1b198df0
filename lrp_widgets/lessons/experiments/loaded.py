"""Networks, sample pictures and their explanations, each made once for whichever lesson asks."""

import threading
from functools import cache, lru_cache, wraps

_measuring = threading.RLock()


def once(function):
    """Keep what `function` returns; whoever asks meanwhile waits instead of measuring it too."""
    kept = cache(function)

    @wraps(function)
    def ask(*arguments, **named):
        with _measuring:
            return kept(*arguments, **named)

    return ask


@once
def network(name="mini-vgg"):
    """The network of that name, with its trained weights."""
    from ...networks.zoo.registry import load_network

    return load_network(name)


@cache
def image(picture="star", name="mini-vgg"):
    """A sample picture as the network of that name takes it."""
    from ...media.images import load_image

    return load_image(picture, network(name))


def explained(picture="star", name="mini-vgg", **settings):
    """The Explanation of a sample picture, by `explain`'s settings; the last eight are kept."""
    with _measuring:
        return _explained(picture, name, **settings)


@lru_cache(maxsize=8)
def _explained(picture, name, **settings):
    from ...lrp.explain import explain

    return explain(network(name), image(picture, name), **settings)
