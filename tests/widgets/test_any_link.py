"""Whatever an address says, the page is built, answers, and says what it left out."""

from dataclasses import fields
from urllib.parse import urlencode

import pytest
from fake_explaining import FakeNetwork, Recorder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrp_widgets import explain, load_image, load_network
from lrp_widgets.lrp.composites import COMPOSITES, choose
from lrp_widgets.lrp.rules import Gamma
from lrp_widgets.session import Session
from lrp_widgets.widgets.dashboard.dashboard import Dashboard
from lrp_widgets.widgets.settings.url_state import State

RULES = (
    "gamma:1/2",
    "own,conv:gamma:1/2",
    "own,conv:gamma:1/0",
    "own,conv:gamma:0/0",
    "own,conv:gamma:-1/2",
    "own,conv:gamma:1/2/3",
    "own,conv:gamma:1e999",
    "own,conv:gamma:1e-400",
    "own,conv:gamma:inf",
    "own,conv:gamma:" + "9" * 5000,
    "own,conv:alpha-beta:2/3",
    "own,conv:alpha-beta:4/3",
    "own,conv:epsilon:1/3",
    "own,conv:z-box:1|2:3",
    "own,conv:z-box:1/2:3/4",
    "own,conv:",
    "own,:gamma",
    "own,,",
    ",",
    "own,conv:winner-take-all",
    "own,input layer:ones:1",
    "own,conv;gamma:1/2",
    "own" + ",conv:flat" * 500,
)
TEXTS = (
    "",
    " ",
    "0",
    "-1",
    "1",
    "1.5",
    "1/2",
    "1/0",
    "1e999",
    "nan",
    "inf",
    "9" * 30,
    "9" * 5000,
    "true",
    "None",
    "a",
    "a,b",
    "a:b",
    "a:1,2",
    "conv:0,0,0",
    "conv:" + "9" * 9,
    "input:0,0",
    "input:9,9",
    "predictions:0",
    "seed:1/2",
    "rules:own;conv:gamma:1/2,seed:1",
    "rules:gamma:1/2",
    "seed:" + "9" * 5000,
    "target:" + "9" * 5000,
    "network:vgg16,picture:none",
    "\0",
    "two\nlines",
    "\ud800",
    "<script>",
    "½",
    "١",
    "x" * 100_000,
)


@pytest.fixture(scope="module")
def recorder():
    return Recorder().session()


@pytest.fixture(scope="module")
def session():
    return Session()


def _build(query, session):
    page = Dashboard(query, session)
    assert page.wait(60)
    page.header.query.encode()
    for sentence in [*page.stepper.notes, page.stepper.error, *page._address_notes]:
        assert sentence.isprintable() and sentence.encode() is not None
        assert len(sentence) < 700
        assert "went wrong" not in sentence  # what nobody expected is told so
    assert page.stepper.layers and not page.stepper.stale
    return page


SETTINGS = sorted({field.name for field in fields(State)} - {"unit"})


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SETTINGS)
def test_the_page_is_built_whatever_one_setting_says(name, every, recorder):
    texts = (*TEXTS, *RULES) if name == "b" else TEXTS
    # Each setting begins elsewhere, so that together they meet all; rules always meet theirs.
    chosen = texts[SETTINGS.index(name) % every :: every]
    for text in (*chosen, *RULES) if name == "rules" else chosen:
        query = f"network=mini-vgg&{urlencode({name: text}, errors='surrogatepass')}"
        _build(query, recorder).close()


PLACES = ("block1_conv1:0,0,0", "fc1:0", "fc1:999999999", "input:63,63")


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["layer", "unit", "channel", "step"])
def test_a_real_network_has_an_answer_to_every_place(name, every, session):
    for text in (*TEXTS[len(name) % every :: every], *PLACES):
        query = f"network=mini-vgg&{urlencode({name: text}, errors='surrogatepass')}"
        _build(query, session).close()


@pytest.mark.parametrize("query", ["?", "&&=&", "%", "%ff=%ff", "a\ud800=b", "b=\udcff", "=" * 999])
def test_the_page_is_built_whatever_the_address_is(query, recorder):
    _build(f"network=mini-vgg&{query}", recorder)


# Units are examined in a real network alone.
names = st.sampled_from([field.name for field in fields(State) if field.name != "unit"])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pairs=st.lists(st.tuples(names, st.sampled_from(TEXTS + RULES)), max_size=6))
def test_the_page_is_built_whatever_several_settings_say(pairs, recorder):
    _build(urlencode(pairs, errors="surrogatepass"), recorder)


def test_a_fraction_in_a_link_is_the_number_it_stands_for(recorder):
    page = _build("network=mini-vgg&rules=own,conv:gamma:1/2", recorder)
    assert not page.stepper.notes or "rules" not in page.stepper.notes[0]
    changed = choose(FakeNetwork("mini-vgg"), page._request.rules).rows
    assert changed[-1] == ("conv", Gamma(0.5))
    assert COMPOSITES["z-plus"].rows == changed[:-1]


def test_a_rule_alone_is_the_rule_of_every_layer_as_explain_takes_it(session):
    page = _build("network=mini-vgg&picture=star&rules=gamma:1/2", session)
    assert page.header.query.endswith("rules=gamma:1%2F2")
    network = load_network("mini-vgg")
    e = explain(network, load_image("star", network), rules=Gamma(1 / 2))
    assert page.stepper.explanation.totals == e.totals


def test_what_divides_by_zero_is_told(recorder):
    page = _build("network=mini-vgg&rules=own,conv:gamma:1/0", recorder)
    [note] = page._address_notes or page.stepper.notes[:1]
    assert "'1/0' divides by zero" in note
    assert page._request.rules == "own"
