"""The dashboard's "Live": it asks what the page asks, and hands frozen frames to the stepper."""

import pytest

ASIDE = ("picture", "scale", "overlay")


def hidden(page, name):
    return page.controls[name].layout.display == "none"


def test_it_is_drawn_when_it_is_first_looked_at(make):
    page = make()
    assert page.live.widget not in page._body.children and not page.live.widget.active
    page.header.view = "live"
    assert page.live.widget in page._body.children and page.live.widget.active
    assert page.stepper.layout.display == "none"
    assert all(hidden(page, name) for name in ASIDE)
    page.header.view = "step"
    assert not page.live.widget.active and page.live.widget.layout.display == "none"
    assert page.stepper.layout.display is None
    assert not any(hidden(page, name) for name in ASIDE)


def test_it_asks_what_the_controls_stand_at(make):
    page = make("view=live&weights=random&seed=4&pooling=max&explain=logit&target=1&channels=rgb")
    live = page.live.widget
    assert (live.weights, live.seed, live.pooling, live.view) == ("random", 4, "max", "rgb")
    assert (live.request.start, live.request.target) == ("logit", 1)
    asked = live.asked
    page.controls["explain"].value = "softmax"
    assert page.wait(30)
    assert live.request.start == "softmax" and live.asked > asked
    page.controls["colours"].value = "seismic"
    assert live.colormap == "seismic"


def test_what_is_hidden_stays_hidden(make):
    page = make("hide=overlay,pooling")
    page.header.view = "live"
    page.header.view = "step"
    assert hidden(page, "overlay") and hidden(page, "pooling") and not hidden(page, "picture")


def test_a_frozen_frame_becomes_the_picture_of_the_stepper(make):
    page = make("view=live")
    for frame in (b"a frame", b"the next frame"):
        page.header.view = "live"
        page.live.widget._receive(None, {"type": "open"}, [memoryview(frame)])
        assert page.wait(30)
        assert page.header.view == "step"
        assert page.controls["picture"].picture == frame == page._request.picture


@pytest.mark.parametrize("query", ["lock=1", "hide=picture"])
def test_a_page_whose_picture_is_fixed_opens_no_frames(make, query):
    assert make().live.widget.opens
    assert not make(f"view=live&{query}").live.widget.opens
