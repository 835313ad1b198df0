"""What several lessons' tests look at."""

import pytest

from lrp_widgets.media.images import load_image


@pytest.fixture(scope="module")
def star(network):
    """The scene "star" as mini-vgg takes it."""
    return load_image("star", network)
