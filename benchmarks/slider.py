"""How long a rule's slider takes, from its input event in the page to the changed map.

    python benchmarks/slider.py [--browser /usr/bin/chromium] [--moves 20]

Serves the dashboard of each mini network with Voilà, α, γ and ε each in a block of its own, and
moves their sliders with the arrow keys, each time to a value that was not asked for before. The
browser's own clock is read: from the key event until the large map's canvas holds other pixels. In
between lie the way to the kernel, the backward pass, and the maps' way to the page. The first moves
are computed directly, and compiled meanwhile; the limit, a median of 60 ms, is for those after
them.
"""

import argparse
import statistics
import sys

import step
from playwright.sync_api import sync_playwright

LIMIT_MS = 60

# From one move to the next, and from the first ones until what they need is compiled.
PAUSE_MS = 400
FIRST = 2
COMPILING_MS = 10_000

NETWORKS = ("mini-vgg", "mini-resnet", "mini-densenet")

# α = 1 is left out, for without a β another backward pass is computed; so are values of ε that are
# too small to change a map's colours.
NOTEBOOK = """
from lrp_widgets.widgets.dashboard.dashboard import Dashboard

rules = "own,block2:alpha-beta:1.1,block3:gamma:0,block4:epsilon:0.001"
Dashboard("network={network}&weights={weights}&picture=star&rules=" + rules)
"""

SLIDERS = {"α": "block2", "γ": "block3", "ε": "block4"}

# Notes the time from a key event until the large map is drawn with other pixels than before.
WATCH = """() => {
  const canvas = document.querySelector(".lrp-stepping-view .lrp-canvas");
  const context = CanvasRenderingContext2D.prototype;
  const put = context.putImageData;
  let shown, pressed;
  context.putImageData = function (image, ...place) {
    put.call(this, image, ...place);
    if (this.canvas !== canvas) return;
    const pixels = new Uint32Array(image.data.buffer).join();
    if (pixels !== shown && pressed) {
      window.times.push(performance.now() - pressed);
      pressed = undefined;
    }
    shown = pixels;
  };
  window.times = [];
  addEventListener("keydown", (event) => (pressed = event.timeStamp), true);
}"""


def move(page, block, moves):
    """Move a block's slider to the right; return the times until the map changed (ms).

    It ends where the slider does.
    """
    handle = page.locator(".lrp-rules-rows > *").filter(has=page.get_by_label(block, exact=True))
    handle = handle.locator(".noUi-handle")
    handle.focus()
    page.evaluate("window.times = []")
    for count in range(moves):
        before = handle.get_attribute("aria-valuenow")
        page.keyboard.press("ArrowRight")
        if handle.get_attribute("aria-valuenow") == before:
            break
        page.wait_for_timeout(PAUSE_MS)  # asking the page whether it is done would slow it down
        page.wait_for_function("(n) => window.times.length > n", arg=count)
    return page.evaluate("window.times")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--browser", default="/usr/bin/chromium", help="path of Chromium or Chrome")
    parser.add_argument("--moves", type=int, default=20, help="at most so many for each slider")
    chosen = parser.parse_args()
    slow = False
    row = "{:<14} {:<7} {:>6} {:>9} {:>9}".format
    print(row("network", "slider", "moves", "median", "worst"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chosen.browser, args=["--no-sandbox", "--disable-gpu"]
        )
        for network in NETWORKS:
            ready = ".lrp-stepping-view .lrp-bar[data-layer=input]"
            with step.served(browser, network, "pretrained", NOTEBOOK, ready) as page:
                page.locator(".lrp-rules-open").click()
                page.evaluate(WATCH)
                for block in SLIDERS.values():
                    first = move(page, block, FIRST)
                    print(row(network, "first", FIRST, "", f"{max(first):.0f} ms"), flush=True)
                page.wait_for_timeout(COMPILING_MS)
                for slider, block in SLIDERS.items():
                    times = move(page, block, chosen.moves)
                    median = statistics.median(times)
                    slow |= median > LIMIT_MS
                    numbers = (f"{ms:.0f} ms" for ms in (median, max(times)))
                    print(row(network, f"{slider}", len(times), *numbers), flush=True)
        browser.close()
    print(f"limit: {LIMIT_MS} ms median: {'EXCEEDED' if slow else 'kept'}")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
