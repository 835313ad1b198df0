"""LayerStepper in a real browser: what is drawn, where one can click, which keys do what."""

from dataclasses import replace

import numpy as np
import pytest
from stepper_pages import MINI_VGG, SMALL, VGG16, made_up, stop_clock, write_page

from lrp_widgets._support.colors import find_limits, to_rgb
from lrp_widgets.lrp.rules import PassReal, WinnerTakeAll, ZPlus
from lrp_widgets.widgets.stepper.stepper import LayerStepper

LAYERS = [layer[0] for layer in SMALL]


@pytest.fixture
def show(new_page, tmp_path):
    """Open a page with a stepper: ``page = show(explanation, **traits)``."""

    def open_page(explanation=None, size=(1060, 680), page_options=(), **traits):
        page = new_page(*size, **dict(page_options))
        page.goto(write_page(tmp_path / "stepper.html", explanation, **traits))
        page.wait_for_function("() => !!window.close_widget")
        return page

    return open_page


def name_of(page):
    return page.locator(".lrp-name").inner_text()


def pixels_of(page, selector=".lrp-canvas"):
    """What a canvas holds, (rows, columns, 4)."""
    rows, columns, values = page.evaluate(
        """(selector) => {
          const c = document.querySelector(selector);
          const data = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
          return [c.height, c.width, Array.from(data)];
        }""",
        selector,
    )
    return np.array(values, np.uint8).reshape(rows, columns, 4)


def set_trait(page, key, value):
    page.evaluate("([key, value]) => model.set(key, value)", [key, value])
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def value_shown(page):
    return float(page.locator(".lrp-readout-value b").get_attribute("data-value"))


def point_at(page, row, column, rows, columns):
    box = page.locator(".lrp-canvas").bounding_box()
    page.mouse.move(
        box["x"] + (column + 0.5) / columns * box["width"],
        box["y"] + (row + 0.5) / rows * box["height"],
    )


def summed(layer, quantity="relevance"):
    return getattr(layer, quantity).astype(np.float64).sum(axis=-1).astype(np.float32)


# What is drawn


@pytest.mark.parametrize("colormap", ["RdBu_r", "PuOr_r", "seismic"])
@pytest.mark.parametrize("scale", ["symmetric", "min-max"])
def test_the_map_has_the_colours_of_saved_figures(show, colormap, scale):
    e = made_up()
    page = show(e, current="block1_conv1", colormap=colormap, scale=scale)
    relevance = summed(e["block1_conv1"])
    drawn = pixels_of(page)
    assert drawn.shape == (12, 20, 4)
    expected = to_rgb(relevance, find_limits(relevance, scale), colormap)
    # NumPy and JavaScript round halves differently: at most one step of the colour table.
    np.testing.assert_allclose(drawn[..., :3].astype(int), expected.astype(int), atol=9)
    assert np.mean(np.any(drawn[..., :3] != expected, axis=-1)) < 0.02
    assert (drawn[..., 3] == 255).all()


def test_zero_is_white(show):
    e = made_up()
    e["block1_conv1"].relevance[3, 17] = 0
    assert (pixels_of(show(e, current="block1_conv1"))[3, 17] == 255).all()


def test_input_relevance_in_colours_has_mid_gray_zero(show):
    e = made_up()
    e["input"].relevance[3, 17] = 0
    page = show(e, current="input", view="rgb")
    expected = to_rgb(e.pixels, find_limits(e.pixels))
    drawn = pixels_of(page)[..., :3]
    np.testing.assert_allclose(drawn.astype(int), expected.astype(int), atol=1)
    assert (drawn[3, 17] == 128).all()
    assert "mid-gray" in page.locator(".lrp-scale-words").inner_text()


def test_the_limits_are_written_beside_the_colours(show):
    e = made_up()
    page = show(e, current="block1_conv1")
    limits = find_limits(summed(e["block1_conv1"]))
    high = page.locator(".lrp-scale-high").inner_text()
    assert high.startswith("+") and float(high) == pytest.approx(limits.high, rel=0.05)
    assert page.locator(".lrp-scale-low").inner_text() == "−" + high[1:]
    clipped = f"{100 * limits.clipped:.1f} % clipped"
    assert clipped in page.locator(".lrp-scale-words").inner_text()


