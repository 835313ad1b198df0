"""A page whose Python or server has gone says so within five seconds, and starts again."""

import contextlib
import json
import os
import re
import signal
import time
import urllib.request

import psutil
import pytest
from dashboard_page import PATIENCE, change, wait_for_result
from processes import ROOT, free_port, kernels_below, serve_process, write_notebook

from lrp_widgets._support.paths import folder

pytestmark = pytest.mark.browser

TOLD = 5000  # milliseconds
LESSON = """
import ipywidgets as widgets
from lrp_widgets.widgets.lessons.header import LessonHead
slider = widgets.IntSlider(description="layer", max=9)
shown = widgets.HTML("<b id=shown>layer 0</b>")
def show(change):
    shown.value = f"<b id=shown>layer {change.new}</b>"
slider.observe(show, "value")
display(LessonHead(2), slider, shown)
"""
# While the page still arrives, what stands there may end in its middle.
KERNEL = """(() => {
  try {
    return JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId;
  } catch {
    return undefined;
  }
})()"""
WITHIN_REACH = """[...document.querySelectorAll("a, button, input, select, [tabindex]")]
  .filter((one) => !one.closest("[inert]"))
  .map((one) => one.textContent)"""


@contextlib.contextmanager
def server(home, notebook, port):
    """Run ``serve``, and yield the process once it listens."""
    with serve_process(home, notebook, port=port, open_browser=False) as process:
        assert f":{port}/" in process.stdout.readline()
        yield process


@pytest.fixture
def small(tmp_path):
    """A lesson's head, a slider and what the kernel makes of it: (notebook, port)."""
    return write_notebook(tmp_path / "small.ipynb", LESSON), free_port()


def kernel_of(process):
    (kernel,) = kernels_below(psutil.Process(process.pid))
    return kernel


def open_page(page, address):
    page.goto(address)
    page.locator(".lrp-lesson-head").wait_for(timeout=PATIENCE)
    page.locator("#shown").wait_for()
    # The page has asked once, and knows its kernel.
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some((one) => one.name.includes('/pulse/'))"
    )


def end_kernel(page, server):
    """As the page itself does when it is left."""
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "_xsrf")
    end = f"{server}voila/api/shutdown/{page.evaluate(KERNEL)}"
    assert page.request.post(end, form={"_xsrf": token}).status == 204


def slide(page):
    page.locator(".noUi-handle").press("ArrowRight")


def test_two_questions_in_a_row_take_less_than_five_seconds():
    """The second wrong answer is told: by the page's own clock, however busy this machine is."""
    source = (ROOT / "lrp_widgets/widgets/shared/lost.js").read_text(encoding="utf-8")
    pauses = [int(re.search(rf"const {name} = (\d+);", source)[1]) for name in ("PULSE", "WORRIED")]
    assert sum(pauses) < TOLD - 2000  # the rest is for the two answers


def told(page, words, timeout=PATIENCE):
    """Wait for the notice; see that everything else is still there, and out of reach."""
    page.get_by_role("alert").filter(has_text=words).wait_for(timeout=timeout)
    again = page.get_by_role("button", name="Start again")
    assert again.evaluate("(one) => one === document.activeElement")
    assert page.locator("#rendered_cells, #main").first.evaluate(
        "(one) => !!one.closest('[inert]')"
    )
    assert page.evaluate(WITHIN_REACH) == ["Start again"]
    assert page.locator(".lrp-lesson-head, .lrp-stepper").first.is_visible()
    return again


def not_told(page):
    return page.locator(".lrp-lost").count() == 0


def test_a_busy_kernel_is_not_dead_and_a_killed_one_is_told(small, tmp_path, page):
    notebook, port = small
    with server(tmp_path, notebook, port) as process:
        open_page(page, f"http://127.0.0.1:{port}/")
        # Longer than any question takes: it neither answers nor ends.
        kernel = kernel_of(process)
        kernel.send_signal(signal.SIGSTOP)
        slide(page)
        page.wait_for_timeout(2 * TOLD)
        assert not_told(page)
        kernel.send_signal(signal.SIGCONT)
        page.get_by_text("layer 1").wait_for()

        before = page.evaluate(KERNEL)
        kernel.kill()
        again = told(page, "This page’s Python has ended")
        page.wait_for_timeout(TOLD)  # the server has started another by now, of no use to this page
        told(page, "This page’s Python has ended")
        assert page.locator("#shown").inner_text() == "layer 1"
        again.click()
        page.wait_for_function(f"(before) => ![before, undefined].includes({KERNEL})", arg=before)
        page.get_by_text("layer 0").wait_for(timeout=PATIENCE)
        slide(page)
        page.get_by_text("layer 1").wait_for()
        assert not_told(page)


def test_a_kernel_that_the_server_ends_is_told(small, tmp_path, page):
    """As the server does with one that has rested for long."""
    notebook, port = small
    address = f"http://127.0.0.1:{port}/"
    with server(tmp_path, notebook, port):
        open_page(page, address)
        end_kernel(page, address)
        told(page, "This page’s Python has ended")


