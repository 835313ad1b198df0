"""The dashboard as a visitor meets it: Voilà or JupyterLab, a real kernel, a real browser."""

import shutil
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from dashboard_page import (
    NO_INTERNET,
    NOTEBOOK,
    PATIENCE,
    change,
    copied_link,
    spills,
    wait_for_result,
    wait_until_fresh,
)
from PIL import Image

pytestmark = pytest.mark.browser

MAP = 'document.querySelector(".lrp-map-column canvas[role=img]:not([hidden])").toDataURL()'


@pytest.fixture(scope="module")
def address(voila_server):
    """The dashboard on a machine that has fetched nothing and has no internet."""
    return voila_server(NOTEBOOK, **NO_INTERNET)


@pytest.fixture
def visit(address, page):
    """Open the dashboard at a query string and wait for its first result."""

    def go(query=""):
        page.goto(f"{address}?{query}")
        wait_for_result(page)
        return page

    return go


def map_pixels(page):
    return page.evaluate(f"() => {MAP}")


def control(page, name):
    return page.locator(f".lrp-control-{name}")


def message(page):
    """The sentence of the error line, waited for."""
    line = page.locator(".lrp-error-text")
    line.wait_for(timeout=PATIENCE)
    return line.inner_text()


# One visit


def test_a_first_visit(address, page):
    page.goto(address)
    control(page, "network").locator("select").wait_for(timeout=PATIENCE)
    wait_for_result(page)

    # A result without a click, on a page without scroll bars.
    assert page.locator(".lrp-picker-tile[aria-checked=true]").get_attribute("title") == (
        "star (scene)"
    )
    assert spills(page) == []

    # Everything has its name for a screen reader.
    for name in ("Network", "Explain", "Colours"):
        assert page.get_by_role("combobox", name=name, exact=True).count() == 1
    assert page.get_by_role("slider", name="Overlay").count() == 1
    pooling = page.get_by_role("group", name="Pooling")
    proportional = pooling.get_by_role("button", name="proportional")
    assert proportional.get_attribute("aria-pressed") == "true"
    assert "pooling layer shares" in proportional.get_attribute("aria-description")

    # Another pooling: the old result fades, maps and equation change.
    page.locator(".lrp-frame", has_text="block1").last.click()
    before = map_pixels(page)
    change(page, pooling.get_by_role("button", name="winner-take-all").click)
    assert map_pixels(page) != before
    assert proportional.get_attribute("aria-pressed") == "false"

    # Back again is at hand: the same map as before, at once.
    proportional.click()
    page.wait_for_function(f"(old) => {MAP} === old", arg=before, timeout=PATIENCE)

    # Random weights, by their seed.
    seed = control(page, "seed").locator("input")
    assert not seed.is_visible()
    change(page, page.get_by_role("button", name="random", exact=True).click)
    first = map_pixels(page)
    assert first != before

    def reseed():
        seed.fill("1")
        seed.press("Enter")

    change(page, reseed)
    assert map_pixels(page) != first
    assert page.locator(".lrp-stepper").get_by_text("Random weights: this network").is_visible()

    # The overlay is drawn in the browser.
    page.get_by_role("slider", name="Overlay").press("Home")
    page.wait_for_function("() => document.querySelector('.lrp-canvas').style.opacity === '0'")
    assert spills(page) == []
    assert page.problems == []


def test_uploads(visit, page, tmp_path):
    visit("layer=input")
    chooser = page.locator(".lrp-picker input[type=file]")

    # Large, and turned by its EXIF tag: red above blue as seen, red beside blue as stored.
    turned = tmp_path / "turned.jpg"
    picture = Image.new("RGB", (3000, 1500), (30, 30, 200))
    picture.paste((200, 30, 30), (0, 0, 1500, 1500))
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(turned, exif=exif)
    change(page, lambda: chooser.set_input_files(turned))
    own = page.locator(".lrp-picker-tile[data-name='']")
    assert own.get_attribute("aria-checked") == "true"
    top, bottom = page.locator(".lrp-looking canvas").first.evaluate(
        """canvas => [0.2, 0.8].map((y) => [...canvas.getContext("2d")
          .getImageData(canvas.width / 2, y * canvas.height, 1, 1).data])"""
    )
    assert top[0] > top[2] + 50
    assert bottom[2] > bottom[0] + 50
    assert page.get_by_text("Your picture cannot travel in a link.").is_visible()
    assert page.get_by_text("stays in memory, never on disk").is_visible()

    # Too large: answered before anything is sent.
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(50_000_001)
    chooser.set_input_files(large)
    refusal = page.locator(".lrp-picker-message")
    refusal.get_by_text("large.png has 50 MB; pictures of up to 50 MB are taken.").wait_for()

    # No picture by name, and no picture by content.
    (tmp_path / "notes.txt").write_text("not a picture")
    chooser.set_input_files(tmp_path / "notes.txt")
    refusal.get_by_text("notes.txt is not a picture that can be read").wait_for()
    (tmp_path / "notes.png").write_text("not a picture")
    chooser.set_input_files(tmp_path / "notes.png")
    assert "not a picture that can be read" in message(page)
    assert own.get_attribute("aria-checked") == "true"
    assert spills(page) == []
    assert page.problems == []


