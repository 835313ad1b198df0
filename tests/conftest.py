"""What the tests share: given networks and photographs, a browser, and servers to point it at."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from dashboard_page import PATIENCE
from processes import ROOT, free_port, start_server

IN_CI = os.environ.get("CI", "").lower() == "true"

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("MPLBACKEND", "agg")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
]


def pytest_configure():
    """Build the widgets' JavaScript where its sources are newer: the tests run what they read."""
    if subprocess.run([sys.executable, ROOT / "tools/build_widgets.py"]).returncode:
        pytest.exit("The widgets' JavaScript is not built: see above.", 1)


# Files that stand beside the repository on some machines


def _given_folder(path):
    if not path.is_dir():
        pytest.skip(f"{path} is not here; LRP_TEST_NETWORKS names the folder of network files")
    return path


def _given_networks():
    return Path(os.environ.get("LRP_TEST_NETWORKS") or ROOT.parent / "shared" / "networks")


@pytest.fixture(scope="session")
def networks_folder():
    """The folder of published network files (tiny_darknet.weights and others)."""
    return _given_folder(_given_networks())


@pytest.fixture(scope="session")
def photos_folder():
    """The folder of photographs, beside the networks."""
    return _given_folder(_given_networks().parent / "photos")


# What most tests explain; a module that needs another defines a fixture of the same name


@pytest.fixture(scope="module")
def network():
    """mini-vgg, with its trained weights."""
    from lrp_widgets import load_network

    return load_network("mini-vgg")


@pytest.fixture(scope="module")
def e(network):
    """The network's picture of a star, explained by default."""
    from lrp_widgets import explain, load_image

    return explain(network, load_image("star", network))


# A browser


def _install_command():
    if sys.platform == "darwin":
        return "brew install --cask chromium"
    if sys.platform == "win32":
        return "winget install Google.Chrome"
    return "sudo apt-get install chromium"


def _find_chromium():
    """The path of a Chromium or Chrome: the one that CHROME names, on the PATH, or usual places."""
    named = os.environ.get("CHROME")
    if named:
        return shutil.which(named)
    usual = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    ]
    return next(filter(None, map(shutil.which, [*BROWSERS, *usual])), None)


@pytest.fixture(scope="session")
def chromium_path():
    """The path of the browser; without one the test is skipped, and in CI it fails."""
    path = _find_chromium()
    if path is None:
        message = f"No Chromium or Chrome found; this installs it: {_install_command()}"
        pytest.fail(message) if IN_CI else pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def launch_browser(chromium_path):
    """Start headless browsers: ``browser = launch_browser("--use-fake-device-for-media-stream")``.

    All end with the run.
    """
    from playwright.sync_api import sync_playwright

    with contextlib.ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())

        def launch(*arguments):
            browser = playwright.chromium.launch(
                executable_path=chromium_path, args=[*BROWSER_ARGUMENTS, *arguments]
            )
            stack.callback(browser.close)
            return browser

        yield launch


@pytest.fixture(scope="session")
def browser(launch_browser):
    """One headless browser for the whole run."""
    return launch_browser()


# The pages that a test opened.
PAGES = pytest.StashKey()

# Console lines that Jupyter's own front end writes and that mean no harm.
HARMLESS = ("Unsatisfied version", "favicon")


