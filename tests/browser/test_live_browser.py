"""The live view as a visitor meets it: a made-up camera, a real browser, and a real kernel."""

import nbformat
import numpy as np
import psutil
import pytest
from dashboard_page import PATIENCE
from fake_camera import GRANTED, REFUSED, WATCH, living_tracks, write_clip
from PIL import Image
from processes import kernels_below
from stepper_pages import write_widget

from lrp_widgets._support.paths import folder
from lrp_widgets.media.scenes import draw_scene
from lrp_widgets.widgets.live.live import Live

pytestmark = pytest.mark.browser

SCENE = draw_scene(3, "star")


@pytest.fixture(scope="module")
def camera_browser(launch_browser, tmp_path_factory):
    """A browser whose camera sees a drawn star, a little from the left at every second frame."""
    film = tmp_path_factory.mktemp("camera") / "scene.mjpeg"
    scene = np.asarray(Image.fromarray(SCENE.image).resize((480, 480), 0))
    wide = np.pad(scene, ((0, 0), (80, 80), (0, 0)), "edge")
    write_clip(film, [wide, np.roll(wide, 8, 1)] * 5, format="mjpeg")
    return launch_browser(*GRANTED, f"--use-file-for-fake-video-capture={film}")


@pytest.fixture
def alone(new_page, tmp_path):
    """A page with the widget alone, without a kernel behind it."""

    def go(of, script=""):
        page = new_page(of=of)
        page.add_init_script(WATCH + script)
        page.goto(write_widget(tmp_path / "live.html", Live("mini-vgg")))
        page.locator(".lrp-live").wait_for()
        return page

    return go


GLANCE = """(id) => model.tell("msg:custom", {
  type: "explained", id, rows: 4, columns: 4, colors: false, low: -1, high: 1, clipped: 0,
  seconds: 0.01, classes: [["star", 0.9], ["ring", 0.1]],
}, [new DataView(new Uint8Array(16).fill(255).buffer)])"""


def sent(page, kind="frame"):
    return [m["id"] for m in page.evaluate("model.sent") if m["type"] == kind]


def test_one_frame_is_in_flight_and_the_newest_follows(alone, camera_browser):
    page = alone(camera_browser)
    assert page.evaluate("window.tracks") == []  # the camera waits for a click
    page.click("text=Start camera")
    page.wait_for_function("() => model.sent.length === 1")
    shown = "document.querySelector('.lrp-live-preview video').currentTime"
    since = page.evaluate(shown)
    page.wait_for_function(f"() => {shown} > {since} + 0.5")  # frames come, and wait
    assert len(sent(page)) == 1
    page.evaluate(GLANCE, "of another view")
    assert len(sent(page)) == 1 and "data-empty" in page.locator(".lrp-live").evaluate(
        "(node) => node.getAttributeNames()"
    )
    page.evaluate(GLANCE, sent(page)[0])
    page.wait_for_function("() => model.sent.length === 2")
    # the strongest red, over the frame: strength 0.9
    red, green, blue, _ = page.evaluate(
        "[...document.querySelector('.lrp-live-canvas').getContext('2d')"
        ".getImageData(9, 9, 1, 1).data]"
    )
    assert red > 80 and green < 40 and blue < 60
    assert page.locator(".lrp-prediction-name").first.inner_text() == "star"
    # frozen: the answer to the one on its way is taken, and no other is sent
    page.click("text=Freeze")
    page.evaluate(GLANCE, sent(page)[1])
    since = page.evaluate(shown)
    page.wait_for_function(f"() => {shown} > {since} + 0.3")
    assert len(sent(page)) == 2
    # another setting asks for the same frame again
    page.evaluate("() => model.set('asked', 1)")
    page.wait_for_function("() => model.sent.length === 3")
    page.evaluate(GLANCE, sent(page)[2])
    page.click("text=Go on")
    page.wait_for_function("() => model.sent.length === 4")
    # what cannot be answered stops the asking, and says why, until something changes
    page.evaluate(
        "(id) => model.tell('msg:custom', { type: 'refused', id, sentence: 'Not so.' }, [])",
        sent(page)[3],
    )
    page.get_by_text("Not so.").wait_for()
    page.click("text=Stop camera")
    assert living_tracks(page) == 0
    assert page.problems == []


