"""Where float32 is not exact enough, the page says so and offers float64."""

import numpy as np
import pytest

from lrp_widgets import explain, load_image, load_network
from lrp_widgets.session import Session
from lrp_widgets.widgets.dashboard.dashboard import Dashboard

EXPLODING = "network=mini-densenet&picture=heart&rules=gamma:1/4&explain=logit"


@pytest.fixture(scope="module")
def session():
    return Session()


@pytest.fixture
def make(session):
    def make(query):
        page = Dashboard(query, session)
        assert page.wait(120)
        return page

    return make


def is_offered(page):
    return page.controls["dtype"].layout.display is None


def test_float64_is_offered_where_the_numbers_grow_too_large(make):
    page = make(EXPLODING)
    [warning] = [note for note in page.stepper.notes if "float32" in note]
    assert "with dtype float64 they are exact" in warning
    assert is_offered(page)
    page.controls["dtype"].value = "float64"
    assert page.wait(120)
    e = page.stepper.explanation
    assert is_offered(page)  # to go back
    assert e.pixels.dtype == np.float64
    assert not any("float32" in note for note in page.stepper.notes)
    assert "&dtype=float64" in page.header.query
    assert 'dtype="float64"' in page.export_panel.code
    network = load_network("mini-densenet")
    image = load_image("heart", network)
    exact = explain(network, image, rules="gamma:1/4", start="logit", dtype="float64")
    np.testing.assert_array_equal(e.pixels, exact.pixels)


def test_steps_and_units_are_looked_at_in_float64_too(make):
    page = make(f"{EXPLODING}&dtype=float64")
    e = page.stepper.explanation
    layer = e.layers[-2].name
    index = np.unravel_index(np.abs(e[layer].relevance).argmax(), e[layer].shape)
    page.stepper.look(layer, tuple(map(int, index)))
    assert page.wait(60)
    assert page.stepper.unit["relevance"] == float(e[layer].relevance[index])
    shown = []
    page.stepper.compute_steps(e, layer, lambda found, window: shown.append(found))
    assert page.wait(60)
    [handed] = [term.values for term in shown[0].steps["R"].terms]
    assert handed.sum() == pytest.approx(e.layers[-3].total, rel=1e-9)


def test_float64_is_not_offered_where_float32_will_do(make):
    assert not is_offered(make("network=mini-densenet&picture=heart&explain=logit"))