def test_a_link_opens_the_same_state_and_a_teacher_s_link_shows_less(visit, page, address):
    asked = (
        "picture=heart&network=mini-vgg&pooling=max&explain=contrast&target=heart&other=ring"
        "&layer=block2_pool&quantity=activation&channel=3&colours=PuOr_r&scale=min-max"
        "&overlay=0.5&hide=network,weights&lock=1"
    )
    visit(asked + "&pooling=sideways")
    assert page.locator(".lrp-name").inner_text() == "block2_pool"
    assert page.get_by_text("“sideways”").is_visible()

    # Hidden, locked, and still steppable.
    assert not control(page, "network").is_visible()
    assert not control(page, "weights").is_visible()
    assert control(page, "pooling").get_by_role("button", name="proportional").is_disabled()
    assert page.get_by_role("slider", name="Overlay").get_attribute("aria-disabled") == "true" or (
        control(page, "overlay").locator("[disabled]").count() > 0
    )
    page.locator(".lrp-stepper").press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.lrp-name').innerText !== 'block2_pool'")
    page.locator(".lrp-stepper").press("ArrowLeft")
    page.wait_for_function("() => document.querySelector('.lrp-name').innerText === 'block2_pool'")

    # The link back is the one we came by; the channel was left by stepping.
    copied_link(page)
    page.wait_for_function(  # the link follows by way of the kernel
        "() => document.querySelector('.lrp-header-link input').value.includes('=block2_pool')"
    )
    link = copied_link(page)
    assert link.startswith(address)
    expected = parse_qs(asked)
    del expected["channel"]
    assert parse_qs(urlsplit(link).query) == expected
    selected = page.evaluate("() => getSelection().toString() || document.activeElement.value")
    assert selected == link


def test_a_network_that_cannot_be_fetched(visit, page):
    visit("network=tiny-darknet&picture=cat")
    # A result without a click, and the question beside it.
    offer = page.locator(".lrp-offer")
    assert "tiny-darknet’s pretrained weights are not on this machine" in offer.inner_text()
    assert "4.2 MB" in offer.inner_text()
    offer.get_by_role("button", name="Fetch").click()
    sentence = message(page)
    assert "tiny-darknet" in sentence
    assert "no internet connection" in sentence
    assert (
        control(page, "network")
        .locator("select")
        .evaluate("list => list.selectedOptions[0].text")
        .startswith("mini-vgg")
    )

    # It goes on with what it has; a changed setting takes the sentence away.
    change(page, page.get_by_role("button", name="winner-take-all").click)
    assert not page.locator(".lrp-error").is_visible()

    control(page, "network").locator("select").select_option(label="tiny-darknet · ImageNet")
    offer.get_by_role("button", name="Use random weights").click()
    wait_until_fresh(page)
    page.get_by_text("Random weights: this network").wait_for(timeout=PATIENCE)
    assert page.locator(".lrp-frame").count() == 23
    assert spills(page) == []
    assert page.problems == []


