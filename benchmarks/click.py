"""How long a click on a unit takes, until the microscope is filled with its numbers.

    python benchmarks/click.py [--browser /usr/bin/chromium] [--units 30]

Serves a LayerStepper of mini-vgg and of VGG16 (random weights) with Voilà, opens units of all
kinds of layer through the page's own "go to" form and reads the browser's clock: "panel filled"
is the time from the click until the panel holds the unit's numbers, the next frame included. "In
the kernel" is the arithmetic alone, measured in this process. The first unit below VGG16's fc1 is
the worst: all of fc1's sums are made for it, and kept. Limits: 150 ms for mini-vgg, 400 ms for
VGG16, for the median and the worst.
"""

import argparse
import random
import statistics
import sys
import time

import step
from playwright.sync_api import sync_playwright

LIMITS_MS = {"mini-vgg": 150, "vgg16": 400}

# Layers whose units are looked at in turn: convolutions with few and many channels, pooling,
# flatten, dense layers, the picture.
LAYERS = {
    "mini-vgg": [
        *("predictions", "fc1", "flatten", "block4_pool", "block4_conv2", "block3_conv1"),
        *("block2_pool", "block2_conv1", "block1_conv1", "input"),
    ],
    "vgg16": [
        *("predictions", "fc2", "fc1", "flatten", "block5_pool", "block5_conv1"),
        *("block4_conv2", "block3_pool", "block1_conv2", "input"),
    ],
}

# Sends the form at a unit, and waits for its title; returns milliseconds.
CLICK = """([layer, index, words]) => {
  const choice = document.querySelector(".lrp-goto-layer");
  choice.value = layer;
  choice.dispatchEvent(new Event("change"));
  document.querySelectorAll(".lrp-goto-fields input").forEach((box, i) => (box.value = index[i]));
  const title = document.querySelector(".lrp-unit-title");
  return new Promise((filled) => {
    const started = performance.now();
    new MutationObserver((_, observer) => {
      if (!title.textContent.startsWith(layer) || !title.textContent.includes(words)) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => filled(performance.now() - started)));
    }).observe(title, { childList: true, characterData: true, subtree: true });
    document.querySelector(".lrp-goto button").click();
  });
}"""


def units(network, shapes, count):
    """`count` units (layer, index), the network's kinds of layer in turn, no two alike in a row."""
    choose = random.Random(0)
    names = [LAYERS[network][k % len(LAYERS[network])] for k in range(count)]
    return [(name, [choose.randrange(size) for size in shapes[name]]) for name in names]


def words(index):
    if len(index) == 1:
        return f"unit {index[0]}"
    return f"row {index[0]}, column {index[1]}"


def through_a_page(page, looked_at):
    """The time (ms, layer) of opening each of these units on a page."""
    page.locator(".lrp-canvas").focus()
    page.keyboard.press("Enter")
    page.locator(".lrp-unit-title").wait_for()
    page.wait_for_timeout(1000)
    times = []
    for layer, index in looked_at:
        times.append((page.evaluate(CLICK, [layer, index, words(index)]), layer))
        page.wait_for_timeout(100)
    return times


def in_the_kernel(e, looked_at):
    """The time (ms, layer) of each unit's arithmetic and of choosing what is shown of it."""
    from lrp_widgets.lrp.unit_arithmetic import Examiner
    from lrp_widgets.widgets.microscope.unit_payload import unit_view

    examiner = Examiner(e)
    examiner.unit(e.layers[-1].name, (0,))  # TensorFlow's first steps are not counted
    times = []
    for layer, index in looked_at:
        started = time.perf_counter()
        unit_view(examiner.unit(layer, index), e)
        times.append((1000 * (time.perf_counter() - started), layer))
    return times


def report(row, network, where, times):
    median = statistics.median(ms for ms, _ in times)
    worst, layer = max(times)
    print(row(network, where, len(times), f"{median:.0f} ms", f"{worst:.0f} ms", layer), flush=True)
    return worst > LIMITS_MS[network]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--browser", default="/usr/bin/chromium", help="path of Chromium or Chrome")
    parser.add_argument("--units", type=int, default=30, help="units looked at in each network")
    chosen = parser.parse_args()
    from lrp_widgets import explain, load_image, load_network

    slow = False
    row = "{:<10} {:<14} {:>6} {:>9} {:>9}  {}".format
    print(row("network", "measured", "units", "median", "worst", "worst at"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chosen.browser, args=["--no-sandbox", "--disable-gpu"]
        )
        for name, weights in (("mini-vgg", "pretrained"), ("vgg16", "random")):
            network = load_network(name, weights=weights)
            e = explain(network, load_image("cat", network))
            looked_at = units(name, {layer.name: layer.shape for layer in e.layers}, chosen.units)
            report(row, name, "in the kernel", in_the_kernel(e, looked_at))
            del network, e  # two of VGG16 would not fit a small machine
            with step.served(browser, name, weights) as page:
                times = through_a_page(page, looked_at)
            slow |= report(row, name, "panel filled", times)
        browser.close()
    limits = ", ".join(f"{name} {limit} ms" for name, limit in LIMITS_MS.items())
    print(f"limits, worst: {limits}: {'EXCEEDED' if slow else 'kept'}")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