def test_a_common_scale_is_the_same_for_all_layers(show):
    e = made_up()
    page = show(e, current="block1_conv1")
    alone = page.locator(".lrp-scale-high").inner_text()
    page.get_by_role("button", name="common").click()
    page.wait_for_function("() => model.get('limits') === 'common'")
    maps = [
        summed(layer).ravel() if layer.relevance.ndim == 3 else layer.relevance
        for layer in e.layers
    ]
    common = find_limits(np.concatenate(maps)).high
    for name in ("block1_conv1", "input", "fc1"):
        set_trait(page, "current", name)
        high = page.locator(".lrp-scale-high").inner_text()
        assert float(high) == pytest.approx(common, rel=0.05)
    assert high != alone


def test_activations_are_drawn_in_gray_not_in_the_colours_of_relevance(show):
    e = made_up()
    page = show(e, current="block1_conv1")
    before = pixels_of(page)
    page.get_by_role("button", name="activation").click()
    after = pixels_of(page)[..., :3].astype(int)
    assert (before[..., :3] != after).any()
    assert (after.max(axis=-1) - after.min(axis=-1)).max() < 25
    activation = summed(e["block1_conv1"], "activation")
    darkest = np.unravel_index(after.sum(axis=-1).argmin(), (12, 20))
    assert activation[darkest] >= np.percentile(activation, 99)
    page.keyboard.press("Escape")
    assert value_shown(page) == pytest.approx(activation.max())


def test_a_vector_is_wrapped_row_by_row(show):
    e = made_up()
    page = show(e, current="fc1")
    point_at(page, 2, 4, 5, 6)
    assert page.locator(".lrp-readout-place").inner_text() == "unit 16"
    assert value_shown(page) == pytest.approx(float(e["fc1"].relevance[16]))
    assert "rows of 6" in page.locator(".lrp-readout").inner_text()


def test_few_classes_are_bars_with_their_names(show):
    e = made_up()
    page = show(e)
    point_at(page, 5, 0, 8, 1)
    assert page.locator(".lrp-readout-place").inner_text() == "unit 5 · ring"
    assert value_shown(page) == pytest.approx(float(e["predictions"].relevance[5]))


def test_a_thousand_classes_are_named_under_the_pointer(show):
    names = [f"kind {k}" for k in range(1000)]
    e = made_up([*SMALL[:-1], ("predictions", "dense", "dense", None, (1000,))], names)
    page = show(e)
    assert pixels_of(page).shape == (25, 40, 4)
    point_at(page, 7, 3, 25, 40)
    assert page.locator(".lrp-readout-place").inner_text() == "unit 283 · kind 283"


def test_relevance_lies_over_the_gray_picture(show):
    e = made_up()
    page = show(e, current="block1_conv1")
    assert page.locator(".lrp-under").is_hidden()
    set_trait(page, "overlay", 0.4)
    assert page.locator(".lrp-under").is_visible()
    assert page.locator(".lrp-canvas").evaluate("c => c.style.opacity") == "0.4"
    np.testing.assert_array_equal(pixels_of(page, ".lrp-under")[..., :3], e.picture)


def test_the_canvas_says_in_words_what_it_shows(show):
    e = made_up()
    page = show(e, current="block1_conv1")
    relevance = summed(e["block1_conv1"])
    row, column = np.unravel_index(np.abs(relevance).argmax(), relevance.shape)
    label = page.locator(".lrp-canvas").get_attribute("aria-label")
    assert label.startswith("Relevance of block1_conv1, total ")
    assert label.endswith(f"strongest at row {row}, column {column}")