def test_the_keyboard_alone(visit, page, address):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit("network=mini-vgg")
    stops = []
    for _ in range(40):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
              const one = document.activeElement;
              const names = ["header", "layer", "totals", "strip"];
              const part = one.closest(".lrp-control, " + names.map((n) => `.lrp-${n}`).join());
              const style = getComputedStyle(one);
              const ring = style.boxShadow !== "none" || style.outlineStyle !== "none";
              const name = part?.className.match(/lrp-(control-\\w+|header|layer|totals|strip)/);
              return name && [name[1], ring];
            }"""
        )
        if stop:
            stops.append(stop)
    parts = list(dict.fromkeys(part for part, _ in stops))
    assert (
        parts
        == [
            "header",
            "control-picture",
            "control-network",
            "control-weights",
            "control-pooling",
            "control-rules",
            "control-explain",
            "control-channels",
            "control-colours",
            "control-scale",
            "control-overlay",
            "layer",
            "totals",
            "strip",
        ][: len(parts)]
    )
    assert parts[-1] in ("layer", "totals", "strip")
    ours = ("header", "control")
    assert [part for part, ring in stops if part.startswith(ours) and not ring] == []

    # A picture by the arrow keys, a choice by the space bar, its explanation on focus.
    page.locator(".lrp-picker-tile[aria-checked=true]").focus()
    change(page, lambda: page.keyboard.press("ArrowRight"))
    assert page.evaluate("() => document.activeElement.title") == "cross (scene)"
    page.get_by_role("button", name="winner-take-all").focus()
    help_line = page.locator(".lrp-help")
    assert help_line.inner_text().startswith("How a pooling layer shares R out")
    change(page, lambda: page.keyboard.press("Space"))

    # The clipboard takes the link.
    page.get_by_role("button", name="Copy link").press("Enter")
    page.get_by_text("Link copied.").wait_for()
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert link == f"{address}?picture=cross&network=mini-vgg&pooling=max"


def test_the_cat_once_tiny_darknet_is_here(voila_server, networks_folder, new_page, tmp_path):
    shutil.copy(networks_folder / "tiny_darknet.weights", tmp_path)
    address = voila_server(NOTEBOOK, LRP_WIDGETS_CACHE=str(tmp_path), **NO_INTERNET)
    page = new_page(1920, 1080)
    page.goto(address)
    wait_for_result(page)
    assert page.locator(".lrp-picker-tile[aria-checked=true]").get_attribute("title") == (
        "cat (photograph)"
    )
    assert page.locator(".lrp-totals").get_by_text("Egyptian cat").is_visible()
    assert spills(page) == []

    # Another class, from the list sorted by probability, is compared with the top one.
    explain = control(page, "explain").locator("select")
    change(page, lambda: explain.select_option(label="one class: probability"))
    change(page, lambda: control(page, "target").locator("select").select_option(index=3))
    compared = page.locator(".lrp-stepping-view [data-measure=compared]")
    compared.get_by_text("with top class’s map").wait_for(timeout=PATIENCE)
    page.wait_for_function(
        "() => /0\\.9/.test(document.querySelector"
        "('.lrp-stepping-view [data-measure=compared] b').textContent)",
        timeout=PATIENCE,
    )
    assert "Egyptian cat" in compared.get_attribute("title")
    assert page.problems == []


def test_jupyterlab_shows_it_as_well(lab_server, new_page, tmp_path):
    (tmp_path / "notebooks").mkdir()
    shutil.copy(NOTEBOOK, tmp_path / "notebooks")
    address = lab_server(tmp_path)
    page = new_page(1680, 1000)
    page.goto(f"{address}lab/tree/notebooks/dashboard.ipynb")
    page.locator(".jp-Notebook .cm-content").first.click(timeout=PATIENCE)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=PATIENCE)
    page.keyboard.press("Control+Enter")
    wait_for_result(page)
    dashboard = page.locator(".lrp-dashboard")
    assert dashboard.bounding_box()["height"] == 720
    # The address and its history are JupyterLab's own.
    theirs, entries = page.url, page.evaluate("() => history.length")
    change(page, dashboard.get_by_role("button", name="winner-take-all").click)
    query = "picture=star&network=mini-vgg&pooling=max"
    assert copied_link(page) == f"{address}voila/render/notebooks/dashboard.ipynb?{query}"
    dashboard.get_by_role("button", name="Compare", exact=True).click()
    dashboard.locator(".lrp-compare").wait_for()
    assert (page.url, page.evaluate("() => history.length")) == (theirs, entries)
    assert not page.locator(".jp-OutputArea-output[data-mime-type*=stderr]").count()


def test_taking_it_home(visit, page, tmp_path):
    visit("picture=star&network=mini-vgg&layer=block2_conv2&overlay=0.6")
    button = page.get_by_role("button", name="Download")
    files = {}
    names = (
        "This view",
        "Waterfall",
        "Totals and ledger",
        "All numbers",
        "Backward pass",
        "A page",
    )
    for item in names:
        button.click()
        with page.expect_download(timeout=PATIENCE) as coming:
            page.get_by_role("menuitem", name=item).click()
        path = tmp_path / coming.value.suggested_filename
        coming.value.save_as(path)
        files[path.name] = path
    assert list(files) == [
        "lrp-star-mini-vgg-block2_conv2.png",
        "lrp-star-mini-vgg-waterfall.png",
        "lrp-star-mini-vgg-ledger.csv",
        "lrp-star-mini-vgg.npz",
        "lrp-star-mini-vgg-layers.gif",
        "lrp-star-mini-vgg.html",
    ]
    figure, waterfall, ledger, numbers, film, whole_page = files.values()
    assert Image.open(figure).width > 800 and Image.open(waterfall).width > 800
    with np.load(numbers) as arrays:
        layers, totals = arrays["layers"].tolist(), arrays["totals"].tolist()
    lines = ledger.read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == layers
    assert [float(line.split(",")[4]) for line in lines] == totals
    assert Image.open(film).n_frames == len(layers)
    assert "<h1>star: all classes (softmax)</h1>" in whole_page.read_text("utf-8")

    # By keyboard, where the clipboard refuses: the code is shown, and Escape goes back.
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    code = page.get_by_role("textbox", name="This state as Python").input_value()
    assert 'LayerStepper(e, current="block2_conv2", overlay=0.6)' in code
    assert spills(page) == []
    page.keyboard.press("Escape")
    assert button.evaluate("one => one === document.activeElement")
    assert page.get_by_role("menu").count() == 0
    assert page.problems == []
