"""How long a step to another layer takes, from key press to changed pixels in the browser.

    python benchmarks/step.py [--browser /usr/bin/chromium] [--steps 60]

Serves a LayerStepper with Voilà, presses arrow keys through all layers of mini-vgg and of VGG16
(random weights) and reads the browser's own clock: "drawn" is the time from the key event until
the canvas holds its new pixels, "on screen" until the frame after that. The limit is a median of
20 ms drawn.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

from lrp_widgets.app.server import free_port

LIMIT_MS = 20

NOTEBOOK = """
from lrp_widgets import explain, load_image, load_network
from lrp_widgets.widgets.stepper.stepper import LayerStepper

network = load_network({network!r}, weights={weights!r})
LayerStepper(explain(network, load_image("cat", network)))
"""

# Notes when the large canvas was last drawn upon; drawing is done when the key event has been
# handled, and what was drawn is on the screen with the frame after the next.
WATCH = """() => {
  const canvas = document.querySelector(".lrp-canvas");
  const context = CanvasRenderingContext2D.prototype;
  let drawn = 0;
  for (const name of ["putImageData", "fillRect"]) {
    const draw = context[name];
    context[name] = function (...values) {
      draw.apply(this, values);
      if (this.canvas === canvas) drawn = performance.now();
    };
  }
  window.times = [];
  addEventListener("keydown", (event) => {
    const pressed = event.timeStamp;
    requestAnimationFrame(() => requestAnimationFrame((shown) => {
      if (drawn > pressed) window.times.push([drawn - pressed, shown - pressed]);
    }));
  }, true);
}"""


@contextlib.contextmanager
def served(browser, network, weights, notebook=NOTEBOOK, ready=".lrp-canvas"):
    """A page that shows a widget (LayerStepper) of this network, from a kernel of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "step.ipynb"
        cell = nbformat.v4.new_code_cell(notebook.format(network=network, weights=weights))
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
        port = free_port("127.0.0.1", 0)
        settings = {"notebook": str(path), "port": port, "open_browser": False}
        call = f"from lrp_widgets.app.server import serve; serve(**{settings})"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = os.environ | {"JUPYTER_PREFER_ENV_PATH": "1"}
        server = subprocess.Popen([sys.executable, "-c", call], env=environment, **quiet)
        try:
            address = f"http://127.0.0.1:{port}/"
            wait_for(address + "voila/static/voila.js")
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(address)
            page.locator(ready).wait_for(timeout=240_000)
            page.wait_for_timeout(1000)
            yield page
            page.close()
        finally:
            server.terminate()
            server.wait()


def press_keys(page, steps):
    """Return (number of layers, times drawn, times on screen) of a network, in milliseconds."""
    page.locator(".lrp-slider").focus()
    layers = page.locator(".lrp-bar").count()
    page.evaluate(WATCH)
    for step in range(steps):
        towards_input = (step // (layers - 1)) % 2 == 0
        page.keyboard.press("ArrowRight" if towards_input else "ArrowLeft")
        page.wait_for_function("(n) => window.times.length > n", arg=step)
    times = page.evaluate("window.times")
    return layers, [drawn for drawn, _ in times], [shown for _, shown in times]


def wait_for(address, patience=60):
    deadline = time.monotonic() + patience
    while True:
        try:
            return urllib.request.urlopen(address, timeout=2).close()
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--browser", default="/usr/bin/chromium", help="path of Chromium or Chrome")
    parser.add_argument("--steps", type=int, default=60, help="key presses a network")
    chosen = parser.parse_args()
    slow = False
    row = "{:<10} {:>6} {:>6} {:>16} {:>16} {:>16}".format
    print(row("network", "layers", "steps", "drawn, median", "drawn, 95 %", "shown, median"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chosen.browser, args=["--no-sandbox", "--disable-gpu"]
        )
        for network, weights in (("mini-vgg", "pretrained"), ("vgg16", "random")):
            with served(browser, network, weights) as page:
                layers, drawn, shown = press_keys(page, chosen.steps)
            median = statistics.median(drawn)
            slow |= median > LIMIT_MS
            late = statistics.quantiles(drawn, n=20)[-1]
            numbers = (f"{ms:.1f} ms" for ms in (median, late, statistics.median(shown)))
            print(row(network, layers, len(drawn), *numbers))
        browser.close()
    print(f"limit: {LIMIT_MS} ms median drawn: {'EXCEEDED' if slow else 'kept'}")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
