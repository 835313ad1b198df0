"""The dashboard's server: its address, its settings wherever it starts, and a clean end."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
import pytest
from processes import (
    free_port,
    isolated_environment,
    kernels_below,
    serve_process,
    still_running,
    write_notebook,
)

from lrp_widgets._support.paths import folder, voila_settings_folder
from lrp_widgets.app import server as serving
from lrp_widgets.app import voila_template

SLIDER = """
import os
import ipywidgets as widgets
slider = widgets.IntSlider(description="layer", max=9)
shown = widgets.HTML()
query = widgets.HTML(f"<i id=query>{os.environ['QUERY_STRING']}</i>")
def show(change):
    shown.value = f"<b id=shown>layer {change.new}</b>"
slider.observe(show, "value")
display(widgets.VBox([slider, shown, query]))
"""


@pytest.fixture(scope="module")
def small_url(voila_server, tmp_path_factory):
    """A small notebook, served as the dashboard is."""
    return voila_server(write_notebook(tmp_path_factory.mktemp("small") / "small.ipynb", SLIDER))


def test_it_says_in_one_line_where_it_is_and_ctrl_c_ends_it_quietly(tmp_path):
    notebook = write_notebook(tmp_path / "small.ipynb", "print('hello')")
    with serve_process(tmp_path, notebook, port=free_port()) as process:
        line = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert address, line
        with urllib.request.urlopen(address[0] + "?a=b", timeout=180) as page:
            assert "<title>Small</title>" in page.read().decode()
        kernels = psutil.Process(process.pid).children(recursive=True)
        assert kernels, "the visit started no kernel"
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=180)
        assert process.returncode == 0
        assert rest.strip() == ""
        assert still_running(kernels) == [], "a kernel outlived its server"


def test_what_every_visit_needs_is_loaded_before_the_first(tmp_path):
    call = """