def test_quick_is_offered_where_the_kernel_says_that_its_hardware_can(alone, camera_browser):
    page = alone(camera_browser)
    page.click("text=Start camera")
    for number, kind in enumerate(("", "bfloat16", "")):
        page.wait_for_function(f"() => model.sent.length === {number + 1}")
        told = GLANCE.replace("seconds: 0.01", f'seconds: 0.01, quick_type: "{kind}"')
        page.evaluate(told, sent(page)[number])
        row = page.locator(".lrp-live-quick")
        row.wait_for(state="visible" if kind else "hidden")
        if kind:
            assert row.inner_text().split() == ["Quick", "bfloat16"]
            row.get_by_role("checkbox").check()
            assert page.evaluate("model.get('quick')") is True
    page.click("text=Stop camera")
    assert page.problems == []


def test_one_of_several_cameras_can_be_chosen(alone, launch_browser):
    several, granted = GRANTED
    page = alone(launch_browser(f"{several}=device-count=2", granted))
    choice = page.get_by_label("Camera", exact=True)
    assert not choice.is_visible()  # browsers do not tell before one is allowed
    page.click("text=Start camera")
    page.wait_for_function("() => model.sent.length === 1")
    choice.wait_for()
    first, second = choice.locator("option").evaluate_all("all => all.map(one => one.value)")
    assert choice.input_value() == first
    used = "(k) => window.tracks[k]?.getSettings().deviceId"
    for number in (1, 2):
        if number == 1:
            choice.select_option(second)
        else:  # it stays chosen
            page.click("text=Stop camera")
            assert living_tracks(page) == 0
            page.click("text=Start camera")
        page.wait_for_function(f"() => window.tracks.length === {number + 1}")
        assert page.evaluate(used, number) == second
        assert living_tracks(page) == 1
        assert choice.input_value() == second
    # it is pulled out, and another one is there
    page.click("text=Stop camera")
    page.evaluate("() => { %s }" % (REJECT % "OverconstrainedError"))
    page.click("text=Start camera")
    page.get_by_text("The camera that was chosen is not there any more").wait_for()
    assert page.problems == []


# Lets the page wait for its camera until `allow()` is called.
HOLD = """
const grant = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wish) => {
  await new Promise((done) => { window.allow = done; });
  return grant(wish);
};
"""


def test_a_camera_that_is_stopped_before_it_runs_stays_chosen_and_ends(alone, launch_browser):
    several, granted = GRANTED
    page = alone(launch_browser(f"{several}=device-count=2", granted))
    choice = page.get_by_label("Camera", exact=True)
    page.click("text=Start camera")
    choice.wait_for()
    _, second = choice.locator("option").evaluate_all("all => all.map(one => one.value)")
    page.click("text=Stop camera")
    page.evaluate(f"() => {{ {HOLD} }}")
    choice.select_option(second)
    page.click("text=Start camera")
    page.click("text=Stop camera")
    page.evaluate("allow()")
    page.wait_for_function("() => window.tracks.length === 2")
    page.wait_for_function("() => window.tracks.every((track) => track.readyState === 'ended')")
    # The list is written anew once the late permission came.
    page.wait_for_timeout(200)
    assert choice.input_value() == second
    page.click("text=Start camera")
    page.evaluate("allow()")
    page.wait_for_function("() => window.tracks.length === 3")
    assert page.evaluate("() => window.tracks[2].getSettings().deviceId") == second
    assert page.problems == []


def test_leaving_ends_the_camera(alone, camera_browser):
    page = alone(camera_browser)
    for leave in ("() => model.set('active', false)", "() => close_widget()"):
        page.evaluate("() => model.set('active', true)")
        page.click("text=Start camera")
        page.wait_for_function("() => document.querySelector('.lrp-live').matches('[data-camera]')")
        assert living_tracks(page) == 1
        page.evaluate(leave)
        assert living_tracks(page) == 0


def test_a_camera_that_is_unplugged_is_told(alone, camera_browser):
    page = alone(camera_browser)
    page.click("text=Start camera")
    page.wait_for_function("() => model.sent.length === 1")
    page.evaluate("() => window.tracks[0].dispatchEvent(new Event('ended'))")
    page.get_by_text("The camera was unplugged").wait_for()
    assert page.get_by_role("button", name="Start camera").is_enabled()
    page.get_by_role("button", name="Dismiss").click()
    assert (
        page.get_by_text("The camera was unplugged").count() == 0
        or not page.get_by_text("The camera was unplugged").is_visible()
    )
    page.click("text=Start camera")  # and the rest goes on
    page.wait_for_function("() => window.tracks.length === 2")


def test_a_refused_camera_is_told(alone, launch_browser):
    page = alone(launch_browser(*REFUSED))
    page.click("text=Start camera")
    page.get_by_text("The camera was not allowed").wait_for()
    assert page.get_by_role("button", name="Start camera").is_enabled()
    assert page.problems == []


