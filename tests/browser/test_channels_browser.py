"""A layer's channels in a real browser: the list, the sign, and what a click asks for."""

import pytest
from small import picture, small_vgg
from stepper_pages import open_answered

from lrp_widgets import explain
from lrp_widgets.widgets.stepper.stepper import LayerStepper

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def network():
    return small_vgg(2)


@pytest.fixture
def show(new_page, tmp_path, network):
    """Open a stepper whose questions Python answers; following explains anew, as a page does."""

    def open_page(size=(1010, 690), through=None, **traits):
        image = picture(network)
        stepper = LayerStepper(explain(network, image, through=through), **traits)
        stepper.follows = True
        chosen = []
        stepper.follow = chosen.append

        page = open_answered(new_page(*size), tmp_path / "page.html", stepper)
        return page, stepper, chosen

    return open_page


def test_channels_are_listed_by_their_share_and_followed_by_a_click(show):
    page, stepper, chosen = show(current="conv2")
    page.get_by_role("button", name="channels", exact=True).click()
    rows = page.locator(".lrp-channel-list li")
    rows.first.wait_for()
    shares = stepper.explanation.channel_shares("conv2")
    order = [int(row.get_attribute("data-channel")) for row in rows.all()]
    assert order == sorted(range(4), key=lambda k: -shares[k])
    assert rows.first.locator("canvas").count() == 1
    assert "Σ of all 4 channels" in page.locator(".lrp-channel-whole").inner_text()
    rows.nth(1).locator(".lrp-channel-look").click()
    assert page.evaluate("() => model.get('channel')") == order[1]
    rows.first.get_by_role("button", name=f"follow only channel {order[0]}").click()
    page.wait_for_timeout(50)
    assert chosen == [{"conv2": [order[0]]}]
    assert page.locator(".lrp-following").is_hidden()


def test_the_sign_says_what_is_followed_and_a_click_shows_all(show):
    page, _, chosen = show(through={"conv2": [1]}, current="conv1", ranked=True)
    sign = page.locator(".lrp-following")
    assert "Only through channel 1 of conv2" in sign.inner_text()
    page.locator(".lrp-channel-follow").first.click()
    page.wait_for_timeout(50)
    assert list(chosen[0]) == ["conv2", "conv1"]  # what passes through both
    sign.get_by_role("button", name="show all").click()
    page.wait_for_timeout(50)
    assert chosen[1] == {}


def test_the_list_is_used_with_the_keyboard_and_fits_a_phone(show):
    page, _, chosen = show((390, 800), current="conv2", ranked=True)
    rows = page.locator(".lrp-channel-list li")
    rows.first.wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    rows.first.locator(".lrp-channel-follow").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(50)
    assert len(chosen) == 1
