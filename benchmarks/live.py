"""How many frames a second the live view shows, from the camera to the screen and over again.

    python benchmarks/live.py [--browser /usr/bin/chromium] [--seconds 20]

Serves a Live of mini-vgg and of VGG16 (random weights) with Voilà to a browser whose camera is made
up, and counts the maps that are drawn. "The page says" is the rate that a visitor reads at the end,
"in the kernel" the median time of one frame there; memory is what the kernel and the page's
JavaScript grew by meanwhile. There is no limit: the table is to be compared with others from the
same machine.
"""

import argparse
import os
import statistics
import sys
import time

import psutil
import step
from playwright.sync_api import sync_playwright

NOTEBOOK = """
from lrp_widgets.widgets import Live

Live({network!r}, weights={weights!r})
"""

CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")

# Counts the maps laid over a frame.
COUNT = """() => {
  window.drawn = 0;
  const pen = CanvasRenderingContext2D.prototype;
  const draw = pen.drawImage;
  pen.drawImage = function (...values) {
    if (this.canvas.className === "lrp-live-canvas" && this.globalAlpha < 1) window.drawn += 1;
    draw.apply(this, values);
  };
}"""


def memory(page):
    """What the kernels below this process and the page's JavaScript hold, in bytes."""
    family = psutil.Process().children(recursive=True)
    # A kernel leads a session of its own, started or forked.
    kernels = [p for p in family if "python" in p.name() and os.getsid(p.pid) == p.pid]
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return max(p.memory_info().rss for p in kernels), heap


def watch(page, seconds):
    """Start the camera; return frames a second, the page's own word, kernel ms and growth."""
    page.evaluate(COUNT)
    page.locator(".lrp-live-start").click()
    # The first frames wait for TensorFlow, the weights and the compiler.
    page.wait_for_function("window.drawn >= 3", timeout=600_000)
    page.wait_for_timeout(2000)
    before, drawn, begun = memory(page), page.evaluate("window.drawn"), time.monotonic()
    in_kernel = []
    while time.monotonic() < begun + seconds:
        page.wait_for_timeout(500)
        words = page.locator(".lrp-live-speed .lrp-small-text").inner_text()
        in_kernel += [int(word) for word in words.split() if word.isdigit()][1:2]
    rate = (page.evaluate("window.drawn") - drawn) / (time.monotonic() - begun)
    said = page.locator(".lrp-live-rate").inner_text()
    grown = [after - old for old, after in zip(before, memory(page), strict=True)]
    return rate, said, statistics.median(in_kernel or [float("nan")]), grown


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--browser", default="/usr/bin/chromium", help="path of Chromium or Chrome")
    parser.add_argument("--seconds", type=float, default=20, help="watched for each network")
    chosen = parser.parse_args()
    row = "{:<10} {:>16} {:>14} {:>14} {:>14} {:>14}".format
    print(
        row(
            "network",
            "frames a second",
            "the page says",
            "in the kernel",
            "kernel grew",
            "page grew",
        )
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chosen.browser, args=["--no-sandbox", "--disable-gpu", *CAMERA]
        )
        for network, weights in (("mini-vgg", "pretrained"), ("vgg16", "random")):
            with step.served(browser, network, weights, NOTEBOOK, ".lrp-live") as page:
                rate, said, in_kernel, grown = watch(page, chosen.seconds)
            growth = (f"{size / 2**20:+.1f} MiB" for size in grown)
            print(row(network, f"{rate:.1f}", said, f"{in_kernel:.0f} ms", *growth), flush=True)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