REJECT = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '%s'));"


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (REJECT % "NotFoundError", "There is no camera on this computer"),
        (REJECT % "NotReadableError", "perhaps another program uses it"),
        (REJECT % "StrangeError", "could not be started (StrangeError)"),
        (
            "Object.defineProperty(navigator, 'mediaDevices', { value: undefined });",
            "only to pages opened by https or on localhost",
        ),
    ],
)
def test_what_is_wrong_with_a_camera_is_told_in_a_sentence(alone, browser, script, sentence):
    page = alone(browser, script)
    page.click("text=Start camera")
    text = page.locator(".lrp-error-text")
    page.wait_for_function("() => document.querySelector('.lrp-error-text').textContent")
    assert sentence in text.inner_text() and text.inner_text().count(".") == 1
    assert page.problems == []


# With a kernel


def test_alone_in_jupyterlab(new_page, camera_browser, lab_server, tmp_path):
    """The settings are the widget's own there, and its keys do not edit the notebook."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("from lrp_widgets.widgets import Live\nLive('mini-vgg')")],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, tmp_path / "live.ipynb")
    page = new_page(of=camera_browser)
    page.set_default_timeout(PATIENCE)
    page.add_init_script(WATCH + COUNT)
    page.goto(lab_server(tmp_path) + "lab/tree/live.ipynb")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=PATIENCE)
    page.locator(".jp-CodeCell .cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.locator(".lrp-live-start").wait_for(timeout=PATIENCE)
    cells = page.locator(".jp-Notebook .jp-CodeCell").count()
    page.locator(".lrp-live-start").focus()
    page.keyboard.press("Enter")
    wait_for_frames(page, 5)
    page.get_by_role("combobox", name="Channels").select_option("rgb")
    page.locator(".lrp-live").get_by_text("zero is mid-gray").wait_for(timeout=PATIENCE)
    page.get_by_role("combobox", name="Network").select_option("vgg19")
    page.get_by_text("`lrp-widgets fetch vgg19` fetches them").wait_for(timeout=PATIENCE)
    page.get_by_role("combobox", name="Network").select_option("mini-vgg")
    wait_for_frames(page, 5)  # and the rest goes on
    page.get_by_label("Strength of the relevance").press("ArrowLeft")
    assert page.locator(".lrp-live-strength-value").inner_text() == "0.85"
    page.locator(".lrp-live-start").press("Enter")
    assert living_tracks(page) == 0
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == cells
    assert page.problems == []


@pytest.fixture(scope="module")
def address(voila_server):
    nowhere = {f"{scheme}_proxy": "http://127.0.0.1:9" for scheme in ("http", "https", "all")}
    return voila_server(folder("notebooks") / "dashboard.ipynb", **nowhere)


@pytest.fixture
def visit(new_page, address, camera_browser):
    """The dashboard's live view with the camera running."""
    page = new_page(of=camera_browser, accept_downloads=True)
    page.set_default_timeout(PATIENCE)
    page.add_init_script(WATCH + COUNT)
    page.goto(f"{address}?view=live")
    page.locator(".lrp-live-start").click(timeout=PATIENCE)
    page.locator(".lrp-live:not([data-empty])").wait_for(timeout=PATIENCE)
    return page


# Counts what is drawn on the large canvas: one map a frame.
COUNT = """
window.frames_drawn = 0;
const draw = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function (...values) {
  if (this.canvas.className === "lrp-live-canvas" && this.globalAlpha < 1) window.frames_drawn += 1;
  draw.apply(this, values);
};
"""


def drawn(page):
    return page.evaluate("window.frames_drawn")


def wait_for_frames(page, count):
    goal = drawn(page) + count
    page.wait_for_function("(goal) => window.frames_drawn >= goal", arg=goal)