def test_the_share_of_the_start_and_the_rule_are_told(show):
    e = made_up(signs=False)
    e.layers[1] = replace(e.layers[1], total=0.982 * e.start_total)
    page = show(e, current="block1_conv1")
    assert page.locator(".lrp-arrived").inner_text() == "98.2 % of the initial R arrived here"
    assert page.locator(".lrp-kind").inner_text() == "convolution 3×3 · 12×20×4"
    assert page.locator(".lrp-equation math").locator("visible=true").count() == 1
    assert page.locator(".lrp-equation .lrp-current mfrac").count() == 1
    set_trait(page, "current", "input")
    assert page.locator(".lrp-equation math").locator("visible=true").count() == 0
    assert "The picture itself" in page.locator(".lrp-side").inner_text()


def test_the_networks_word_stands_beside(show):
    e = made_up()
    page = show(e)
    rows = page.locator(".lrp-predictions li").all_inner_texts()
    assert len(rows) == 4
    for row, (name, probability) in zip(rows, e.prediction, strict=False):
        assert row.split("\n")[0] == name
        assert row.split("\n")[-1] == f"{probability:.2f}"


# Ways to step


def test_keys_step_through_the_layers(show):
    page = show(made_up())
    page.locator(".lrp-slider").focus()
    visited = [name_of(page)]
    before = pixels_of(page)
    keys = ["ArrowRight", "PageDown", "]", "ArrowLeft", "[", "PageUp", "End", "ArrowRight", "Home"]
    for key in keys:
        page.keyboard.press(key)
        visited.append(name_of(page))
    expected = ["predictions", "fc1", "flatten", "block1_pool", "flatten", "fc1", "predictions"]
    assert visited == [*expected, "input", "input", "predictions"]
    assert (pixels_of(page) == before).all()
    page.keyboard.press("End")
    assert pixels_of(page).shape == (12, 20, 4)


def test_buttons_slider_bars_and_strip_go_there(show):
    page = show(made_up())
    page.get_by_role("button", name="next layer").click()
    assert name_of(page) == "fc1"
    page.get_by_role("button", name="previous layer").click()
    assert name_of(page) == "predictions"
    assert page.get_by_role("button", name="previous layer").is_disabled()
    page.locator(".lrp-slider").fill("4")
    assert name_of(page) == LAYERS[-1 - 4]
    assert page.locator(".lrp-place").inner_text() == "layer 5 of 6, output → input"
    page.locator(".lrp-bar[data-layer=block1_pool]").click()
    assert name_of(page) == "block1_pool"
    page.locator(".lrp-frame[data-layer=input]").click()
    assert name_of(page) == "input"
    for part in (".lrp-bar", ".lrp-frame"):
        current = page.locator(f"{part}[aria-current]")
        assert current.count() == 1 and current.get_attribute("data-layer") == "input"
    assert page.evaluate("model.get('current')") == "input"


def test_arrows_in_strip_and_bars_follow_the_screen(show):
    page = show(made_up())
    assert page.locator(".lrp-bar").first.get_attribute("data-layer") == "predictions"
    assert page.locator(".lrp-frame").first.get_attribute("data-layer") == "input"
    page.locator(".lrp-frame[data-layer=fc1]").click()
    page.keyboard.press("ArrowLeft")
    assert name_of(page) == "flatten"
    focused = "document.activeElement.dataset.layer"
    assert page.evaluate(focused) == "flatten"
    page.locator(".lrp-bar[data-layer=fc1]").click()
    page.keyboard.press("ArrowDown")
    assert name_of(page) == page.evaluate(focused) == "flatten"


def test_play_walks_to_the_input_and_stops(show):
    page = show(made_up())
    stop_clock(page)
    play = page.locator(".lrp-play")
    play.click()
    assert play.inner_text() == "pause"
    page.clock.run_for(1000)
    assert name_of(page) == "fc1"
    page.clock.run_for(10_000)
    assert name_of(page) == "input"
    assert play.inner_text() == "play"
    page.locator(".lrp-canvas").focus()
    page.keyboard.press("Space")
    assert name_of(page) == "predictions"
    page.keyboard.press("Space")
    page.clock.run_for(5000)
    assert name_of(page) == "predictions"


