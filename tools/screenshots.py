"""Make the screenshots that the README shows: `make screenshots`.

Serves the dashboard from this checkout to a headless Chromium and photographs it.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "images" / "screenshots"

# File name -> the state that the address sets, and whether a place on the map is opened.
SHOTS = {
    "dashboard": ("?picture=star&pooling=max&layer=block2_conv2", False),
    "microscope": ("?picture=star&layer=block2_conv2", True),
}


def main():
    """Write one PNG of 1280×720 for each of `SHOTS`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [sys.executable, "-m", "lrp_widgets", "dashboard", "--no-browser", "--port"]
    with tempfile.TemporaryDirectory() as home:
        server = subprocess.Popen(
            [*command, str(port)],
            env=os.environ | {"HOME": home, "LRP_WIDGETS_CACHE": home},
            cwd=ROOT,
        )
        try:
            address = f"http://127.0.0.1:{port}/"
            wait_for(f"{address}voila/static/voila.js")
            _photograph(address)
        finally:
            server.terminate()
            server.wait()


def _photograph(address):
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        for name, (query, opened) in SHOTS.items():
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(address + query)
            page.get_by_text("of the start arrived here").first.wait_for(timeout=120_000)
            page.wait_for_timeout(1500)  # what has just been drawn fades in
            if opened:
                page.locator(".lrp-canvas").click()
                page.locator(".lrp-unit-equations").get_by_text("= R").first.wait_for()
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
            print(FOLDER / f"{name}.png")
        browser.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address, patience=60):
    deadline = time.monotonic() + patience
    while True:
        try:
            return urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    main()
