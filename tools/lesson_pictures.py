"""Take the pictures of the lessons' cards: python -m tools.lesson_pictures [number …]

Serves the lessons from this checkout to a headless Chromium, photographs the first widget under
"Play" of each one, and writes it to images/lessons as a small PNG.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile

from PIL import Image
from playwright.sync_api import sync_playwright

from lrp_widgets._support.paths import folder
from lrp_widgets.lessons import LESSONS

from .screenshots import ROOT, free_port, wait_for

FOLDER = ROOT / "images" / "lessons"
WIDTH, HEIGHT = 480, 270
LARGEST = 40_000  # bytes
COLOURS = (128, 64, 32)  # fewer and fewer, until the file is small enough

# The first card under "Play" that asks nothing.
FIRST_WIDGET = """() => {
  const headings = [...document.querySelectorAll("h2")];
  const play = headings.find((h) => h.textContent.startsWith("Play"));
  const after = (node) => play.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
  const found = [...document.querySelectorAll(".lrp-look-closer, .lrp-card:not(.lrp-task)")];
  const first = found.find((node) => after(node) && node.getBoundingClientRect().height);
  first?.setAttribute("data-picture", "");
  return Boolean(first);
}"""

# No widget says any more that it is busy.
QUIET = """() => ![...document.querySelectorAll("[role=status], .lrp-table-status")]
  .some((node) => node.textContent.trim().endsWith("…"))"""

# What is pressed first, and the words that say that it is done.
PRESSED = {9: ("Train", "trained in")}


def main(numbers):
    """Write a PNG for each of these lessons."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [sys.executable, "-m", "lrp_widgets", "dashboard", "--no-browser", "--port"]
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        server = subprocess.Popen(
            [*command, str(port)],
            env=os.environ | {"HOME": home, "LRP_WIDGETS_CACHE": home},
            cwd=ROOT,
        )
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        try:
            address = f"http://127.0.0.1:{port}/"
            wait_for(f"{address}voila/static/voila.js")
            for each in LESSONS:
                if each.number in numbers and (folder("notebooks") / each.notebook).is_file():
                    # So high that the tallest card needs no scrolling, which would cut it.
                    page = browser.new_page(viewport={"width": 1280, "height": 2400})
                    page.goto(
                        f"{address}voila/render/{each.notebook}?uncovered=all", timeout=120_000
                    )
                    file = FOLDER / f"{each.number:02d}.png"
                    file.write_bytes(_small(_photograph(page, each.number)))
                    page.close()
                    print(file, file.stat().st_size)
        finally:
            browser.close()
            server.terminate()
            server.wait()


def _photograph(page, number):
    page.locator(".lrp-task").first.wait_for(timeout=120_000)
    page.wait_for_function(FIRST_WIDGET, timeout=120_000)
    page.wait_for_timeout(2000)  # what is measured behind the page has begun by then
    page.wait_for_function(QUIET, timeout=240_000)
    if number in PRESSED:
        button, done = PRESSED[number]
        page.get_by_role("button", name=button, exact=True).click()
        page.get_by_text(done).wait_for(timeout=240_000)
    return page.locator("[data-picture]").screenshot()


def _small(png):
    """The upper left part of a picture in the cards' proportions, small enough to be carried."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    scale = min(picture.width / WIDTH, picture.height / HEIGHT)
    picture = picture.crop((0, 0, round(scale * WIDTH), round(scale * HEIGHT)))
    picture = picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    for colours in COLOURS:
        file = io.BytesIO()
        picture.quantize(colours).save(file, "PNG", optimize=True)
        if file.tell() <= LARGEST:
            break
    return file.getvalue()


if __name__ == "__main__":
    main({int(word) for word in sys.argv[1:]} or {each.number for each in LESSONS})