def is_queue_page(message):
    """Whether a console line only says that a whole page waits its turn (see `admission`)."""
    path = urlsplit(message.location.get("url", "")).path
    return "status of 503" in message.text and (path == "/" or "/voila/render/" in path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Tell with a test that failed what its pages showed."""
    report = yield
    if report.failed and call.when == "call":
        for page in item.stash.get(PAGES, []):
            with contextlib.suppress(Exception):  # a page may have crashed, or be closed
                report.sections.append((f"Page {page.url}", page.locator("body").inner_text()))
                report.sections.append(("Its problems", "\n".join(map(str, page.problems))))
    return report


@pytest.fixture
def new_page(browser, request):
    """Make pages: ``page = new_page(width=1280, height=720)``.

    ``page.problems`` lists the console errors and JavaScript exceptions seen so far, and what was
    asked of other hosts, which a room without a network does not have; other arguments go to
    Playwright's ``new_context``, of the browser ``of`` where one is given.
    """
    contexts = []
    pages = request.node.stash.setdefault(PAGES, [])

    def make(width=1280, height=720, of=browser, **options):
        context = of.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.problems = []
        pages.append(page)

        def on_console(message):
            text = f"{message.text} ({message.location.get('url', '')})"
            harmless = any(word in text for word in HARMLESS) or is_queue_page(message)
            if message.type == "error" and not harmless:
                page.problems.append(text)

        page.on("console", on_console)

        def on_request(request):
            if urlsplit(request.url).hostname not in (None, "127.0.0.1", "localhost"):
                page.problems.append(f"{request.url} lies on another host")

        page.on("request", on_request)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page):
    """One page of 1280×720 that records its ``problems``."""
    return new_page()


# Servers


def _home(stack):
    return stack.enter_context(
        tempfile.TemporaryDirectory(prefix="lrp-home-", ignore_cleanup_errors=True)
    )


@pytest.fixture(scope="module")
def voila_server():
    """Serve notebooks as the dashboard is served: ``url = voila_server(notebook, preheat=True)``.

    ``preheat``, ``max_visitors`` and ``for_public`` as in `serve`; the rest is environment.

    Each call starts a server of its own, on a free port, with an empty home; all end with the
    module.
    """
    with contextlib.ExitStack() as stack:

        def serve(notebook, preheat=False, max_visitors=None, for_public=False, **environment):
            home, port = _home(stack), free_port()
            url = f"http://127.0.0.1:{port}/"
            settings = dict(notebook=str(notebook), port=port, open_browser=False, preheat=preheat)
            settings |= dict(max_visitors=max_visitors, for_public=for_public)
            call = f"from lrp_widgets.app.server import serve; serve(**{settings})"
            # The root answers by running the notebook; a file of Voilà's own only says "I am up".
            alive = url + "voila/static/voila.js"
            start_server(stack, [sys.executable, "-c", call], alive, home, home, environment)
            return url

        yield serve


@pytest.fixture(scope="module")
def lab_server():
    """Serve a folder in JupyterLab: ``url = lab_server(folder, base_url="/", **environment)``.

    ``url + "lab/tree/<notebook>"`` opens a notebook. Each call starts a server of its own on a
    free port, with an empty home; all end with the module.
    """
    with contextlib.ExitStack() as stack:

        def serve(folder, base_url="/", **environment):
            home, port = _home(stack), free_port()
            url = f"http://127.0.0.1:{port}{base_url}"
            command = [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
                *("--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"),
                f"--ServerApp.base_url={base_url}",
            ]
            start_server(stack, command, url + "api", home, folder, environment)
            return url

        yield serve


@pytest.fixture(scope="session")
def lessons_url():
    """The address of ``lrp-widgets dashboard``, with the lessons below ``voila/render/``."""
    with contextlib.ExitStack() as stack:
        home, port = _home(stack), free_port()
        url = f"http://127.0.0.1:{port}/"
        call = f"from lrp_widgets.app.server import serve; serve(port={port}, open_browser=False)"
        command = [sys.executable, "-c", call]
        start_server(stack, command, url + "voila/static/voila.js", home, home)
        yield url


@pytest.fixture
def open_lesson(lessons_url, page):
    """Open a lesson as a page: ``page = open_lesson(2)`` returns once its tasks are there."""
    from lrp_widgets.lessons import lesson

    def open_page(number):
        page.goto(f"{lessons_url}voila/render/{lesson(number).notebook}")
        page.locator(".lrp-lesson-head").wait_for()
        page.locator(".lrp-task").first.wait_for()
        return page

    return open_page