def test_those_who_want_no_motion_get_none(show):
    page = show(page_options={"reduced_motion": "reduce"}, status="Loading TensorFlow…")
    bar = page.locator(".lrp-progress i")
    assert bar.evaluate("(bar) => getComputedStyle(bar).animationName") == "none"
    calm = show(made_up(), page_options={"reduced_motion": "reduce"})
    stop_clock(calm)
    calm.locator(".lrp-play").click()
    calm.clock.run_for(1000)
    assert name_of(calm) == "predictions"
    calm.clock.run_for(1000)
    assert name_of(calm) == "fc1"


def test_typing_a_channel_does_not_step(show):
    page = show(made_up(), current="block1_conv1")
    page.locator(".lrp-number").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    assert name_of(page) == "block1_conv1"


# The value under the pointer


@pytest.mark.parametrize(("row", "column"), [(0, 0), (0, 19), (11, 0), (11, 19), (3, 14), (7, 5)])
def test_the_number_is_the_arrays(show, row, column):
    e = made_up()
    page = show(e, current="block1_conv1")
    point_at(page, row, column, 12, 20)
    place = page.locator(".lrp-readout-place").inner_text()
    assert place == f"row {row}, column {column}"
    value = float(summed(e["block1_conv1"])[row, column])
    assert value_shown(page) == pytest.approx(value)
    assert page.locator(".lrp-readout-value b").inner_text()[0] == ("+" if value > 0 else "−")


SIGNAL = [
    ("input", "input", "the signal", None, (200, 1)),
    ("filter", "convolution", "convolution 24 long", ZPlus(), (200, 4)),
    ("largest", "global max pooling", "global max pooling", WinnerTakeAll(), (4,)),
    ("out", "dense", "dense", ZPlus(), (2,)),
]


def test_a_signal_is_one_row_that_can_be_pointed_at(show):
    e = made_up(SIGNAL, picture=False)
    page = show(e, current="filter")
    assert pixels_of(page).shape == (1, 200, 4)
    box = page.locator(".lrp-canvas").bounding_box()
    assert box["width"] == pytest.approx(6 * box["height"], rel=0.05)  # no hair line
    for moment in (0, 77, 199):
        point_at(page, 0, moment, 1, 200)
        assert page.locator(".lrp-readout-place").inner_text() == f"moment {moment}"
        assert value_shown(page) == pytest.approx(float(summed(e["filter"])[moment]))


def test_a_volume_is_layer_below_layer(show):
    e = made_up([("input", "input", "the volume", None, (3, 4, 5, 2)), *SIGNAL[2:]], picture=False)
    page = show(e, current="input")
    assert pixels_of(page).shape == (12, 5, 4)
    point_at(page, 9, 3, 12, 5)
    assert page.locator(".lrp-readout-place").inner_text() == "layer 2, row 1, column 3"
    assert value_shown(page) == pytest.approx(float(summed(e["input"])[2, 1, 3]))


def test_the_numbers_of_three_colours(show):
    e = made_up()
    page = show(e, current="input", view="rgb")
    point_at(page, 4, 15, 12, 20)
    shown = page.locator(".lrp-readout-value b")
    values = [float(b.get_attribute("data-value")) for b in shown.all()]
    assert values == pytest.approx(e.pixels[4, 15].tolist())