import sys
from nbformat.validator import validators
from voila.app import Voila
from lrp_widgets.app.server import serve
Voila.listen = lambda server: print("IPython" in sys.modules, len(validators))
serve(notebook="small.ipynb", port=0, open_browser=False)
"""
    write_notebook(tmp_path / "small.ipynb", "print('hello')")
    environment = isolated_environment(tmp_path)
    printed = subprocess.check_output([sys.executable, "-c", call], cwd=tmp_path, env=environment)
    assert printed.split() == [b"True", b"2"]


def test_a_taken_port_is_replaced_by_the_next_free_one(tmp_path):
    notebook = write_notebook(tmp_path / "small.ipynb", "print('hello')")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with serve_process(tmp_path, notebook, port=taken) as process:
            sentence, line = process.stdout.readline(), process.stdout.readline()
    served = int(re.search(r"http://127\.0\.0\.1:(\d+)/", line)[1])
    assert served > taken
    assert sentence == f"Port {taken} is taken; serving on port {served} instead.\n"


def test_port_zero_takes_any():
    assert serving.free_port("127.0.0.1", 0) > 0


def test_an_impossible_address_is_one_sentence():
    with pytest.raises(
        OSError, match=r"^no\.host\.invalid:8866 is no address that this machine has\.$"
    ):
        serving.free_port("no.host.invalid", 8866)
    with pytest.raises(ValueError, match=r"^A port is a number from 0 to 65535, not 70000\.$"):
        serving.free_port("127.0.0.1", 70000)


def test_a_missing_notebook_is_one_sentence(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no notebook .*dashboard.ipynb to serve\.$"):
        serving.serve(notebook=tmp_path / "dashboard.ipynb")


def test_a_browser_is_opened_only_where_it_would_be_seen(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    assert not serving.has_display()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert serving.has_display()
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
    assert not serving.has_display()


# The settings


def test_the_settings_make_kernels_go_away_and_let_uploads_through():
    settings = json.loads((voila_settings_folder() / "voila.json").read_text())
    culling = settings["MappingKernelManager"]
    assert 0 < culling["cull_interval"] <= culling["cull_idle_timeout"]
    assert settings["Voila"]["tornado_settings"]["websocket_max_message_size"] > 50e6


def status_of(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def test_only_pictures_are_served_as_files(small_url):
    assert status_of(small_url + "voila/files/small.ipynb") == 403
    assert status_of(small_url + "voila/files/..%2f..%2fetc%2fpasswd") in (403, 404)


def test_nobody_can_choose_another_template_in_the_address(small_url):
    with urllib.request.urlopen(small_url + "?template=classic", timeout=60) as reply:
        page = reply.read().decode()
    assert "templates/lrp" in page
    assert "templates/classic" not in page


@pytest.mark.browser
def test_a_page_works_with_controls_query_and_no_problems(small_url, page):
    page.goto(small_url + "?network=mini-vgg")
    assert page.title() == "Small"
    page.locator(".noUi-handle").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#shown").inner_text() == "layer 1"
    assert page.locator("#query").inner_text() == "network=mini-vgg"
    assert page.problems == []


@pytest.mark.browser
def test_a_page_that_is_left_takes_its_kernel_along(tmp_path, page):
    notebook = write_notebook(tmp_path / "small.ipynb", SLIDER)
    with serve_process(tmp_path, notebook, port=free_port()) as process:
        address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())[0]
        ways = (
            lambda: page.goto("about:blank"),
            lambda: page.reload(),
            lambda: page.close(run_before_unload=True),
        )
        page.goto(address)
        for leave in ways:
            if page.url != address:
                page.goto(address)
            page.locator(".noUi-handle").wait_for()
            kernels = kernels_below(psutil.Process(process.pid))
            assert kernels
            leave()
            assert still_running(kernels, patience=60) == []


@pytest.mark.browser
def test_a_jupyter_server_shows_our_pages_as_we_do(lab_server, page):
    """With our words while the kernel starts, and nothing of other hosts; it goes with its page."""

    def kernels():
        with urllib.request.urlopen(f"{url}api/kernels") as answer:
            return json.load(answer)

    url = lab_server(folder("notebooks").parent)
    page.goto(f"{url}voila/render/notebooks/index.ipynb", wait_until="commit")
    page.get_by_text("A Python of your own is starting").wait_for()
    page.locator(".lrp-index-card").first.wait_for()
    assert page.problems == []
    assert len(kernels()) == 1
    page.goto("about:blank")
    deadline = time.monotonic() + 60
    while kernels() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert kernels() == []


def test_a_kernel_is_not_ended_by_a_forged_request(small_url):
    """Its name is no secret to whoever embeds the page: the token must come along."""
    with urllib.request.urlopen(small_url, timeout=60) as reply:
        cookies = [each.split(";")[0] for each in reply.headers.get_all("Set-Cookie")]
        kernel = re.search(r'"kernelId": "([\w-]+)"', reply.read().decode())[1]
    (token,) = (each for each in cookies if each.startswith("_xsrf="))
    address = f"{small_url}voila/api/shutdown/{kernel}"
    assert status_of(urllib.request.Request(address, b"")) == 403
    request = urllib.request.Request(address, token.encode(), {"Cookie": "; ".join(cookies)})
    assert status_of(request) == 204


def test_a_jupyter_server_that_shows_other_folders_has_our_pages_beside_its_own(
    lab_server, tmp_path
):
    """As on a hub: our notebooks lie outside of what the user sees, and are not copied there."""
    write_notebook(tmp_path / "dashboard.ipynb", "print('their own')")
    url = lab_server(tmp_path, "/user/x/")

    def page(path):
        with urllib.request.urlopen(f"{url}voila/render/{path}", timeout=120) as reply:
            return reply.read().decode()

    assert "<title>Lessons" in page("lrp_widgets/index.ipynb")
    assert "Teaching guide" in page("lrp_widgets/teaching_guide.html")
    theirs = page("dashboard.ipynb")
    assert "their own" in theirs
    assert "A Python of your own is starting" not in theirs
    assert status_of(f"{url}voila/render/lrp_widgets/..%2fdashboard.ipynb") in (403, 404, 500)
    pulse = f"{url}voila/api/pulse/{re.search('kernelId.: .([0-9a-f-]+)', theirs)[1]}"
    with urllib.request.urlopen(pulse) as reply:
        assert json.load(reply)["life"]


# The template


@pytest.mark.browser
def test_what_is_fetched_ahead_is_what_the_page_asks_for(small_url, new_page):
    """Where Voilà's scripts are built in another way, or lie elsewhere, this says so."""

    def loaded(page):
        asked = []
        page.on("response", lambda one: asked.append((one.request.resource_type, one)))
        page.goto(small_url)
        page.locator(".noUi-handle").wait_for()
        scripts = [one for kind, one in asked if kind == "script" and "/templates/" not in one.url]
        return {one.url: one.status for one in scripts}

    page = new_page()
    page.add_init_script("""
        const taken = () => document.querySelectorAll("link[rel=preload]").forEach((link) => {
          window.ahead = [...new Set([...(window.ahead ?? []), link.href])];
          link.remove();
        });
        new MutationObserver(taken).observe(document, { childList: true, subtree: true });
    """)
    loaded(page)
    ahead = page.evaluate("() => window.ahead")
    assert len(ahead) > len(voila_template.voila_scripts()) > 10
    fetched = loaded(new_page())
    assert {fetched.get(address) for address in ahead} == {200}
    names = [address.split("/voila/labextensions/")[-1].split("/static/")[0] for address in ahead]
    assert {"anywidget", "@voila-dashboards/widgets-manager8"} <= set(names)


