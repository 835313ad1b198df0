"""x = 1 | pixel values: the colours, a picture that shows them, and their numbers."""

import numpy as np
import pytest

from lrp_widgets import explain, load_image, load_network
from lrp_widgets.widgets.compare.compare_words import by_channel
from lrp_widgets.widgets.dashboard.dashboard import Dashboard


def test_one_click_shows_colours_and_their_numbers():
    page = Dashboard("network=mini-vgg&picture=star&view=compare")
    assert page.wait(60)
    page.compare._answer(None, {"type": "preset", "name": "input"}, [])
    assert page.wait(60)
    assert page.controls["channels"].value == "rgb"
    assert page.controls["picture"].selected == "crescent"
    assert page.compare.widget.preset == "input"
    network = load_network("mini-vgg")
    image = load_image("crescent", network)
    words = next(p["words"] for p in page.compare.widget.presets if p["name"] == "input")
    shares = []
    for rule in ("ones", None):
        pixels = np.abs(explain(network, image, input_rule=rule).pixels)
        shares.append([100 * pixels[..., k].sum() / pixels.sum() for k in range(3)])
    for name, a, b in zip(("red", "green", "blue"), *shares, strict=True):
        assert f"{name} {a:.0f} → {b:.0f} %" in words
    assert shares[1][2] - shares[0][2] > 8  # the picture shows it
    assert "dark places" not in words
    assert "rank correlation 0.99" in words


@pytest.mark.parametrize("change", [{}, {"pooling": "max"}])
def test_nothing_is_said_of_other_differences(change):
    network = load_network("mini-vgg")
    image = load_image("crescent", network)
    assert by_channel(explain(network, image), explain(network, image, **change)) == ""