def test_arrows_move_the_cell_and_escape_lets_go(show):
    e = made_up()
    page = show(e, current="block1_conv1")
    relevance = summed(e["block1_conv1"])
    point_at(page, 5, 9, 12, 20)
    page.mouse.down()
    page.mouse.up()
    page.mouse.move(1, 1)
    for key in ["ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "ArrowLeft"]:
        page.keyboard.press(key)
    assert page.locator(".lrp-readout-place").inner_text() == "row 6, column 8"
    assert value_shown(page) == pytest.approx(float(relevance[6, 8]))
    assert name_of(page) == "block1_conv1"
    page.keyboard.press("Escape")
    assert value_shown(page) == pytest.approx(float(relevance.flat[np.abs(relevance).argmax()]))


def test_a_pinned_place_stays_in_proportion(show):
    page = show(made_up(), current="block1_conv1")
    point_at(page, 10, 3, 12, 20)
    page.mouse.down()
    page.mouse.up()
    page.mouse.move(1, 1)
    page.keyboard.press("PageUp")
    assert name_of(page) == "block1_pool"
    assert page.locator(".lrp-readout-place").inner_text() == "row 5, column 1"
    mark = page.locator(".lrp-picture .lrp-cell").bounding_box()
    picture = page.locator(".lrp-picture canvas").bounding_box()
    middle = (mark["y"] + mark["height"] / 2 - picture["y"]) / picture["height"]
    assert middle == pytest.approx(5.5 / 6, abs=0.01)


def test_it_says_once_that_it_is_there(show):
    assert show(made_up()).evaluate("model.seen") == 1


# Channels


def test_a_channel_is_fetched_once_and_shown(show):
    e = made_up()
    page = show(e, current="block1_conv1")
    before = pixels_of(page)
    page.locator(".lrp-number").fill("2")
    page.wait_for_function("() => model.sent.length === 1")
    question = page.evaluate("model.sent[0]")
    assert question == {
        "type": "channel",
        "layer": "block1_conv1",
        "quantity": "relevance",
        "channel": 2,
        "version": 1,
    }
    assert "lrp-fetching" in page.locator(".lrp-canvas").get_attribute("class")
    assert (pixels_of(page) == before).all()
    channel = e["block1_conv1"].relevance[..., 2]
    page.evaluate(
        """([message, values]) => model.tell(
          "msg:custom", message, [new DataView(new Float32Array(values).buffer)])""",
        [question, channel.ravel().tolist()],
    )
    assert "lrp-fetching" not in page.locator(".lrp-canvas").get_attribute("class")
    point_at(page, 8, 13, 12, 20)
    page.mouse.down()
    page.mouse.up()
    assert value_shown(page) == pytest.approx(float(channel[8, 13]))
    assert (
        page.locator(".lrp-canvas")
        .get_attribute("aria-label")
        .startswith("Relevance of block1_conv1, channel 2")
    )
    page.get_by_role("button", name="summed").click()
    page.locator(".lrp-readout", has_text="summed over 4 channels").wait_for()
    assert value_shown(page) == pytest.approx(float(summed(e["block1_conv1"])[8, 13]))
    page.get_by_role("button", name="channel", exact=True).click()
    page.locator(".lrp-readout", has_text="channel 2 of 4").wait_for()
    assert value_shown(page) == pytest.approx(float(channel[8, 13]))
    assert page.evaluate("model.sent.filter((m) => m.type === 'channel').length") == 1


def test_stepping_shows_sums_again(show):
    page = show(made_up(), current="block1_conv1")
    page.locator(".lrp-chip").first.click()
    assert page.evaluate("model.get('channel')") >= 0
    page.locator(".lrp-frame[data-layer=block1_pool]").click()
    assert page.evaluate("model.get('channel')") == -1


def test_a_channel_that_is_not_there_is_not_asked_for(show):
    page = show(made_up(), current="block1_conv1")
    page.locator(".lrp-number").fill("4")
    page.locator(".lrp-number").fill("-1")
    assert page.evaluate("[model.get('channel'), model.sent.length]") == [-1, 0]


# Totals


def test_bars_are_as_long_as_the_totals_with_what_was_absorbed(show):
    absorbed = {"fc1": {"bias": 0.2, "dead": 0.1}}
    e = made_up(signs=False, absorbed=absorbed)
    assert e["fc1"].total == pytest.approx(1)
    page = show(e, current="fc1")
    bar = page.locator(".lrp-bar[data-layer=fc1]")
    track = bar.locator(".lrp-bar-track").bounding_box()["width"]
    for part, share in {"passed": 0.7, "bias": 0.2, "dead": 0.1}.items():
        width = bar.locator(f".lrp-bar-{part}").bounding_box()["width"]
        assert width == pytest.approx(share * track, abs=1)
    assert bar.locator(".lrp-bar-number").inner_text() == "1.000"
    assert "0.200 to the bias, 0.100 to dead units" in bar.get_attribute("title")
    numbers = page.locator(".lrp-legend b").all()
    legend = {number.get_attribute("data-absorbed"): number.inner_text() for number in numbers}
    assert legend == {"bias": "0.20", "stabilizer": "0", "dead": "0.10", "padding": "0"}
    page.locator(".lrp-bar[data-layer=flatten]").hover()
    assert "flatten received 1.000, handed on 1.000" in page.locator(".lrp-legend").inner_text()
    lost = page.locator(".lrp-absorbed")
    assert lost.inner_text() == (
        "100.0 % of the initial relevance reached the pixels. "
        "Lost: 20.0 % to the bias in fc1; 10.0 % to dead units in fc1."
    )
    page.locator(".lrp-bar[data-layer=flatten]").click()
    lost.get_by_role("button").first.click()
    assert page.locator(".lrp-name").inner_text() == "fc1"
    page.mouse.move(1, 1)
    assert "fc1 received 1.000, handed on 0.700" in page.locator(".lrp-legend").inner_text()


def test_a_padding_layer_says_what_it_does_not_hand_on(show):
    pad = ("pad", "padding", "padding", PassReal(), (14, 22, 3))
    e = made_up([SMALL[0], pad, *SMALL[1:]], signs=False, absorbed={"pad": {"padding": 0.25}})
    page = show(e, current="pad")
    part = page.locator(".lrp-equation-part")
    note = "for real values; what falls on the padding is absorbed"
    assert note in part.inner_text()
    bar = page.locator(".lrp-bar[data-layer=pad]")
    assert bar.locator(".lrp-bar-padding").is_visible()
    assert "0.250 to the padding" in bar.get_attribute("title")
    page.locator(".lrp-bar[data-layer=flatten]").click()
    assert note not in part.inner_text()


# What is going on


def test_status_error_and_notes_do_not_move_the_map(show):
    page = show(made_up(), current="block1_conv1")
    box = page.locator(".lrp-canvas").bounding_box()
    set_trait(page, "status", "Fetching VGG16: 120 of 553 MB")
    set_trait(page, "progress", 0.22)
    set_trait(page, "stale", True)
    set_trait(page, "cancellable", True)
    assert page.get_by_role("status").inner_text() == "Fetching VGG16: 120 of 553 MB"
    assert page.get_by_role("progressbar").get_attribute("aria-valuenow") == "22"
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('.lrp-see')).opacity === '0.4'"
    )
    assert page.locator(".lrp-canvas").bounding_box() == box
    page.get_by_role("button", name="cancel").click()
    assert page.evaluate("model.get('cancelled')") == 1

    set_trait(page, "status", "")
    set_trait(page, "error", "There is no internet connection, so VGG16 cannot be fetched.")
    assert "no internet" in page.get_by_role("alert").inner_text()
    assert page.locator(".lrp-canvas").bounding_box() == box
    page.get_by_role("button", name="Dismiss").click()
    assert page.evaluate("model.get('error')") == ""
    assert page.get_by_role("alert").is_hidden()

    set_trait(page, "notes", ["The rank correlation is 0.97."])
    assert page.locator(".lrp-notes").inner_text() == "The rank correlation is 0.97."


