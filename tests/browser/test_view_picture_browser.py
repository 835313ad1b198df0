"""“This view” as a PNG file is the view: both panes, the step, the microscope."""

import numpy as np
import pytest
from PIL import Image
from views import open_view

pytestmark = pytest.mark.browser

SHARP = 2  # pixels of the file a pixel of the page


@pytest.fixture
def keep(lessons_url, new_page, tmp_path):
    """Open a view and download “This view”: (page, the file's name, its pixels)."""

    def kept(view, width=1280, height=720):
        page = new_page(width, height)
        open_view(page, lessons_url, view)
        page.evaluate(
            """() => {
              const write = XMLSerializer.prototype.serializeToString;
              XMLSerializer.prototype.serializeToString = function (sheet) {
                window.written = sheet.textContent;
                return write.call(this, sheet);
              };
            }"""
        )
        page.get_by_role("button", name="Download").click()
        with page.expect_download() as coming:
            page.get_by_role("menuitem", name="This view").click()
        path = tmp_path / "view.png"
        coming.value.save_as(path)
        assert page.problems == []
        pixels = np.asarray(Image.open(path).convert("RGB"), float)
        # Nothing runs out of the sheet: its margin is white.
        assert (pixels[:, -16:] == 255).all() and (pixels[-12:] == 255).all()
        return page, coming.value.suggested_filename, pixels

    return kept


def canvas(page, selector):
    """What a canvas shows, (rows, columns, 3)."""
    found = page.locator(f"{selector} >> visible=true").first.evaluate(
        """(one) => {
          const { width, height } = one;
          const { data } = one.getContext("2d").getImageData(0, 0, width, height);
          return { width, height, data: [...data] };
        }"""
    )
    shape = (found["height"], found["width"], 4)
    return np.array(found["data"], float).reshape(shape)[..., :3]


def shows(pixels, drawn):
    """Whether a map of cells stands somewhere in the picture: its strongest colours do."""
    colours = np.unique(drawn.reshape(-1, 3), axis=0)
    darkest = colours[colours.sum(-1).argsort()[:3]]
    flat = pixels.reshape(-1, 3)
    return all((np.abs(flat - colour).max(-1) <= 2).sum() >= 20 for colour in darkest)


def test_compare_with_both_panes_and_the_difference(keep):
    page, name, pixels = keep("compare")
    assert name == "lrp-star-mini-vgg-input.png"
    card = page.locator(".lrp-compare").bounding_box()
    assert abs(pixels.shape[1] - SHARP * (card["width"] + 32)) <= 4
    for k in range(3):
        drawn = canvas(page, f".lrp-pane:nth-child({k + 1}) .lrp-canvas")
        third = pixels.shape[1] // 3
        assert shows(pixels[:, k * third : (k + 1) * third], drawn)


def test_a_step_of_the_four_with_what_it_is_computed_from(keep):
    page, _, pixels = keep("steps")
    written = page.evaluate("() => window.written")
    assert "block1_pool, step z" in written
    assert "Measured of" not in written  # the measures are those of the layer's map
    half = pixels.shape[1] // 2
    assert shows(pixels[:, :half], canvas(page, ".lrp-map-column .lrp-canvas"))
    assert shows(pixels[:, half:], canvas(page, ".lrp-operand canvas"))


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_the_microscope_with_all_of_its_arithmetic(keep, width, height):
    page, name, pixels = keep("microscope", width, height)
    assert name == "lrp-star-mini-vgg-block1_pool.png"
    drawn = page.locator(".lrp-unit-right .lrp-unit-cell").first.evaluate(
        "(one) => getComputedStyle(one).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    assert (np.abs(pixels - drawn).max(-1) <= 2).sum() > 200
    # As high as the caption needs on a narrow sheet.
    ink = np.flatnonzero((pixels < 200).any((1, 2)))
    assert pixels.shape[0] - ink[-1] < 80