def test_a_missing_template_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(voila_template, "NAME", "no-such")
    notebook = write_notebook(tmp_path / "small.ipynb", "print('hello')")
    with pytest.raises(FileNotFoundError, match=r"template 'no-such' is not installed .*pip"):
        serving.serve(notebook=notebook, port=0)


@pytest.mark.browser
def test_every_output_of_every_cell_is_shown(voila_server, tmp_path, new_page):
    """Rendered progressively, Voilà 0.5 loses some of them on some visits."""
    cell = "import ipywidgets as widgets\ndisplay(*(widgets.Label(name) for name in 'abcd'))"
    url = voila_server(write_notebook(tmp_path / "many.ipynb", cell, "widgets.Label('e')"))
    for _ in range(3):
        page = new_page()
        page.goto(url)
        page.locator(".widget-label", has_text="e").wait_for()
        assert page.locator(".widget-label").all_inner_texts() == list("abcde")


@pytest.mark.browser
def test_an_error_shows_visitors_neither_code_nor_traceback(voila_server, tmp_path, page):
    broken = write_notebook(tmp_path / "broken.ipynb", "secret = 'abc'; 1 / 0", "print('after')")
    page.goto(voila_server(broken))
    page.wait_for_load_state("networkidle")
    text = page.locator("body").inner_text()
    assert "secret" not in text
    assert "ZeroDivisionError" not in text


@pytest.mark.browser
def test_a_page_whose_widgets_are_lost_is_loaded_again_and_not_for_ever(
    voila_server, tmp_path, page
):
    """As where a busy kernel answered too late; here each of them has forgotten its widget."""
    view = '{"application/vnd.jupyter.widget-view+json": {"model_id": "x", "version_major": 2}}'
    code = f"import ipywidgets; ipywidgets.Label('here'); display({view}, raw=True)"
    loads = []
    page.on("load", lambda _: loads.append(page.url))
    page.goto(voila_server(write_notebook(tmp_path / "lost.ipynb", code)))
    page.wait_for_function("() => sessionStorage.length === 1")
    page.wait_for_function("() => sessionStorage.length === 0")
    assert len(loads) == 3
    page.get_by_text("model not found").wait_for()


def test_nothing_outlives_a_server_that_is_killed(tmp_path):
    notebook = write_notebook(tmp_path / "small.ipynb", "print('hello')")
    port = free_port()
    with serve_process(tmp_path, notebook, port=port, open_browser=False) as process:
        assert "is at" in process.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=180) as page:
            page.read()
        family = psutil.Process(process.pid).children(recursive=True)
        assert kernels_below(psutil.Process(process.pid))
        process.kill()
        assert still_running(family) == []


@pytest.mark.browser
def test_lab_opens_a_notebook(lab_server, tmp_path, page):
    write_notebook(tmp_path / "small.ipynb", "print('hello')")
    page.goto(lab_server(tmp_path) + "lab/tree/small.ipynb")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