def test_words_from_elsewhere_are_shown_as_words(show):
    wicked = "<img src=x onerror='window.broken=1'>"
    names = [wicked, *"abcdefg"]
    page = show(made_up(class_names=names), notes=[wicked], status=wicked)
    set_trait(page, "error", wicked)
    for part in (".lrp-error-text", ".lrp-notes"):
        assert page.locator(part).inner_text() == wicked
    assert page.evaluate("window.broken") is None


def test_before_the_first_result_the_page_says_what_it_waits_for(show):
    page = show(status="Loading TensorFlow…", progress=0.4)
    assert page.get_by_role("status").inner_text() == "Loading TensorFlow…"
    assert page.locator(".lrp-canvas").is_hidden()
    assert page.locator(".lrp-empty .lrp-card").count() == 3
    assert "Nothing is explained yet" in show().locator(".lrp-empty-words").inner_text()


def test_a_new_result_takes_the_place_of_the_old(show):
    page = show(made_up())
    other = made_up([SMALL[0], SMALL[1], SMALL[-1]], seed=5)
    sent = LayerStepper(other)
    page.evaluate(
        """([layers, summary, values]) => {
          model.set("relevance_maps", new DataView(new Float32Array(values).buffer));
          model.set("layers", layers);
          model.set("summary", summary);
        }""",
        [
            sent.layers,
            {**sent.summary, "version": 2},
            np.frombuffer(sent.relevance_maps, np.float32).tolist(),
        ],
    )
    assert page.locator(".lrp-frame").count() == page.locator(".lrp-bar").count() == 3
    page.locator(".lrp-frame[data-layer=block1_conv1]").click()
    point_at(page, 2, 18, 12, 20)
    assert value_shown(page) == pytest.approx(float(summed(other["block1_conv1"])[2, 18]))