def test_a_visit(visit):
    """Frames, settings while it runs, files, and the stepper; one visit, since each is slow."""
    page = visit
    wait_for_frames(page, 10)
    assert page.locator(".lrp-prediction-name").first.inner_text() == SCENE.kind
    # What the number says is tested below, by a clock that no other work disturbs.
    page.wait_for_function(
        r"() => /^\d+(\.\d)?$/.test(document.querySelector('.lrp-live-rate').textContent)"
    )

    for setting in ("winner-take-all", "RGB"):
        page.get_by_role("button", name=setting, exact=True).click()
        wait_for_frames(page, 5)
    page.locator(".lrp-live").get_by_text("zero is mid-gray").wait_for()
    page.get_by_role("button", name="random", exact=True).click()
    page.wait_for_function(
        "(kind) => document.querySelector('.lrp-prediction-name').textContent !== kind"
        " || parseFloat(document.querySelector('.lrp-prediction-number').textContent) < 0.9",
        arg=SCENE.kind,
    )
    reason = page.locator(".lrp-live").get_by_text("random weights: the names mean nothing")
    reason.wait_for()
    page.get_by_role("button", name="pretrained", exact=True).click()
    reason.wait_for(state="hidden")
    wait_for_frames(page, 5)

    with page.expect_download() as picture:
        page.click("text=Snapshot")
    with Image.open(picture.value.path()) as png:
        assert png.size == (480, 480) and png.format == "PNG"
    page.click("text=Record")
    wait_for_frames(page, 10)
    with page.expect_download() as film:
        page.locator(".lrp-live-record").click()
    assert_film(film.value)

    page.click("text=Freeze")
    page.click("text=Step through this frame")
    page.locator(".lrp-picture").wait_for(state="visible", timeout=PATIENCE)
    assert living_tracks(page) == 0  # leaving the view ends the camera
    stepped = page.locator(".lrp-stepper .lrp-prediction-name").first
    page.wait_for_function("() => !document.querySelector('.lrp-stepper').dataset.stale")
    assert stepped.inner_text() == SCENE.kind
    assert page.problems == []


def assert_film(download):
    import av

    with av.open(str(download.path())) as film:
        frames = sum(1 for _ in film.decode(video=0))
        assert film.streams.video[0].codec_context.width == 480 and frames > 2


def test_a_film_in_place_of_the_camera(new_page, address, tmp_path):
    """Sent in pieces, played, held, frame by frame, and opened in the stepper."""
    film = tmp_path / "star.mkv"
    scene = np.pad(SCENE.image, ((0, 0), (16, 16), (0, 0)), "edge")
    noise = np.random.default_rng(0).integers(0, 256, (640, 640, 3), np.uint8)
    write_clip(film, [scene] * 60, 20)
    page = new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(COUNT)
    page.goto(f"{address}?view=live")
    chooser = page.locator(".lrp-live input[type=file]")
    chooser.wait_for(state="attached", timeout=PATIENCE)
    (tmp_path / "letter.mp4").write_bytes(noise.tobytes())  # of more than one piece
    chooser.set_input_files(tmp_path / "letter.mp4")
    page.get_by_text("letter.mp4 is not a video that can be read").wait_for(timeout=PATIENCE)

    chooser.set_input_files(film)
    page.locator(".lrp-live:not([data-empty])").wait_for(timeout=PATIENCE)
    assert page.locator(".lrp-prediction-name").first.inner_text() == SCENE.kind
    page.get_by_role("button", name="Go on").wait_for()  # it has come to its end
    assert page.locator(".lrp-live-time").inner_text() in ("0:02 / 0:03", "0:03 / 0:03")

    page.get_by_label("every frame").check()
    before = drawn(page)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Freeze").wait_for()
    page.get_by_role("button", name="Go on").wait_for()
    assert drawn(page) - before >= 60
    page.locator(".lrp-live-video-row input[type=range]").fill("1")
    page.wait_for_function(
        "() => document.querySelector('.lrp-live-time').textContent === '0:01 / 0:03'"
    )
    page.click("text=Step through this frame")
    page.locator(".lrp-picture").wait_for(state="visible", timeout=PATIENCE)
    page.wait_for_function(
        "(kind) => document.querySelector('.lrp-stepper .lrp-prediction-name')"
        "?.textContent === kind",
        arg=SCENE.kind,
        timeout=PATIENCE,
    )
    assert page.problems == []


def kernel_memory():
    """Resident memory of the largest kernel among this test's servers, in MiB."""
    return max(p.memory_info().rss for p in kernels_below(psutil.Process())) / 2**20


def page_memory(page):
    """What JavaScript holds after a clean-up, in MiB."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return session.send("Runtime.getHeapUsage")["usedSize"] / 2**20


def assert_steady(page, frames):
    wait_for_frames(page, 20)
    kernel, heap = kernel_memory(), page_memory(page)
    for _ in range(frames // 5):
        wait_for_frames(page, 5)  # frames keep coming
    assert kernel_memory() - kernel < 40
    assert page_memory(page) - heap < 8
    assert page.problems == []


def test_memory_does_not_grow(visit):
    assert_steady(visit, 50)
    visit.click("text=Stop camera")
    assert living_tracks(visit) == 0


@pytest.mark.slow
def test_memory_does_not_grow_over_many_frames(visit):
    assert_steady(visit, 600)
