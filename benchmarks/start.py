"""How soon a visitor sees something: controls and the first map of mini-vgg, in a real browser.

    python benchmarks/start.py [--browser /usr/bin/chromium] [--visits 3]

Each visit is to a server of its own that nobody has visited before, once with and once without a
preheated kernel; the median counts. Also times `import lrp_widgets`. The cache folder is empty, so
that mini-vgg is the network.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright
from step import wait_for

from lrp_widgets.app.server import free_port

PATIENCE = 120_000  # milliseconds
HEATING = 25  # seconds that a kernel has to become ready before the visit

# Seconds: import of the package; cold: controls, first map; preheated: first map.
LIMITS = {"import": 0.3, "controls, cold": 4, "first map, cold": 9, "first map, preheated": 3.5}

IMPORT = "import time; t = time.perf_counter(); import lrp_widgets; print(time.perf_counter() - t)"


@contextlib.contextmanager
def served(preheat=False):
    """A server that has not been visited: its address, and its process."""
    port = free_port("127.0.0.1", 0)
    command = [sys.executable, "-m", "lrp_widgets", "dashboard", "--no-browser", f"--port={port}"]
    with tempfile.TemporaryDirectory() as empty:
        places = {"LRP_WIDGETS_CACHE": empty, "KERAS_HOME": str(Path(empty) / "keras")}
        server = subprocess.Popen(
            [*command, *(["--preheat"] if preheat else [])],
            env=os.environ | places | {"JUPYTER_PREFER_ENV_PATH": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}/"
            wait_for(address + "voila/static/voila.js")
            time.sleep(HEATING if preheat else 0)
            yield address, server
        finally:
            server.terminate()
            server.wait()


def visit(browser, preheat):
    """Seconds from opening the page to its controls, and to its first map."""
    with served(preheat) as (address, _):
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        begun = time.perf_counter()
        page.goto(address, wait_until="commit", timeout=PATIENCE)
        page.locator(".lrp-body select").first.wait_for(timeout=PATIENCE)
        controls = time.perf_counter() - begun
        page.locator(".lrp-frames canvas").first.wait_for(timeout=PATIENCE)
        first_map = time.perf_counter() - begun
        page.close()
    return controls, first_map


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--browser", default="/usr/bin/chromium", help="path of Chromium or Chrome")
    parser.add_argument("--visits", type=int, default=3)
    chosen = parser.parse_args()
    found = {}
    imports = [subprocess.check_output([sys.executable, "-c", IMPORT]) for _ in range(3)]
    found["import"] = min(map(float, imports))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chosen.browser, args=["--no-sandbox", "--disable-gpu"]
        )
        for name in ("cold", "preheated"):
            visits = [visit(browser, name == "preheated") for _ in range(chosen.visits)]
            controls, maps = (statistics.median(column) for column in zip(*visits, strict=True))
            found |= {f"controls, {name}": controls, f"first map, {name}": maps}
        browser.close()
    for name, seconds in found.items():
        limit = LIMITS.get(name)
        verdict = (
            "" if limit is None else f"  limit {limit} s: {'MISSED' * (seconds > limit) or 'kept'}"
        )
        print(f"{name:<22} {seconds:6.2f} s{verdict}")
    return int(any(found[name] > limit for name, limit in LIMITS.items()))


if __name__ == "__main__":
    sys.exit(main())