def test_a_killed_server_is_told_and_so_is_its_return(small, tmp_path, page):
    notebook, port = small
    with server(tmp_path, notebook, port) as process:
        open_page(page, f"http://127.0.0.1:{port}/")
        slide(page)
        page.get_by_text("layer 1").wait_for()
        os.kill(process.pid, signal.SIGKILL)
        again = told(page, "The server does not answer")
        again.click()
        page.get_by_text("The server does not answer yet").wait_for()
        assert page.locator("#shown").inner_text() == "layer 1"
    with server(tmp_path, notebook, port):
        again = told(page, "This page’s Python has ended")
        again.click()
        page.get_by_text("layer 0").wait_for(timeout=PATIENCE)
        assert not_told(page)


def test_a_used_page_keeps_its_kernel_for_half_an_hour(small, tmp_path, page):
    """It says so once a minute: otherwise Binder ends connected kernels after ten."""
    notebook, port = small

    asked = []
    page.on("request", lambda one: asked.append(one.url) if "/pulse/" in one.url else None)

    def ask(times):
        deadline = time.monotonic() + PATIENCE / 1000
        while len(asked) < times and time.monotonic() < deadline:
            page.wait_for_timeout(100)
        assert len(asked) >= times

    def is_used_after(minutes):
        before = len(asked)
        page.clock.fast_forward(round(minutes * 60_000))
        ask(before + 3)
        return any(url.endswith("?used") for url in asked[before:])

    page.clock.install()
    with server(tmp_path, notebook, port):
        page.goto(f"http://127.0.0.1:{port}/")
        page.locator("#shown").wait_for()
        ask(3)  # it has begun by itself
        assert is_used_after(1.1)
        assert not is_used_after(0.1)
        assert is_used_after(1.1)
        assert not is_used_after(31)
        assert not is_used_after(1.1)
        page.mouse.move(100, 100)
        assert is_used_after(1.1)


def test_a_connection_that_comes_back_is_no_end(small, tmp_path, page):
    """The network goes and comes back; so does the websocket alone. The same kernel goes on."""
    notebook, port = small
    through, refused = [], []

    def pass_on(socket):
        if refused:
            socket.close()
            return
        through.append((socket, socket.connect_to_server()))

    page.route_web_socket(re.compile("/channels"), pass_on)
    with server(tmp_path, notebook, port):
        open_page(page, f"http://127.0.0.1:{port}/")
        slide(page)
        page.get_by_text("layer 1").wait_for()

        page.context.set_offline(True)
        told(page, "The server does not answer")
        page.context.set_offline(False)
        page.locator(".lrp-lost").wait_for(state="detached")

        refused.append(True)
        for ours, theirs in through:
            theirs.close()
            ours.close(code=1011)
        told(page, "The connection to this page’s Python is lost")
        refused.clear()
        page.locator(".lrp-lost").wait_for(state="detached")
        assert page.locator("[inert]").count() == 0
        slide(page)
        page.get_by_text("layer 2").wait_for()


def test_the_dashboard_starts_again_in_the_same_state(tmp_path, page):
    port = free_port()
    with server(tmp_path, folder("notebooks") / "dashboard.ipynb", port) as process:
        page.goto(f"http://127.0.0.1:{port}/?picture=heart&network=mini-vgg&layer=block2_conv2")
        wait_for_result(page)
        change(page, page.get_by_role("button", name="winner-take-all").click)
        page.locator(".lrp-map-column canvas[role=img]").press("ArrowDown")
        page.wait_for_function(
            "() => ['pooling=max', 'pin='].every((part) => location.search.includes(part))"
        )
        left = page.url
        reading = page.locator(".lrp-stepper .lrp-readout").inner_text()
        kernel_of(process).kill()
        told(page, "This page’s Python has ended").click()
        page.locator(".lrp-lost").wait_for(state="detached", timeout=PATIENCE)
        wait_for_result(page)
        page.wait_for_function(
            "(text) => document.querySelector('.lrp-stepper .lrp-readout').innerText === text",
            arg=reading,
            timeout=PATIENCE,
        )
        assert page.url == left


def test_a_jupyter_server_is_asked_as_well_and_asking_is_no_activity(lab_server, tmp_path, page):
    write_notebook(tmp_path / "small.ipynb", LESSON)
    base = lab_server(tmp_path, base_url="/user/x/")
    open_page(page, f"{base}voila/render/small.ipynb")

    def kernels():
        with urllib.request.urlopen(f"{base}api/kernels") as answer:
            return json.load(answer)

    (before,) = kernels()
    time.sleep(TOLD / 1000)
    assert kernels() == [before]
    assert not_told(page)
    urllib.request.urlopen(f"{base}voila/api/pulse/{before['id']}?used").close()
    assert kernels()[0]["last_activity"] > before["last_activity"]
    page.context.add_cookies([{"name": "_xsrf", "value": "abcd", "url": base}])
    end_kernel(page, base)
    told(page, "This page’s Python has ended")