def test_without_a_picture_its_place_is_empty(show):
    page = show(made_up(picture=False), current="block1_conv1", overlay=0.5)
    assert page.locator(".lrp-picture").is_hidden()
    assert page.locator(".lrp-under").is_hidden()


def test_closing_leaves_nothing_behind(show):
    page = show(made_up())
    page.evaluate("window.close_widget()")
    assert page.evaluate("model.listeners.length") == 0
    assert page.locator("#cell > *").count() == 0


# Room


DEEP = [SMALL[0], *((f"block{k}_conv1", *SMALL[1][1:]) for k in range(1, 39)), SMALL[-1]]

CLIPPED = """() => [...document.querySelectorAll(".lrp-stepper *")]
  .filter((node) => node.checkVisibility() && node.childNodes.length
    && [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())
    && !node.closest(".lrp-unseen") && !node.closest("math"))
  .filter((node) => {
    const { display, overflowY } = getComputedStyle(node);
    return node.scrollWidth > node.clientWidth + 1 && display !== "inline"
      || node.scrollHeight > node.clientHeight + 3 && overflowY === "hidden";
  })
  .map((node) => `${node.className}: ${node.textContent}`)"""

OUTSIDE = """() => {
  const frame = document.querySelector(".lrp-stepper").getBoundingClientRect();
  const scrolls = ".lrp-frames *, .lrp-bars *, .lrp-unseen";
  return [...document.querySelectorAll(".lrp-stepper *")]
    .filter((node) => node.checkVisibility() && !node.matches(scrolls) && !node.closest("math"))
    .filter((node) => {
      const card = (node.closest(".lrp-card") ?? node).getBoundingClientRect();
      const box = node.getBoundingClientRect();
      return box.width && (box.right > card.right + 1 || box.bottom > card.bottom + 1
        || box.right > frame.right + 1 || box.bottom > frame.bottom + 1);
    })
    .map((node) => `${node.tagName} ${node.className}`);
}"""


@pytest.mark.parametrize("layers", [MINI_VGG, VGG16, DEEP], ids=["mini-vgg", "vgg16", "40 layers"])
@pytest.mark.parametrize(
    ("width", "height"), [(968, 652), (1680, 970), (860, 640)], ids=["projector", "large", "cell"]
)
def test_everything_has_its_room(show, layers, width, height):
    page = show(made_up(layers), (width, height + 28), height=f"{height}px")
    for current in (layers[0][0], layers[4][0], layers[-1][0]):
        set_trait(page, "current", current)
        assert page.evaluate(CLIPPED) == []
        assert page.evaluate(OUTSIDE) == []
        root = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert root[0] <= root[1]
        for part in (".lrp-bar", ".lrp-frame"):
            assert in_view(page, f"{part}[aria-current]")
    assert page.problems == []


def in_view(page, selector):
    """Whether a button lies inside the list that scrolls it."""
    return page.locator(selector).evaluate(
        """(node) => new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
          const box = node.getBoundingClientRect(), list = node.parentNode.getBoundingClientRect();
          done(box.left >= list.left - 1 && box.right <= list.right + 1
            && box.top >= list.top - 1 && box.bottom <= list.bottom + 1);
        })))"""
    )


def test_cells_are_square(show):
    page = show(made_up(), current="block1_pool")
    box = page.locator(".lrp-canvas").bounding_box()
    assert box["width"] / 10 == pytest.approx(box["height"] / 6, rel=0.01)
